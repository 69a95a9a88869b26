#include "hub/callbacks/calling.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "contingency/callbacks/outcome.hpp"
#include "hub/callbacks/asked.hpp"
#include "hub/callbacks/documents.hpp"
#include "hub/callbacks/list/calls.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using contingency::CallbackCase;
using platform::HttpResponse;

// The claims after a step, kept; an error is what the step refused.
Result<void> step_and_keep(const CallbackDesk& desk, const contingency::ClaimEvent& event, const NewClaim& fresh = {}) {
  const auto actions = desk.list().claims.step(event, desk.now_ms);
  HOLDLINE_ASSIGN(auto rows, rows_of(desk.ledger.schema(), desk.list(), actions, fresh));
  return keep_all(desk, std::move(rows));
}

// Whoever asks at a workstation asks for themselves.
std::string agent_in(const CallbackDesk& desk, platform::JsonObject& json) {
  const std::string named = json.text("agent");
  return desk.asker != nullptr ? desk.asker->person : named;
}

std::uint64_t fence_in(platform::JsonObject& json) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, json.number("claim", 0)));
}

// The release it may be handed out of now; null: none.
contingency::ReleaseBatch* release_for(const CallbackDesk& desk, const contingency::ListedCase& listed) {
  for (auto& batch : desk.list().releases)
    if (contingency::allowance(batch, desk.now_ms) != 0 &&
        contingency::fits(batch.filter, *listed.of, listed.screening.where))
      return &batch;
  return nullptr;
}

// With whatever a retry after a lost answer has to know.
HttpResponse claim_answer(const CallbackDesk& desk, int status, std::uint64_t fence) {
  const auto& claim = *desk.list().claims.find(fence);
  const CallbackCase* of = case_of_claim(desk, fence);
  Json json = of == nullptr ? Json::object() : case_document(desk, {of, desk.board.screened(*of)});
  json["schema"] = "holdline.callback-claim/1";
  json["claim"] = fence;
  json["state"] = contingency::name_of(claim.state);
  json["number"] = claim.number.empty() ? Json(nullptr) : Json(claim.number);
  json["until"] = sync::format_time(claim.until_ms);
  json["now"] = sync::format_time(desk.now_ms);
  return callback_answer(status, json);
}

Result<HttpResponse> claim_case(const CallbackDesk& desk, contingency::event::CaseAsked asked,
                                const std::string& release) {
  const std::uint64_t fence = desk.list().claims.next_fence();
  const std::string scope = asked.of->scope;
  HOLDLINE_TRY(step_and_keep(desk, std::move(asked), {scope, release, desk.entropy.id()}));
  return claim_answer(desk, 201, fence);
}

std::vector<std::uint64_t> told_in(platform::JsonObject& json) {
  std::vector<std::uint64_t> told;
  for (const Json& one : json.list("told"))
    if (const auto number = platform::whole_number(one); number && *number > 0)
      told.push_back(static_cast<std::uint64_t>(*number));
  return told;
}

std::string whys(const contingency::Screening& screening) {
  std::string text;
  for (const auto& block : screening.blocks)
    text += (text.empty() ? "" : ", ") + std::string(contingency::name_of(block.why));
  return text;
}

Error may_not_be_called(const contingency::Screening* screening) {
  return {ErrorKind::ask_person, "may-not-be-called",
          "They may not be called any more (" + (screening == nullptr ? "gone" : whys(*screening)) +
              "). Give the case back."};
}

Result<std::int64_t> next_time(const contingency::Outcome& outcome, const std::string& next) {
  const auto next_ms = sync::parse_time(next);
  if ((outcome.next == contingency::NextStep::call_at) == next_ms.has_value()) return next_ms.value_or(0);
  return fail(ErrorKind::ask_person, "malformed",
              "`next` is when they want the call, like 2026-12-01T14:00:00Z, and goes with rescheduled only.");
}

Error unknown_outcome() {
  std::string all;
  for (const auto& one : contingency::outcomes()) all += (all.empty() ? "" : ", ") + std::string(one.name);
  return {ErrorKind::ask_person, "unknown-outcome", "An outcome is one of " + all + "."};
}

HttpResponse outcome_answer(std::uint64_t fence, const contingency::Outcome& outcome, bool late) {
  return callback_answer(
      201, {{"claim", fence}, {"outcome", outcome.name}, {"then", contingency::name_of(outcome.next)}, {"late", late}});
}

}  // namespace

Result<void> keep_all(const CallbackDesk& desk, std::vector<OwnRow> rows) {
  const CallbackList& list = desk.list();
  contingency::ClaimActions moved;
  const auto changed = [](const std::vector<OwnRow>& among, const Id& id) {
    return std::ranges::any_of(among, [&](const OwnRow& row) { return row.ops.front().record.id == id; });
  };
  for (const auto& [fence, claim] : list.moved_on) {
    const Id& id = list.claim_records.at(fence).id;
    if (!changed(rows, id) && (desk.gathered == nullptr || !changed(*desk.gathered, id)))
      moved.push_back(contingency::action::KeepClaim{claim});
  }
  HOLDLINE_ASSIGN(auto more, rows_of(desk.ledger.schema(), list, moved, {}));
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  if (desk.gathered == nullptr) return keep_gathered(desk, std::move(rows));
  desk.gathered->insert(desk.gathered->end(), std::make_move_iterator(rows.begin()),
                        std::make_move_iterator(rows.end()));
  return {};
}

Result<void> keep_gathered(const CallbackDesk& desk, std::vector<OwnRow> rows) {
  if (rows.empty()) return {};
  const auto outcomes = desk.intake.take_own(rows, desk.now_ms);
  // What was decided has not become true: the list in memory is not the ledger's any more.
  if (!outcomes) desk.board.forget();
  if (!outcomes) return tl::unexpected<Error>(outcomes.error());
  for (const RowOutcome& outcome : *outcomes)
    if (outcome.effect == RowEffect::refused || outcome.effect == RowEffect::conflict) {
      desk.board.forget();
      return fail(ErrorKind::ask_person, outcome.code.empty() ? "not-kept" : outcome.code,
                  "It could not be kept: do not dial, and try again. " + outcome.text);
    }
  return {};
}

const CallbackCase* case_of_claim(const CallbackDesk& desk, std::uint64_t fence) {
  const auto* claim = desk.list().claims.find(fence);
  return claim == nullptr || claim->requests.empty() ? nullptr : desk.list().cases.find(claim->requests.front());
}

Result<HttpResponse> show_own(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string agent = agent_in(desk, json);
  const auto told = told_in(json);
  HOLDLINE_TRY(json.checked_whole());
  Json claims = Json::array(), releases = Json::array();
  for (const auto* claim : desk.list().claims.live()) {
    if (claim->agent != agent || std::ranges::find(told, claim->fence) != told.end()) continue;
    claims.push_back(Json::parse(claim_answer(desk, 200, claim->fence).body));
  }
  for (const auto& batch : desk.list().releases)
    if (!contingency::is_over(batch, desk.now_ms) && desk.sees(batch.filter.scope))
      releases.push_back(release_document(batch, desk.now_ms));
  return callback_answer(200, {{"schema", "holdline.callback-work/1"}, {"claims", claims}, {"releases", releases}});
}

Result<HttpResponse> next_case(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string agent = agent_in(desk, json);
  const std::string station = json.text("station", desk.asker == nullptr ? "hub" : desk.asker->station);
  const auto told = told_in(json);
  HOLDLINE_TRY(json.checked_whole());
  if (agent.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who will call.");
  const bool released = std::ranges::any_of(desk.list().releases, [&](const auto& batch) {
    return batch.state == contingency::ReleaseState::running && !contingency::is_over(batch, desk.now_ms) &&
           desk.sees(batch.filter.scope);
  });
  if (!released)
    return fail(ErrorKind::ask_person, "nothing-released", "No list is released now. A supervisor releases it.");
  const CallbackCase* found = nullptr;
  contingency::ReleaseBatch* release = nullptr;
  desk.board.each_callable([&](const contingency::ListedCase& listed) {
    if (!desk.sees(listed.of->scope)) return false;
    release = release_for(desk, listed);
    found = listed.of;
    return release != nullptr;
  });
  if (release != nullptr) {
    auto answer = claim_case(desk, {.of = found, .agent = agent, .station = station, .told = told}, release->id.text());
    if (answer) ++release->handed_out, ++release->open;
    return answer;
  }
  return fail(ErrorKind::ask_person, "nothing-to-call",
              "Nothing more may be handed out now: all that may be called is taken, or the pace is reached.");
}

Result<HttpResponse> hand_case(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string named = json.text("case"), said = json.text("by"), reason = json.text("reason");
  const std::string by = desk.asker == nullptr ? said : desk.asker->person, agent = json.text("agent", by);
  HOLDLINE_TRY(json.checked_whole());
  if (by.empty() || agent.empty())
    return fail(ErrorKind::ask_person, "no-person", "Say who decides it, and who will call.");
  if (reason.empty() || reason.size() > sync::limits::reason_bytes)
    return fail(ErrorKind::ask_person, "reason-missing",
                "Say why this one cannot wait for the release, in at most 500 characters.");
  const auto id = Id::parse(named);
  const CallbackCase* of = id ? desk.list().cases.find(*id) : nullptr;
  if (of == nullptr || !desk.sees(of->scope))
    return fail(ErrorKind::ask_person, "no-such-callback",
                "No such callback: give ids as the list of callbacks tells them.");
  const auto screening = desk.board.screened(*of);
  if (of->need != contingency::CaseNeed::call || !screening.now())
    return tl::unexpected<Error>(may_not_be_called(&screening));
  // The decision first: who put it there, and why, is known whatever becomes of the claim.
  std::vector<std::string> requests;
  for (const Id& request : of->requests) requests.push_back(request.text());
  RecordOp op(*desk.ledger.schema().collection("callback_decision"), sync::OpKind::create, desk.entropy.id(),
              of->scope);
  op.set("kind", std::string("first")).add("requests", requests).set("reason", reason).set("person", by);
  op.set("at", std::max(desk.now_ms, desk.list().decided_ms + 1));
  const auto* taken = desk.list().claims.of(*of);
  if (taken == nullptr) HOLDLINE_TRY(keep_all(desk, {OwnRow{{std::move(op).op()}}}));
  return claim_case(desk, {.of = of, .agent = agent, .station = ""}, "");
}

Result<HttpResponse> dial(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  const std::string agent = agent_in(desk, json);
  HOLDLINE_TRY(json.checked_whole());
  const CallbackCase* of = case_of_claim(desk, fence);
  const auto* claim = desk.list().claims.find(fence);
  const bool theirs =
      claim != nullptr && claim->agent == agent &&
      (claim->state == contingency::ClaimState::leased || claim->state == contingency::ClaimState::dialling);
  contingency::Screening screening;
  if (of != nullptr) screening = desk.board.screened(*of);
  const bool callable = of != nullptr && of->need == contingency::CaseNeed::call && screening.now();
  if (theirs && !callable) return tl::unexpected<Error>(may_not_be_called(of == nullptr ? nullptr : &screening));
  HOLDLINE_TRY(step_and_keep(desk, contingency::event::DialIntended{fence, screening.number, agent}));
  return claim_answer(desk, 200, fence);
}

Result<HttpResponse> tell_outcome(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  contingency::CallAttempt attempt;
  attempt.agent = agent_in(desk, json);
  attempt.station = json.text("station", desk.asker == nullptr ? "hub" : desk.asker->station);
  attempt.outcome = json.text("outcome");
  attempt.notes = json.text("notes");
  const std::string next = json.text("next");
  HOLDLINE_TRY(json.checked_whole());
  const auto* outcome = contingency::outcome_named(attempt.outcome);
  if (outcome == nullptr) return tl::unexpected<Error>(unknown_outcome());
  HOLDLINE_ASSIGN(attempt.next_ms, next_time(*outcome, next));
  if (const CallbackCase* of = case_of_claim(desk, fence))
    for (const auto& known : of->attempts)
      if (known.fence == fence && known.agent == attempt.agent && known.outcome == attempt.outcome &&
          known.notes == attempt.notes)
        return outcome_answer(fence, *outcome, known.late);
  const auto* claim = desk.list().claims.find(fence);
  attempt.id = desk.entropy.id();
  attempt.started_ms = claim != nullptr && claim->dial_ms != 0 ? claim->dial_ms : desk.now_ms;
  attempt.ended_ms = desk.now_ms;
  const auto actions = desk.list().claims.step(contingency::event::OutcomeTold{fence, attempt}, desk.now_ms);
  HOLDLINE_ASSIGN(auto rows, rows_of(desk.ledger.schema(), desk.list(), actions, {}));
  const auto& kept = std::get<contingency::action::KeepAttempt>(actions.front()).attempt;
  if (outcome->refuses_calls && !kept.number.empty())
    rows.push_back(refusal_row(desk.ledger.schema(), desk.ledger.identity().suppression_key,
                               desk.list().claim_records.at(fence).scope, desk.entropy.id(), kept));
  HOLDLINE_TRY(keep_all(desk, std::move(rows)));
  return outcome_answer(fence, *outcome, kept.late);
}

Result<HttpResponse> still_calling(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  const std::string agent = agent_in(desk, json);
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(step_and_keep(desk, contingency::event::ClaimAlive{fence, agent}));
  return claim_answer(desk, 200, fence);
}

Result<HttpResponse> give_back(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  const std::string agent = agent_in(desk, json);
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(step_and_keep(desk, contingency::event::ClaimGivenBack{fence, agent}));
  return callback_answer(200, {{"schema", "holdline.callback-back/1"}, {"claim", fence}});
}

Result<HttpResponse> free_case(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::uint64_t fence = fence_in(json);
  const std::string said = json.text("by"), by = desk.asker == nullptr ? said : desk.asker->person;
  HOLDLINE_TRY(json.checked_whole());
  if (by.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who decides it: --by NAME.");
  const auto record = desk.list().claim_records.find(fence);
  if (record != desk.list().claim_records.end() && !desk.sees(record->second.scope))
    return fail(ErrorKind::ask_person, "scope-refused", "This case is not in a scope of yours at this workstation.");
  HOLDLINE_TRY(step_and_keep(desk, contingency::event::UncertainDecided{fence, by}));
  return callback_answer(200, {{"schema", "holdline.callback-back/1"}, {"claim", fence}, {"freed_by", by}});
}

}  // namespace holdline::hub
