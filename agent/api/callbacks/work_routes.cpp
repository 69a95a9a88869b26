// An agent's work on the callbacks: the next case, its number once the hub has it that it is about to be dialled, and
// how the call ended, which is saved here like everything else.
#include <algorithm>

#include "agent/api/callbacks/asking.hpp"
#include "agent/api/callbacks/showing.hpp"
#include "agent/api/do_not_call.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "contingency/callbacks/outcome.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

Json outcomes_json() {
  Json all = Json::array();
  for (const auto& one : contingency::outcomes())
    all.push_back({{"name", one.name}, {"text", one.text}, {"then", contingency::name_of(one.next)}});
  return all;
}

// On the reading thread. What the hub told of a claim is remembered, and shown with the promises.
Json claim_shown(Workstation& station, PersonView& view, const Call& call, Json claim, bool remember = true) {
  if (remember) {
    HeldClaim held = held_claim(claim, call.session->person.name);
    if (!held.number.empty()) held.dial_ms = station.clock().now().wall_ms;
    station.held_claims().keep(std::move(held));
  }
  show_promises(station.schema(), view, claim);
  show_number(claim, station.site().region);
  return claim;
}

void answer_claim(Workstation& station, const Call& call, int status, Json claim) {
  read(station, call, [&station, call, status, claim = std::move(claim)](PersonView& view) mutable {
    call.respond(json_response(status, claim_shown(station, view, call, std::move(claim))));
  });
}

// With the hub away: what this daemon was told, or else what the feed brought.
Result<Json> own_without_hub(Workstation& station, PersonView& view, const Call& call) {
  const std::string& person = call.session->person.name;
  auto held = station.held_claims().of(person);
  if (held.empty()) {
    HOLDLINE_ASSIGN(held, fed_claims(station.schema(), view, person));
    const auto told = station.held_claims().told_by(person);
    std::erase_if(held, [&](const HeldClaim& one) { return std::ranges::find(told, one.fence) != told.end(); });
  }
  Json claims = Json::array();
  for (const HeldClaim& one : held) {
    Json claim = Json::parse(one.document);
    claim["number"] = one.number.empty() ? Json(nullptr) : Json(one.number);
    claims.push_back(claim_shown(station, view, call, std::move(claim), false));
  }
  return claims;
}

void show_work(Workstation& station, Call call) {
  const Json body{{"told", station.held_claims().told_by(call.session->person.name)}};
  ask_or_go_without(station, call, "mine", body, [&station, call](std::optional<Json> told) {
    read(station, call, [&station, call, told = std::move(told)](PersonView& view) mutable {
      Json claims = Json::array();
      if (told) {
        for (Json& claim : (*told)["claims"]) claims.push_back(claim_shown(station, view, call, std::move(claim)));
      } else {
        auto own = own_without_hub(station, view, call);
        if (!own) return call.respond(platform::error_response(own.error()));
        claims = *std::move(own);
      }
      call.respond(json_response(200, {{"schema", "holdline.callback-work/1"},
                                       {"hub_answers", told.has_value()},
                                       {"claims", claims},
                                       {"releases", told ? (*told)["releases"] : Json::array()},
                                       {"outcomes", outcomes_json()}}));
    });
  });
}

void take_next(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body.empty() ? "{}" : call.request.body);
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  const Json body{{"told", station.held_claims().told_by(call.session->person.name)}};
  ask_about_callbacks(station, call, "next", body,
                      [&station, call](Json claim) { answer_claim(station, call, 200, std::move(claim)); });
}

// Requests that name a claim and nothing else.
template <class Then>
void about_claim(Workstation& station, Call call, std::string_view what, Then then) {
  auto json = platform::JsonObject::parse(call.request.body);
  const std::int64_t claim = json.number("claim", 0);
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  ask_about_callbacks(station, call, what, {{"claim", claim}}, then);
}

void dial(Workstation& station, Call call) {
  about_claim(station, call, "dial",
              [&station, call](Json claim) { answer_claim(station, call, 200, std::move(claim)); });
}

void still_there(Workstation& station, Call call) {
  about_claim(station, call, "alive",
              [&station, call](Json claim) { answer_claim(station, call, 200, std::move(claim)); });
}

void give_back(Workstation& station, Call call) {
  about_claim(station, call, "give-back", [&station, call](const Json& back) {
    station.held_claims().drop(back.value("claim", std::uint64_t{0}));
    call.respond(json_response(200, back));
  });
}

// --- how it ended ---

struct ToldOutcome {
  std::uint64_t fence = 0;
  const contingency::Outcome* outcome = nullptr;
  std::string notes;
  std::int64_t next_ms = 0;
};

Result<ToldOutcome> told_outcome(const Call& call) {
  auto json = platform::JsonObject::parse(call.request.body);
  ToldOutcome told;
  told.fence = static_cast<std::uint64_t>(std::max<std::int64_t>(0, json.number("claim", 0)));
  const std::string name = json.text("outcome"), next = json.text("next");
  told.notes = json.text("notes");
  HOLDLINE_TRY(json.checked_whole());
  told.outcome = contingency::outcome_named(name);
  if (told.outcome == nullptr)
    return fail(ErrorKind::ask_person, "unknown-outcome", "There is no such outcome; GET /callbacks/work tells them.");
  const auto next_ms = sync::parse_time(next);
  if ((told.outcome->next == contingency::NextStep::call_at) != next_ms.has_value())
    return fail(ErrorKind::ask_person, "malformed",
                "`next` is when they want the call, like 2026-12-01T14:00:00Z, and goes with rescheduled only.");
  told.next_ms = next_ms.value_or(0);
  return told;
}

sync::Op attempt_op(const Workstation& station, const Call& call, const HeldClaim& claim, const ToldOutcome& told,
                    std::int64_t now_ms) {
  const sync::Collection& attempts = *station.schema().collection("callback_attempt");
  sync::Op op{sync::OpKind::create, {attempts.no, created_here(0)}, claim.scope, 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    op.changes.push_back({*attempts.field(field), sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  std::vector<std::string> promises;
  for (const sync::Id& id : claim.promises) promises.push_back(id.text());
  op.changes.push_back({*attempts.field("requests"), sync::Value(sync::Null{}), sync::Null{}, promises, {}});
  set("fence", static_cast<std::int64_t>(claim.fence));
  if (!claim.number.empty()) set("number", claim.number);
  set("agent", call.session->person.name);
  set("station", station.identity().name);
  set("started_at", claim.dial_ms == 0 ? now_ms : std::min(claim.dial_ms, now_ms));
  set("ended_at", now_ms);
  set("outcome", std::string(told.outcome->name));
  if (!told.notes.empty()) set("notes", told.notes);
  if (told.next_ms != 0) set("next_at", told.next_ms);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

// What becomes of the promises themselves, so that lists without the hub say it as well; empty: they stay open.
std::string_view state_after(const contingency::Outcome& outcome) {
  if (outcome.next != contingency::NextStep::close) return {};
  return outcome.name == "refused" || outcome.refuses_calls ? "cancelled" : "reached";
}

// Of the promises that are here and that the person may change; the others follow from the call as well.
void settle_promises(const Workstation& station, PersonView& view, const HeldClaim& claim, const ToldOutcome& told,
                     std::vector<sync::Op>& ops) {
  const std::string state(state_after(*told.outcome));
  const sync::Collection& promises = *station.schema().collection("callback_request");
  const sync::FieldIndex field = *promises.field("state");
  for (const sync::Id& id : claim.promises) {
    const auto found = view.find({promises.no, id});
    if (state.empty() || !found || !found->shown || found->shown->record.deleted) continue;
    const sync::Value& was = found->shown->record.fields[field];
    if (was == sync::Value(std::string("reached")) || was == sync::Value(std::string("cancelled"))) continue;
    sync::Op op{sync::OpKind::edit, {promises.no, id}, found->shown->record.scope, 0, {}, {}};
    op.changes.push_back({field, sync::make_base(was), state, {}, {}});
    const auto here = {op};
    if (!sync::refuse(station.schema(), view.who(), here) && !sync::refuse_elsewhere(station.grant().scopes, here))
      ops.push_back(std::move(op));
  }
}

// On the reading thread.
void save_outcome(Workstation& station, const Call& call, PersonView& view, const HeldClaim& claim,
                  const ToldOutcome& told) {
  const std::int64_t now_ms = desk_of(station, call).now_ms;
  std::vector<sync::Op> ops{attempt_op(station, call, claim, told, now_ms)};
  // Who wants no more calls is on the list when the call is over, not when somebody thinks of it.
  const std::string key = station.accounts().suppression_key();
  if (told.outcome->refuses_calls && !claim.number.empty() && !key.empty())
    ops.push_back(no_more_calls_op(station, key, claim.number, claim.scope, call.session->person.name, now_ms));
  settle_promises(station, view, claim, told, ops);
  Saving saving{now_ms};
  saving.answer = [&station, fence = claim.fence, told](const Saved& saved) {
    station.held_claims().told(fence);
    return json_response(201, {{"schema", "holdline.callback-outcome/1"},
                               {"claim", fence},
                               {"outcome", told.outcome->name},
                               {"then", contingency::name_of(told.outcome->next)},
                               {"repeated", saved.repeated}});
  };
  save(station, call, std::move(ops), std::move(saving));
}

Result<std::optional<HeldClaim>> claim_of_person(Workstation& station, PersonView& view, const Call& call,
                                                 std::uint64_t fence) {
  auto claim = station.held_claims().find(fence);
  if (!claim) {
    HOLDLINE_ASSIGN(claim, fed_claim(station.schema(), view, fence));
  }
  if (claim && claim->person != call.session->person.name) claim.reset();
  return claim;
}

void tell_outcome(Workstation& station, Call call) {
  if (auto refusal = refuse_duty(call, "outcome")) return call.respond(*std::move(refusal));
  auto told = told_outcome(call);
  if (!told) return call.respond(platform::error_response(told.error()));
  read(station, call, [&station, call, told = *told](PersonView& view) {
    const auto claim = claim_of_person(station, view, call, told.fence);
    if (!claim) return call.respond(platform::error_response(claim.error()));
    if (!*claim)
      return refuse_unless_saved(station, call,
                                 callback_refusal({ErrorKind::ask_person, "claim-unknown",
                                                   "No such claim of yours is known here. Take the next case."}));
    save_outcome(station, call, view, **claim, told);
  });
}

}  // namespace

std::span<const Route> callback_work_routes() {
  static constexpr Route table[] = {
      {"GET", "/callbacks/work", show_work},       {"POST", "/callbacks/next", take_next},
      {"POST", "/callbacks/dial", dial},           {"POST", "/callbacks/alive", still_there},
      {"POST", "/callbacks/give-back", give_back}, {"POST", "/callbacks/outcome", tell_outcome},
  };
  return table;
}

}  // namespace holdline::agent
