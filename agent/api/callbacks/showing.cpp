#include "agent/api/callbacks/showing.hpp"

#include <algorithm>
#include <array>

#include "agent/api/forms.hpp"
#include "agent/api/responses.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::array fields_of_promise{"name",         "reason",   "context",  "promise_start", "promise_end",
                                       "promise_zone", "lang",     "taken_by", "taken_at",      "reach",
                                       "remarks",      "customer", "purpose",  "incident",      "skill"};
constexpr std::size_t claims_looked_at = 500;

template <class T>
T fed_value(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  const auto field = collection.field(name);
  const T* value = field ? std::get_if<T>(&record.fields[*field]) : nullptr;
  return value ? *value : T{};
}

HeldClaim claim_of_record(const sync::Collection& claims, const sync::Record& record) {
  HeldClaim claim;
  claim.fence = static_cast<std::uint64_t>(fed_value<std::int64_t>(claims, record, "fence"));
  claim.person = fed_value<std::string>(claims, record, "agent");
  claim.scope = record.scope;
  claim.number = fed_value<std::string>(claims, record, "number");
  claim.dial_ms = fed_value<std::int64_t>(claims, record, "dial_at");
  Json promises = Json::array();
  for (const sync::Element& element : fed_value<sync::Elements>(claims, record, "requests"))
    if (const auto id = sync::Id::parse(element.text); id && !element.removed) {
      claim.promises.push_back(*id);
      promises.push_back({{"id", id->text()}, {"reference", ""}});
    }
  claim.document = Json{{"claim", claim.fence},
                        {"state", fed_value<std::string>(claims, record, "state")},
                        {"promises", promises},
                        {"until", sync::format_time(fed_value<std::int64_t>(claims, record, "until"))}}
                       .dump();
  return claim;
}

// Those for which `wanted` holds, the latest first; with their numbers, which lists leave out.
template <class Wanted>
Result<std::vector<HeldClaim>> claims_fed(const sync::Schema& schema, PersonView& view, Wanted wanted) {
  std::vector<HeldClaim> found;
  const sync::Collection* claims = schema.collection("callback_claim");
  if (claims == nullptr) return found;
  HOLDLINE_ASSIGN(const auto listed, view.page(*claims, {}, claims_looked_at, sync::Reading::one));
  for (const Shown& shown : listed.shown)
    if (wanted(*claims, shown.record)) found.push_back(claim_of_record(*claims, shown.record));
  return found;
}

}  // namespace

void show_promises(const sync::Schema& schema, PersonView& view, Json& of) {
  const sync::Collection& collection = *schema.collection("callback_request");
  for (Json& promise : of["promises"]) {
    promise["fields"] = Json::object();
    const auto id = sync::Id::parse(promise.value("id", ""));
    const auto found = id ? view.find({collection.no, *id}) : Result<View::RecordResult>();
    if (!found || !found->shown) continue;
    for (const char* name : fields_of_promise)
      if (const auto field = collection.field(name); field && !sync::is_null(found->shown->record.fields[*field]))
        promise["fields"][name] = to_json(collection.fields[*field], found->shown->record.fields[*field]);
    if (promise.value("reference", "").empty())
      promise["reference"] = text_field(collection, found->shown->record, "reference");
  }
}

void show_number(Json& claim, std::string_view region) {
  const Json& number = claim["number"];
  claim["number_shown"] =
      number.is_string() ? Json(sync::phone_for_people(number.get<std::string>(), region)) : Json(nullptr);
}

HeldClaim held_claim(const Json& claim, const std::string& person) {
  HeldClaim held;
  held.fence = claim.value("claim", std::uint64_t{0});
  held.person = person;
  held.scope = claim.value("scope", "");
  if (claim.contains("number") && claim["number"].is_string()) held.number = claim["number"].get<std::string>();
  for (const Json& promise : claim.value("promises", Json::array()))
    if (const auto id = sync::Id::parse(promise.value("id", ""))) held.promises.push_back(*id);
  held.document = claim.dump();
  return held;
}

Result<std::optional<HeldClaim>> fed_claim(const sync::Schema& schema, PersonView& view, std::uint64_t fence) {
  HOLDLINE_ASSIGN(auto found, claims_fed(schema, view, [&](const auto& claims, const sync::Record& record) {
                    return fed_value<std::int64_t>(claims, record, "fence") == static_cast<std::int64_t>(fence);
                  }));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<HeldClaim>> fed_claims(const sync::Schema& schema, PersonView& view, const std::string& person) {
  return claims_fed(schema, view, [&](const auto& claims, const sync::Record& record) {
    const std::string state = fed_value<std::string>(claims, record, "state");
    return fed_value<std::string>(claims, record, "agent") == person && (state == "leased" || state == "dialling");
  });
}

}  // namespace holdline::agent
