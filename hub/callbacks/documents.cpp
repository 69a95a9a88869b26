#include "hub/callbacks/documents.hpp"

#include <algorithm>

#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

constexpr std::size_t shown_digits = 3;

Json time_of(std::int64_t ms) { return ms == 0 ? Json(nullptr) : Json(sync::format_time(ms)); }

Json number_json(const contingency::CaseNumber& number) {
  std::string refused;
  for (std::size_t purpose = 0; purpose < contingency::purpose_names.size(); ++purpose)
    if ((number.refused >> purpose & 1U) != 0)
      refused += (refused.empty() ? "" : ", ") + std::string(contingency::purpose_names[purpose]);
  if (number.refused == contingency::every_purpose) refused = "every purpose";
  return {{"ends_in", number.number.substr(number.number.size() - std::min(shown_digits, number.number.size()))},
          {"given", number.given},
          {"off", number.off},
          {"refused_for", refused}};
}

Json claim_json(const CallbackList& list, const contingency::CallbackCase& of) {
  const contingency::Claim* claim = list.claims.of(of);
  if (claim == nullptr) return nullptr;
  return {{"number", claim->fence},
          {"state", contingency::name_of(claim->state)},
          {"agent", claim->agent},
          {"station", claim->station},
          {"until", time_of(claim->until_ms)}};
}

Json calls_json(const CallbackDesk& desk, const contingency::CallbackCase& of) {
  Json calls = Json::array();
  for (const auto& attempt : of.attempts) {
    const auto* claim = desk.list().claims.find(attempt.fence);
    const bool late = attempt.late || (claim != nullptr && claim->state == contingency::ClaimState::over &&
                                       claim->how_over != "outcome");
    calls.push_back({{"at", time_of(std::max(attempt.started_ms, attempt.ended_ms))},
                     {"agent", attempt.agent},
                     {"outcome", attempt.outcome},
                     {"notes", desk.asker == nullptr ? "" : attempt.notes},
                     {"late", late}});
  }
  return calls;
}

}  // namespace

Json case_document(const CallbackDesk& desk, const contingency::ListedCase& listed) {
  const CallbackList& list = desk.list();
  const std::int64_t now_ms = desk.now_ms;
  const contingency::CallbackCase& of = *listed.of;
  Json numbers = Json::array(), why = Json::array(), blocked = Json::array(), hints = Json::array(),
       promises = Json::array();
  for (const auto& number : of.numbers) numbers.push_back(number_json(number));
  for (const auto& one : contingency::why_here(of, now_ms))
    why.push_back({{"why", contingency::name_of(one.why)}, {"at", time_of(one.at_ms)}, {"text", one.text}});
  for (const auto& block : listed.screening.blocks)
    blocked.push_back({{"why", contingency::name_of(block.why)}, {"until", time_of(block.until_ms)}});
  for (const auto& hint : list.cases.hints(of))
    hints.push_back({{"case", hint.other.text()}, {"why", contingency::name_of(hint.why)}});
  for (const Id& id : of.requests) {
    const auto reference = list.reference.find(id);
    promises.push_back({{"id", id.text()},
                        {"reference", reference == list.reference.end() ? "" : reference->second},
                        {"taken_by", list.cases.request(id)->taken_by}});
  }
  return {{"case", of.id.text()},
          {"scope", of.scope},
          {"promises", promises},
          {"reasons", of.reasons},
          {"languages", of.languages},
          {"purpose", contingency::name_of(of.purpose())},
          {"contact", time_of(of.contact_ms)},
          {"promised_from", time_of(of.promise_start_ms)},
          {"promised_until", time_of(of.promise_end_ms)},
          {"numbers", numbers},
          {"zones", listed.screening.where.zones},
          {"zones_by", contingency::name_of(listed.screening.where.source)},
          {"why_here", why},
          {"blocked", blocked},
          {"may_be_called", listed.screening.ready_ms ? time_of(*listed.screening.ready_ms) : Json(nullptr)},
          {"calls", of.attempts.size()},
          {"past_calls", calls_json(desk, of)},
          {"customer", of.facts.customer.is_nil() ? Json(nullptr) : Json(of.facts.customer.text())},
          {"claim", claim_json(list, of)},
          {"may_be_the_same", hints}};
}

namespace {

Json counts(const std::map<std::string, std::size_t>& by) {
  Json json = Json::object();
  for (const auto& [name, count] : by) json[name] = count;
  return json;
}

}  // namespace

Json release_document(const contingency::ReleaseBatch& batch, std::int64_t now_ms) {
  return {{"id", batch.id.text()},
          {"scope", batch.filter.scope},
          {"state", contingency::name_of(batch.state)},
          {"by", batch.by.person},
          {"began", time_of(batch.by.at_ms)},
          {"changed_by", batch.changed.person.empty() ? batch.by.person : batch.changed.person},
          {"because", batch.changed.reason},
          {"since", time_of(batch.since_ms)},
          {"per_minute", batch.caps.per_minute},
          {"ramp_percent", batch.caps.ramp_percent},
          {"allowed_by_now", contingency::allowance(batch, now_ms)},
          {"handed_out", batch.handed_out},
          {"open", batch.open}};
}

Json list_document(const CallbackDesk& desk, const std::vector<contingency::ListedCase>& listed,
                   const contingency::ListCoverage& coverage, std::size_t most) {
  Json items = Json::array(), releases = Json::array();
  for (std::size_t n = 0; n < listed.size() && n < most; ++n) {
    items.push_back(case_document(desk, listed[n]));
    items.back()["place"] = n + 1;
  }
  for (const auto& batch : desk.list().releases)
    if (desk.sees(batch.filter.scope)) releases.push_back(release_document(batch, desk.now_ms));
  std::size_t promises = 0, cases = 0;
  for (const auto& [id, one] : desk.list().cases.all()) {
    if (!desk.sees(one.scope)) continue;
    ++cases;
    promises += one.requests.size();
  }
  return {{"schema", "holdline.callbacks/1"},
          {"at", sync::format_time(desk.now_ms)},
          {"cn", std::to_string(desk.list().at.cn)},
          {"promises", promises},
          {"cases", cases},
          {"to_call", listed.size()},
          {"workstations_outstanding", coverage.outstanding},
          {"may_be_missing", coverage.may_be_missing},
          {"releases", releases},
          {"items", items}};
}

Json preview_document(const contingency::Preview& seen, const contingency::ListCoverage& coverage) {
  Json breaking = Json::array(), breaks = Json::array();
  for (std::size_t n = 0; n < seen.breaking.size() && n < 100; ++n) {
    breaking.push_back(seen.breaking[n].of.text());
    breaks.push_back({{"case", seen.breaking[n].of.text()},
                      {"promised_until", time_of(seen.breaking[n].promised_ms)},
                      {"expected", time_of(seen.breaking[n].expected_ms)}});
  }
  return {{"schema", "holdline.callback-preview/1"},
          {"cases", seen.cases},
          {"promises", seen.requests},
          {"now", seen.now},
          {"scheduled", seen.scheduled},
          {"blocked", seen.blocked},
          {"by_reason", counts(seen.by_reason)},
          {"by_zone", counts(seen.by_zone)},
          {"by_language", counts(seen.by_language)},
          {"not_now_because", counts(seen.by_why)},
          {"calls_an_hour", seen.an_hour},
          {"finished", time_of(seen.finish_ms)},
          {"promises_that_break", seen.breaking.size()},
          {"breaking", breaking},
          {"breaks", breaks},
          {"workstations_outstanding", coverage.outstanding},
          {"may_be_missing", coverage.may_be_missing}};
}

}  // namespace holdline::hub
