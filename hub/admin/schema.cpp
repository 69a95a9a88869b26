#include "hub/admin/schema.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "hub/admin/documents.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/schema/compare.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpRequest;
using platform::HttpResponse;

std::string hex(const sync::Hash& hash) { return sync::to_hex(hash.view()); }

HttpResponse show(const Ledger& ledger) {
  const sync::Schema& schema = ledger.schema();
  return json_response(200, {{"schema", "holdline.hub-schema/1"},
                             {"version", schema.version()},
                             {"hash", hex(schema.hash())},
                             {"text", schema.text()}});
}

Result<HttpResponse> list_versions(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto kept, ledger.kept_schemas());
  HOLDLINE_ASSIGN(const auto awaited, ledger.awaited_schemas());
  Json items = Json::array(), waited = Json::array();
  for (const KeptSchema& one : kept)
    items.push_back({{"version", one.version},
                     {"hash", hex(one.hash)},
                     {"since", one.since_ms == 0 ? Json() : Json(sync::format_time(one.since_ms))},
                     {"present", one.version == ledger.schema().version()}});
  for (const sync::SchemaName& one : awaited) waited.push_back({{"version", one.version}, {"hash", hex(one.hash)}});
  return json_response(200, {{"schema", "holdline.hub-schema-versions/1"}, {"items", items}, {"awaited", waited}});
}

// What applying it means.
struct Plan {
  bool known = false;  // there is nothing to do
  std::vector<sync::SchemaChange> changes;
};

Result<Plan> plan_for(Ledger& ledger, const sync::Schema& next) {
  const auto known = ledger.schemas();
  const sync::Schema& present = known->present();
  if (known->hashed(next.hash()) != nullptr) return Plan{true, {}};
  HOLDLINE_ASSIGN(const auto awaited, ledger.awaited_schemas());
  const bool is_awaited = std::ranges::count(awaited, sync::SchemaName{next.version(), next.hash()}) != 0;
  const std::string number = std::to_string(next.version());
  // Of a history that was lost: the entries made under it can be read again.
  if (is_awaited && next.version() < present.version() && known->numbered(next.version()) == nullptr)
    return Plan{
        false,
        {{"", "entries of version " + number + " take effect, in version " + std::to_string(present.version()), {}}}};
  Plan plan{false, sync::compare(present, next)};
  if (!is_awaited && std::ranges::count(awaited, next.version(), &sync::SchemaName::version) != 0)
    plan.changes.push_back(
        {"", "another version " + number + " than workstations have",
         "their entries wait for it: apply the file they were made under first, or raise `version`"});
  return plan;
}

Result<HttpResponse> apply(Ledger& ledger, Intake& intake, const HttpRequest& request, std::int64_t now_ms) {
  const auto wish = request.query.find("dry_run");
  const bool dry_run = wish != request.query.end() && wish->second == "1";
  HOLDLINE_ASSIGN(auto parsed, sync::Schema::parse(request.body));
  const std::uint32_t from = ledger.schema().version(), to = parsed.version();
  HOLDLINE_ASSIGN(const Plan plan, plan_for(ledger, parsed));
  const bool possible = sync::fits_after(plan.changes), applies = possible && !plan.known && !dry_run;
  if (applies) HOLDLINE_TRY(ledger.add_schema(std::make_shared<const sync::Schema>(std::move(parsed)), now_ms));
  if (possible && !dry_run) HOLDLINE_TRY(intake.settle_waiting(now_ms));
  Json changes = Json::array();
  for (const sync::SchemaChange& change : plan.changes)
    changes.push_back({{"where", change.where}, {"what", change.what}, {"why_not", change.why_not}});
  return json_response(200, {{"schema", "holdline.hub-schema-change/1"},
                             {"from", from},
                             {"to", to},
                             {"possible", possible},
                             {"known", plan.known},
                             {"applied", applies},
                             {"changes", changes}});
}

}  // namespace

std::optional<Result<HttpResponse>> answer_schema(Ledger& ledger, Intake& intake, const HttpRequest& request,
                                                  std::int64_t now_ms) {
  const bool get = request.method == "GET";
  if (get && request.path == "/admin/v1/schema") return show(ledger);
  if (get && request.path == "/admin/v1/schema/versions") return list_versions(ledger);
  if (request.method == "POST" && request.path == "/admin/v1/schema") return apply(ledger, intake, request, now_ms);
  return std::nullopt;
}

}  // namespace holdline::hub
