#include "hub/report/reports.hpp"

#include "contingency/report/report.hpp"
#include "hub/people/asking.hpp"
#include "hub/report/drawing.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::hub {

namespace {

std::string query_of(const platform::HttpRequest& request, const std::string& name, std::string otherwise = "") {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::move(otherwise) : found->second;
}

struct AskedReport {
  WantedReport wanted;
  std::string format;
};

// On the ledger's thread.
Result<AskedReport> asked_report(Ledger& ledger, const Device& device, std::string_view question,
                                 std::int64_t sign_in_ms, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const auto asked, sync::decode_person_question(question));
  HOLDLINE_ASSIGN(const auto person, asking_person(ledger, device, asked, sign_in_ms, now_ms));
  if (!contingency::may_read_report(person.role))
    return fail(ErrorKind::ask_person, "role-refused", "Reports about outages are for supervisors and IT.");
  auto json = platform::JsonObject::parse(asked.body);
  AskedReport report{{json.text("incident"), json.text("client"), common_scopes(person, device)},
                     json.text("format", "json")};
  HOLDLINE_TRY(json.checked_whole());
  return report;
}

Result<platform::HttpResponse> report_response(Ledger& ledger, const WantedReport& wanted, const std::string& format,
                                               std::int64_t now_ms) {
  if (format != "json" && format != "html" && format != "pdf")
    return fail(ErrorKind::ask_person, "malformed", "`format` is json, html or pdf.");
  HOLDLINE_ASSIGN(const auto facts, read_report_facts(ledger, wanted, now_ms));
  const auto report = contingency::make_report(facts);
  platform::HttpResponse response;
  if (format == "json") {
    response.content_type = "application/json";
    response.body = contingency::report_json(report);
  } else if (format == "html") {
    response.content_type = "text/html; charset=utf-8";
    response.body = contingency::report_html(report);
  } else {
    response.content_type = "application/pdf";
    HOLDLINE_ASSIGN(response.body, draw_report(report));
  }
  return response;
}

}  // namespace

bool is_about_reports(const platform::HttpRequest& request) {
  return request.method == "GET" && request.path == "/admin/v1/report";
}

Result<platform::HttpResponse> administer_report(Ledger& ledger, const platform::HttpRequest& request,
                                                 std::int64_t now_ms) {
  return report_response(ledger, {query_of(request, "incident"), query_of(request, "client"), std::nullopt},
                         query_of(request, "format", "json"), now_ms);
}

void ReportService::ask(const Device& device, std::string question, Answer respond) {
  parts_.thread.run(
      [this, device, question = std::move(question), respond = std::move(respond)](Ledger& ledger, Intake&) {
        auto asked = asked_report(ledger, device, question, sign_in_ms(parts_.config), parts_.clock.now().wall_ms);
        if (!asked) return respond(tl::unexpected<Error>(asked.error()));
        parts_.keep_told();
        working_.post([this, asked = *std::move(asked), respond] {
          respond(report_response(parts_.ledger, asked.wanted, asked.format, parts_.clock.now().wall_ms));
        });
      });
}

void ReportService::administer(platform::HttpRequest request, Answer respond) {
  parts_.thread.run([this, request = std::move(request), respond = std::move(respond)](Ledger&, Intake&) {
    parts_.keep_told();
    working_.post(
        [this, request, respond] { respond(administer_report(parts_.ledger, request, parts_.clock.now().wall_ms)); });
  });
}

}  // namespace holdline::hub
