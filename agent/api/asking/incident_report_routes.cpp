// The report about an outage, which the hub makes of what it has.
#include <algorithm>
#include <array>

#include "agent/api/asking/asking.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "contingency/report/report.hpp"

namespace holdline::agent {

namespace {

struct ReportFormat {
  std::string_view name, content_type;
};
constexpr std::array report_formats{ReportFormat{"json", "application/json"},
                                    ReportFormat{"html", "text/html; charset=utf-8"},
                                    ReportFormat{"pdf", "application/pdf"}};

platform::HttpResponse report_refusal(const Error& error) {
  if (error.code == "not-signed-in" || error.code == "sign-in-too-old")
    return platform::error_response(401, error.code, error.message);
  if (error.code == "role-refused" || error.code == "person-disabled" || error.code == "bad-sign-in")
    return platform::error_response(403, error.code, error.message);
  if (error.code == "no-such-incident" || error.code == "no-incidents" || error.code == "client-unknown")
    return platform::error_response(404, error.code, error.message);
  if (error.code == "incident-ambiguous") return platform::error_response(409, error.code, error.message);
  if (error.code == "hub-away" || error.code == "unreachable" || error.code == "connection-refused")
    return platform::error_response(503, "hub-away",
                                    "The hub does not answer, and only the hub knows what every workstation took. "
                                    "Ask again when it is back.");
  return platform::error_response(error);
}

std::string report_query(const Call& call, const std::string& name, const std::string& otherwise = "") {
  const auto found = call.request.query.find(name);
  return found == call.request.query.end() ? otherwise : found->second;
}

// A file to be kept: a browser shows no page of it beside the console.
platform::HttpResponse report_file(const ReportFormat& format, std::string body) {
  platform::HttpResponse response{200, std::string(format.content_type), {}, std::move(body)};
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"outage-report." + std::string(format.name) + "\"");
  return response;
}

void show_report(Workstation& station, Call call) {
  if (!contingency::may_read_report(call.session->person.role))
    return call.respond(
        platform::error_response(403, "role-refused", "Reports about outages are for supervisors and IT."));
  const std::string asked = report_query(call, "format", "json");
  const auto* format = std::ranges::find(report_formats, asked, &ReportFormat::name);
  if (format == report_formats.end())
    return call.respond(platform::error_response(400, "malformed", "`format` is json, html or pdf."));
  const std::string incident = call.rest == "latest" ? "" : call.rest;
  ask_in_name(station, call, sync::path::incident_report, "report",
              {{"incident", incident}, {"client", report_query(call, "client")}, {"format", asked}},
              [respond = call.respond, format](Result<std::string> told) {
                respond(told ? report_file(*format, *std::move(told)) : report_refusal(told.error()));
              });
}

}  // namespace

std::span<const Route> incident_report_routes() {
  static constexpr Route table[] = {{"GET", "/reports/{incident}", show_report}};
  return table;
}

}  // namespace holdline::agent
