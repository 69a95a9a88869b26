#include "hub/callbacks/calling.hpp"

#include <nlohmann/json.hpp>

#include "contingency/callbacks/outcome.hpp"
#include "hub/callbacks/calls.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using contingency::CallbackCase;
using platform::HttpResponse;

// All rows in one commit, with the claims that have expired by now: nobody is told before it is durable.
Result<void> keep_all(const CallbackDesk& desk, const CallbackList& list, std::vector<OwnRow> rows) {
  contingency::ClaimActions expired;
  for (const auto& claim : list.expired) {
    const bool again = std::ranges::any_of(rows, [&](const OwnRow& row) {
      const auto record = list.claim_records.find(claim.fence);
      return record != list.claim_records.end() && row.ops.front().record.id == record->second.id;
    });
    if (!again) expired.push_back(contingency::action::KeepClaim{claim});
  }
  HOLDLINE_ASSIGN(auto more, rows_of(desk.ledger.schema(), list, expired, {}));
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  HOLDLINE_ASSIGN(const auto outcomes, desk.intake.take_own(rows, desk.now_ms));
  for (const RowOutcome& outcome : outcomes)
    if (outcome.effect == RowEffect::refused || outcome.effect == RowEffect::conflict)
      return fail(ErrorKind::ask_person, outcome.code.empty() ? "not-kept" : outcome.code,
                  "It could not be kept: do not dial, and try again. " + outcome.text);
  return {};
}

std::uint64_t fence_in(platform::JsonObject& json) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, json.number("claim", 0)));
}

Json promises_json(const CallbackCase& of, const CallbackList& list) {
  Json promises = Json::array();
  for (const Id& id : of.requests) {
    const auto reference = list.reference.find(id);
    promises.push_back({{"id", id.text()}, {"reference", reference == list.reference.end() ? "" : reference->second}});
  }
  return promises;
}

// The release it may be handed out of now; null: none.
const contingency::ReleaseBatch* release_for(const CallbackList& list, const contingency::ListedCase& listed,
                                             std::int64_t now_ms) {
  for (const auto& batch : list.releases)
    if (contingency::allowance(batch, now_ms) != 0 &&
        contingency::fits(batch.filter, *listed.of, listed.screening.where))
      return &batch;
  return nullptr;
}

const CallbackCase* case_of(const CallbackList& list, std::uint64_t fence) {
  const auto* claim = list.claims.find(fence);
  return claim == nullptr || claim->requests.empty() ? nullptr : list.cases.find(claim->requests.front());
}

std::string whys(const contingency::Screening& screening) {
  std::string text;
  for (const auto& block : screening.blocks)
    text += (text.empty() ? "" : ", ") + std::string(contingency::name_of(block.why));
  return text;
}

}  // namespace

Result<HttpResponse> next_case(const CallbackDesk& desk, CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string agent = json.text("agent"), station = json.text("station", "hub");
  HOLDLINE_TRY(json.checked_whole());
  if (agent.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who will call.");
  const bool released = std::ranges::any_of(
      list.releases, [](const auto& batch) { return batch.state == contingency::ReleaseState::running; });
  if (!released)
    return fail(ErrorKind::ask_person, "nothing-released", "No list is released now. A supervisor releases it.");
  Listing listing(desk, list);
  for (const auto& listed : listing.listed()) {
    if (!listed.screening.now() || list.claims.of(*listed.of) != nullptr) continue;
    const auto* batch = release_for(list, listed, desk.now_ms);
    if (batch == nullptr) continue;
    const auto actions = list.claims.step(contingency::event::CaseAsked{listed.of, agent, station}, desk.now_ms);
    HOLDLINE_ASSIGN(auto rows, rows_of(desk.ledger.schema(), list, actions,
                                       {listed.of->scope, batch->id.text(), desk.entropy.id()}));
    HOLDLINE_TRY(keep_all(desk, list, std::move(rows)));
    const auto& claim = std::get<contingency::action::KeepClaim>(actions.front()).claim;
    return callback_answer(201, {{"claim", claim.fence},
                                 {"case", listed.of->id.text()},
                                 {"promises", promises_json(*listed.of, list)},
                                 {"reasons", listed.of->reasons},
                                 {"until", sync::format_time(claim.until_ms)}});
  }
  return fail(ErrorKind::ask_person, "nothing-to-call",
              "Nothing more may be handed out now: all that may be called is taken, or the pace is reached.");
}

Result<HttpResponse> dial(const CallbackDesk& desk, CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  const std::string agent = json.text("agent");
  HOLDLINE_TRY(json.checked_whole());
  const CallbackCase* of = case_of(list, fence);
  contingency::Screening screening;
  if (of != nullptr) screening = Listing(desk, list).screened(*of);
  const auto actions = list.claims.step(contingency::event::DialIntended{fence, screening.number, agent}, desk.now_ms);
  HOLDLINE_ASSIGN(auto rows, rows_of(desk.ledger.schema(), list, actions, {}));
  if (of == nullptr || of->need != contingency::CaseNeed::call || !screening.now())
    return fail(
        ErrorKind::ask_person, "may-not-be-called",
        "They may not be called any more (" + (of == nullptr ? "gone" : whys(screening)) + "). Give the case back.");
  HOLDLINE_TRY(keep_all(desk, list, std::move(rows)));
  return callback_answer(200, {{"claim", fence}, {"number", screening.number}});
}

Result<HttpResponse> tell_outcome(const CallbackDesk& desk, CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  contingency::CallAttempt attempt;
  attempt.agent = json.text("agent");
  attempt.station = json.text("station", "hub");
  attempt.outcome = json.text("outcome");
  attempt.notes = json.text("notes");
  const std::string next = json.text("next");
  HOLDLINE_TRY(json.checked_whole());
  const auto* outcome = contingency::outcome_named(attempt.outcome);
  if (outcome == nullptr) {
    std::string all;
    for (const auto& one : contingency::outcomes()) all += (all.empty() ? "" : ", ") + std::string(one.name);
    return fail(ErrorKind::ask_person, "unknown-outcome", "An outcome is one of " + all + ".");
  }
  const auto next_ms = sync::parse_time(next);
  if ((outcome->next == contingency::NextStep::call_at) != next_ms.has_value())
    return fail(ErrorKind::ask_person, "malformed",
                "`next` is when they want the call, like 2026-12-01T14:00:00Z, and goes with rescheduled only.");
  const auto* claim = list.claims.find(fence);
  attempt.id = desk.entropy.id();
  attempt.started_ms = claim != nullptr && claim->dial_ms != 0 ? claim->dial_ms : desk.now_ms;
  attempt.ended_ms = desk.now_ms;
  attempt.next_ms = next_ms.value_or(0);
  const auto actions = list.claims.step(contingency::event::OutcomeTold{fence, attempt}, desk.now_ms);
  HOLDLINE_ASSIGN(auto rows, rows_of(desk.ledger.schema(), list, actions, {}));
  const auto& kept = std::get<contingency::action::KeepAttempt>(actions.front()).attempt;
  if (outcome->refuses_calls && !kept.number.empty())
    rows.push_back(refusal_row(desk.ledger.schema(), desk.ledger.identity().suppression_key,
                               list.claim_records.at(fence).scope, desk.entropy.id(), kept));
  HOLDLINE_TRY(keep_all(desk, list, std::move(rows)));
  return callback_answer(201, {{"claim", fence},
                               {"outcome", attempt.outcome},
                               {"then", contingency::name_of(outcome->next)},
                               {"late", kept.late}});
}

Result<HttpResponse> free_case(const CallbackDesk& desk, CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  const std::string by = json.text("by");
  HOLDLINE_TRY(json.checked_whole());
  if (by.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who decides it: --by NAME.");
  const auto actions = list.claims.step(contingency::event::UncertainDecided{fence, by}, desk.now_ms);
  HOLDLINE_ASSIGN(auto rows, rows_of(desk.ledger.schema(), list, actions, {}));
  HOLDLINE_TRY(keep_all(desk, list, std::move(rows)));
  return callback_answer(200, {{"claim", fence}, {"freed_by", by}});
}

}  // namespace holdline::hub
