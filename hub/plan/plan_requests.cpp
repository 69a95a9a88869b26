#include "hub/plan/plan_requests.hpp"

#include <nlohmann/json.hpp>

#include "hub/plan/plans.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpRequest;
using platform::HttpResponse;

HttpResponse plan_answer(const Json& json) {
  HttpResponse response;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Json plan_document(std::string_view text, bool shipped) {
  const contingency::Plan plan = contingency::read_plan(text).plan;
  return {{"schema", "holdline.hub-plan/1"},
          {"version", plan.version},
          {"title", plan.title},
          {"approved_by", plan.approved_by},
          {"hash", sync::to_hex(plan.hash.view())},
          {"actions", plan.actions.size()},
          {"shipped", shipped},
          {"text", std::string(text)}};
}

// The newest, or the one that ships.
Result<HttpResponse> show_plan(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto kept, kept_plans(ledger));
  if (kept.empty()) return plan_answer(plan_document(contingency::shipped_plan_text(), true));
  return plan_answer(plan_document(kept.rbegin()->second, false));
}

Result<HttpResponse> set_plan_asked(Ledger& ledger, Intake& intake, const HttpRequest& request, std::int64_t now_ms) {
  auto json = platform::JsonObject::parse(request.body);
  const std::string text = json.text("text"), by = json.text("by");
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_ASSIGN(const bool fresh, set_plan(ledger, intake, text, by, now_ms));
  Json document = plan_document(text, false);
  document["known"] = !fresh;
  return plan_answer(document);
}

}  // namespace

std::optional<Result<HttpResponse>> answer_plan(Ledger& ledger, Intake& intake, const HttpRequest& request,
                                                std::int64_t now_ms) {
  if (request.path != "/admin/v1/plan") return std::nullopt;
  if (request.method == "GET") return show_plan(ledger);
  if (request.method == "POST") return set_plan_asked(ledger, intake, request, now_ms);
  return std::nullopt;
}

}  // namespace holdline::hub
