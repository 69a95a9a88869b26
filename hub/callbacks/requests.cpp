#include "hub/callbacks/requests.hpp"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "contingency/incident/signed_by.hpp"
#include "hub/callbacks/asked.hpp"
#include "hub/callbacks/calling.hpp"
#include "hub/callbacks/documents.hpp"
#include "hub/callbacks/exporting.hpp"
#include "hub/callbacks/list/fields.hpp"
#include "hub/callbacks/list/releases.hpp"
#include "hub/callbacks/promising.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using contingency::CaseDecision;
using platform::HttpRequest;
using platform::HttpResponse;

constexpr std::string_view callbacks_path = "/admin/v1/callbacks";
constexpr std::int64_t shown_cases = 1'000;

Result<HttpResponse> show(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body.empty() ? "{}" : body);
  const auto limit =
      static_cast<std::size_t>(std::clamp<std::int64_t>(json.number("limit", shown_cases), 1, shown_cases));
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_ASSIGN(const auto coverage, coverage_of(desk.ledger, desk.now_ms));
  return callback_answer(200, list_document(desk, listed_for(desk), coverage, limit));
}

Result<HttpResponse> show_preview(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  HOLDLINE_ASSIGN(const auto filter, asked_filter(json));
  const auto floor = asked_floor(json);
  const std::uint32_t per_minute = asked_count(json, "per_minute", contingency::ReleaseCaps{}.per_minute);
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(check_asked_scope(desk, filter.scope));
  const auto seen = contingency::preview(listed_for(desk), filter, floor, per_minute, desk.now_ms);
  HOLDLINE_ASSIGN(const auto coverage, coverage_of(desk.ledger, desk.now_ms));
  return callback_answer(200, preview_document(seen, coverage));
}

// One at a time for every case.
Result<void> check_no_other(const CallbackDesk& desk, const contingency::ReleaseFilter& filter) {
  for (const auto& batch : desk.list().releases)
    if (!contingency::is_over(batch, desk.now_ms) && contingency::meet(batch.filter, filter))
      return fail(ErrorKind::ask_person, "release-there",
                  batch.by.person + " has released callbacks of " + batch.filter.scope + " already, and it is " +
                      std::string(contingency::name_of(batch.state)) + ". Let it go on, or stop it and release anew.");
  return {};
}

Result<HttpResponse> begin(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  HOLDLINE_ASSIGN(auto filter, asked_filter(json));
  HOLDLINE_ASSIGN(auto by, asked_signature(desk, json));
  contingency::ReleaseCaps caps;
  caps.per_minute = asked_count(json, "per_minute", caps.per_minute);
  caps.per_agent = asked_count(json, "per_agent", caps.per_agent);
  const auto floor = asked_floor(json);
  const bool accept = json.boolean("accept_missing", false);
  HOLDLINE_TRY(json.checked_whole());
  if (filter.scope.empty())
    return fail(ErrorKind::ask_person, "bad-scope", "Say whose callbacks are released: a scope like acme/london.");
  HOLDLINE_TRY(check_asked_scope(desk, filter.scope));
  HOLDLINE_TRY(check_no_other(desk, filter));
  const auto seen = contingency::preview(listed_for(desk), filter, floor, caps.per_minute, desk.now_ms);
  HOLDLINE_ASSIGN(const auto coverage, coverage_of(desk.ledger, desk.now_ms));
  HOLDLINE_ASSIGN(const auto batch, contingency::begin_release(desk.entropy.id(), std::move(filter), caps,
                                                               std::move(by), seen, coverage, accept));
  HOLDLINE_TRY(keep_release(desk.ledger.schema(), desk.intake, batch, seen, coverage.may_be_missing, desk.now_ms));
  Json document = preview_document(seen, coverage);
  document["release"] = release_document(batch, desk.now_ms);
  return callback_answer(201, document);
}

// `release` may be left out when only one has not ended.
Result<const contingency::ReleaseBatch*> release_named(const CallbackDesk& desk, const std::string& name) {
  const contingency::ReleaseBatch* found = nullptr;
  for (const auto& batch : desk.list().releases) {
    const bool meant = name.empty() ? !contingency::is_over(batch, desk.now_ms) : batch.id.text() == name;
    if (!meant || !desk.sees(batch.filter.scope)) continue;
    if (found != nullptr)
      return fail(ErrorKind::ask_person, "no-such-release", "More than one has not ended: say which, by its id.");
    found = &batch;
  }
  if (found != nullptr) return found;
  return fail(ErrorKind::ask_person, "no-such-release", "No such release. The list of callbacks says which there are.");
}

Result<HttpResponse> change(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string name = json.text("release"), wanted = json.text("change");
  HOLDLINE_ASSIGN(const auto by, asked_signature(desk, json));
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_ASSIGN(const auto* batch, release_named(desk, name));
  contingency::ReleaseEvent event = contingency::event::ReleaseHeld{by};
  if (wanted == "go-on")
    event = contingency::event::ReleaseGoesOn{by};
  else if (wanted == "stop")
    event = contingency::event::ReleaseStopped{by};
  else if (wanted != "hold")
    return fail(ErrorKind::ask_person, "malformed", "`change` is hold, go-on or stop.");
  HOLDLINE_ASSIGN(const auto next, contingency::step(*batch, event, desk.now_ms));
  HOLDLINE_TRY(keep_change(desk.ledger.schema(), desk.intake, *batch, next, desk.now_ms));
  return callback_answer(200, release_document(next, desk.now_ms));
}

// Every promise of the cases they are in now: what comes in later is told from those by that.
Result<std::vector<std::string>> promises_of(const CallbackDesk& desk, const std::vector<std::string>& named,
                                             std::string& scope) {
  std::vector<std::string> ids;
  for (const std::string& name : named) {
    const auto id = sync::Id::parse(name);
    const auto* found = id ? desk.list().cases.find(*id) : nullptr;
    if (found == nullptr || !desk.sees(found->scope))
      return fail(ErrorKind::ask_person, "no-such-callback",
                  "No such callback: give ids as the list of callbacks tells them.");
    if (scope.empty()) scope = found->scope;
    for (const Id& request : found->requests)
      if (std::ranges::find(ids, request.text()) == ids.end()) ids.push_back(request.text());
  }
  return ids;
}

// Of two who decide about one case at once the second is told what the first one decided.
Result<void> check_undecided(const CallbackDesk& desk, const std::vector<std::string>& cases) {
  for (const std::string& name : cases) {
    const auto id = sync::Id::parse(name);
    const auto* of = id ? desk.list().cases.find(*id) : nullptr;
    if (of != nullptr && of->need == contingency::CaseNeed::elsewhere && of->settled)
      return fail(ErrorKind::ask_person, "decided-already",
                  "No call is needed, as decided by " + contingency::signed_by(*of->settled));
  }
  return {};
}

Result<HttpResponse> decide(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string kind = json.text("kind");
  const auto cases = json.texts("cases"), apart = json.texts("promises");
  HOLDLINE_ASSIGN(const auto by, asked_signature(desk, json));
  HOLDLINE_TRY(json.checked_whole());
  const bool divides = kind == "apart";
  if (kind != "together" && kind != "apart" && kind != "settled" && kind != "first")
    return fail(ErrorKind::ask_person, "malformed", "`kind` is together, apart, settled or first.");
  if (by.reason.empty()) return fail(ErrorKind::ask_person, "reason-missing", "Say why, or name the evidence.");
  if (kind == "settled" || kind == "first") HOLDLINE_TRY(check_undecided(desk, cases));
  std::string scope;
  HOLDLINE_ASSIGN(auto ids, promises_of(desk, divides ? apart : cases, scope));
  if (ids.empty() || (kind == "together" && cases.size() < 2))
    return fail(ErrorKind::ask_person, "malformed", "Name the cases it is about; together needs two or more.");
  std::vector<std::string> others;
  if (divides) {  // those named leave the rest of their case
    std::erase_if(ids, [&](const std::string& id) {
      const bool leaves = std::ranges::find(apart, id) != apart.end();
      if (!leaves) others.push_back(id);
      return !leaves;
    });
    if (others.empty())
      return fail(ErrorKind::ask_person, "malformed", "These are the whole case: nothing would be left of it.");
  }
  RecordOp op(*desk.ledger.schema().collection("callback_decision"), sync::OpKind::create, desk.entropy.id(), scope);
  op.set("kind", kind).add("requests", ids).add("others", others).set("reason", by.reason).set("person", by.person);
  // After all that it was made in view of, whatever the clock says.
  op.set("at", std::max(by.at_ms, desk.list().decided_ms + 1));
  const OwnRow row{{std::move(op).op()}};
  HOLDLINE_ASSIGN(const auto outcomes, desk.intake.take_own({&row, 1}, desk.now_ms));
  if (outcomes.front().effect != RowEffect::created)
    return fail(ErrorKind::ask_person, "not-kept", "The decision could not be kept. " + outcomes.front().text);
  return callback_answer(201, {{"kind", kind}, {"promises", ids.size() + others.size()}});
}

using Answering = Result<HttpResponse> (*)(const CallbackDesk&, std::string_view body);

const std::map<std::string_view, Answering>& answering() {
  static const std::map<std::string_view, Answering> table{
      {"list", show},
      {"preview", show_preview},
      {"release", begin},
      {"change", change},
      {"decide", decide},
      {"mine", show_own},
      {"next", next_case},
      {"hand", hand_case},
      {"dial", dial},
      {"outcome", tell_outcome},
      {"alive", still_calling},
      {"give-back", give_back},
      {"free", free_case},
      {"export", export_cases},
      {"outcomes", read_dialler_outcomes},
      {"take-back", take_back},
      {"capacity", show_capacity},
      {"set-capacity", set_capacity},
      {"promise", promise_anew},
      {"promise-breaking", promise_what_breaks_anew},
  };
  return table;
}

}  // namespace

Result<contingency::ReleaseFilter> asked_filter(platform::JsonObject& json) {
  contingency::ReleaseFilter filter{json.text("scope"), json.texts("reasons"), json.texts("zones"),
                                    json.texts("languages")};
  if (!filter.scope.empty() && !sync::is_scope(filter.scope))
    return fail(ErrorKind::ask_person, "bad-scope", "A scope looks like acme/london.");
  return filter;
}

std::uint32_t asked_count(platform::JsonObject& json, std::string_view name, std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(json.number(name, otherwise), 0, 1'000'000));
}

contingency::Floor asked_floor(platform::JsonObject& json) {
  return {asked_count(json, "agents", 1), asked_count(json, "calls_an_hour", 6)};
}

std::vector<contingency::ListedCase> listed_for(const CallbackDesk& desk) {
  auto listed = desk.board.listed();
  std::erase_if(listed, [&](const contingency::ListedCase& one) { return !desk.sees(one.of->scope); });
  return listed;
}

Result<void> check_asked_scope(const CallbackDesk& desk, const std::string& scope) {
  if (scope.empty() || desk.sees(scope)) return {};
  return fail(ErrorKind::ask_person, "scope-refused",
              "This scope is not yours at this workstation. Name one of your own.");
}

Result<contingency::Signature> asked_signature(const CallbackDesk& desk, platform::JsonObject& json) {
  contingency::Signature by{json.text("by"), contingency::by_supervisor, json.text("reason"), desk.now_ms};
  if (desk.asker != nullptr) by.person = desk.asker->person;
  if (by.person.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who decides it: --by NAME.");
  if (by.person.size() > 80 || by.reason.size() > sync::limits::reason_bytes)
    return fail(ErrorKind::ask_person, "malformed", "A name has at most 80 and a reason at most 500 characters.");
  return by;
}

bool CallbackDesk::sees(const std::string& scope) const {
  return asker == nullptr || std::ranges::find(asker->scopes, scope) != asker->scopes.end();
}

bool is_about_callbacks(const HttpRequest& request) { return request.path.starts_with(callbacks_path); }

Result<HttpResponse> answer_callbacks(const CallbackDesk& desk, std::string_view what, std::string_view body) {
  const auto found = answering().find(what);
  if (found == answering().end())
    return fail(ErrorKind::ask_person, "unknown-path", "There is nothing here; docs/api.md lists what is.");
  return found->second(desk, body);
}

Result<HttpResponse> answer_callbacks(const CallbackDesk& desk, const HttpRequest& request) {
  const std::string_view of = std::string_view(request.path).substr(callbacks_path.size());
  if (request.method == "GET" && of.empty()) return answer_callbacks(desk, "list", {});
  const bool named = request.method == "POST" && of.starts_with('/');
  return answer_callbacks(desk, named ? of.substr(1) : "", request.body);
}

}  // namespace holdline::hub
