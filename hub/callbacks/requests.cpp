#include "hub/callbacks/requests.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "hub/callbacks/calling.hpp"
#include "hub/callbacks/documents.hpp"
#include "hub/callbacks/fields.hpp"
#include "hub/callbacks/releases.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using contingency::CaseDecision;
using platform::HttpRequest;
using platform::HttpResponse;

constexpr std::string_view callbacks_path = "/admin/v1/callbacks";
constexpr std::size_t shown_cases = 1'000;

Result<contingency::ReleaseFilter> filter_of(platform::JsonObject& json) {
  contingency::ReleaseFilter filter{json.text("scope"), json.texts("reasons"), json.texts("zones"),
                                    json.texts("languages")};
  if (!filter.scope.empty() && !sync::is_scope(filter.scope))
    return fail(ErrorKind::ask_person, "bad-scope", "A scope looks like acme/london.");
  return filter;
}

std::uint32_t count_of(platform::JsonObject& json, std::string_view name, std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(json.number(name, otherwise), 0, 1'000'000));
}

contingency::Floor floor_of(platform::JsonObject& json) {
  return {count_of(json, "agents", 1), count_of(json, "calls_an_hour", 6)};
}

Result<HttpResponse> show(const CallbackDesk& desk, const CallbackList& list) {
  Listing listing(desk, list);
  return callback_answer(200, list_document(list, listing.listed(), desk.now_ms, shown_cases));
}

Result<HttpResponse> show_preview(const CallbackDesk& desk, const CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  HOLDLINE_ASSIGN(const auto filter, filter_of(json));
  const auto floor = floor_of(json);
  const std::uint32_t per_minute = count_of(json, "per_minute", contingency::ReleaseCaps{}.per_minute);
  HOLDLINE_TRY(json.checked_whole());
  Listing listing(desk, list);
  const auto seen = contingency::preview(listing.listed(), filter, floor, per_minute, desk.now_ms);
  return callback_answer(200, preview_document(seen, list.coverage));
}

Result<contingency::Signature> signature_of(platform::JsonObject& json, std::int64_t now_ms) {
  contingency::Signature by{json.text("by"), contingency::by_supervisor, json.text("reason"), now_ms};
  if (by.person.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who decides it: --by NAME.");
  if (by.person.size() > 80 || by.reason.size() > sync::limits::reason_bytes)
    return fail(ErrorKind::ask_person, "malformed", "A name has at most 80 and a reason at most 500 characters.");
  return by;
}

Result<HttpResponse> begin(const CallbackDesk& desk, const CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  HOLDLINE_ASSIGN(auto filter, filter_of(json));
  HOLDLINE_ASSIGN(auto by, signature_of(json, desk.now_ms));
  contingency::ReleaseCaps caps;
  caps.per_minute = count_of(json, "per_minute", caps.per_minute);
  caps.per_agent = count_of(json, "per_agent", caps.per_agent);
  const auto floor = floor_of(json);
  const bool accept = json.boolean("accept_missing", false);
  HOLDLINE_TRY(json.checked_whole());
  if (filter.scope.empty())
    return fail(ErrorKind::ask_person, "bad-scope", "Say whose callbacks are released: a scope like acme/london.");
  Listing listing(desk, list);
  const auto seen = contingency::preview(listing.listed(), filter, floor, caps.per_minute, desk.now_ms);
  HOLDLINE_ASSIGN(const auto batch, contingency::begin_release(desk.entropy.id(), std::move(filter), caps,
                                                               std::move(by), seen, list.coverage, accept));
  HOLDLINE_TRY(keep_release(desk.ledger.schema(), desk.intake, batch, seen, list.coverage.may_be_missing, desk.now_ms));
  Json document = preview_document(seen, list.coverage);
  document["release"] = release_document(batch, desk.now_ms);
  return callback_answer(201, document);
}

// `release` may be left out when only one has not ended.
Result<const contingency::ReleaseBatch*> release_named(const CallbackList& list, const std::string& name) {
  const contingency::ReleaseBatch* found = nullptr;
  for (const auto& batch : list.releases) {
    const bool meant = name.empty() ? batch.state != contingency::ReleaseState::stopped : batch.id.text() == name;
    if (!meant) continue;
    if (found != nullptr)
      return fail(ErrorKind::ask_person, "no-such-release", "More than one has not ended: say which, by its id.");
    found = &batch;
  }
  if (found != nullptr) return found;
  return fail(ErrorKind::ask_person, "no-such-release",
              "No such release. Which there are: holdline-hub callbacks list");
}

Result<HttpResponse> change(const CallbackDesk& desk, const CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string name = json.text("release"), wanted = json.text("change");
  HOLDLINE_ASSIGN(const auto by, signature_of(json, desk.now_ms));
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_ASSIGN(const auto* batch, release_named(list, name));
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
Result<std::vector<std::string>> promises_of(const CallbackList& list, const std::vector<std::string>& named,
                                             std::string& scope) {
  std::vector<std::string> ids;
  for (const std::string& name : named) {
    const auto id = sync::Id::parse(name);
    const auto* found = id ? list.cases.find(*id) : nullptr;
    if (found == nullptr)
      return fail(ErrorKind::ask_person, "no-such-callback",
                  "No such callback: give ids as holdline-hub callbacks list tells them.");
    if (scope.empty()) scope = found->scope;
    for (const Id& request : found->requests)
      if (std::ranges::find(ids, request.text()) == ids.end()) ids.push_back(request.text());
  }
  return ids;
}

Result<HttpResponse> decide(const CallbackDesk& desk, const CallbackList& list, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string kind = json.text("kind");
  const auto cases = json.texts("cases"), apart = json.texts("promises");
  HOLDLINE_ASSIGN(const auto by, signature_of(json, desk.now_ms));
  HOLDLINE_TRY(json.checked_whole());
  const bool divides = kind == "apart";
  if (kind != "together" && kind != "apart" && kind != "settled" && kind != "first")
    return fail(ErrorKind::ask_person, "malformed", "`kind` is together, apart, settled or first.");
  if (by.reason.empty()) return fail(ErrorKind::ask_person, "reason-missing", "Say why, or name the evidence.");
  std::string scope;
  HOLDLINE_ASSIGN(auto ids, promises_of(list, divides ? apart : cases, scope));
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
  op.set("at", std::max(by.at_ms, list.decided_ms + 1));
  const OwnRow row{{std::move(op).op()}};
  HOLDLINE_ASSIGN(const auto outcomes, desk.intake.take_own({&row, 1}, desk.now_ms));
  if (outcomes.front().effect != RowEffect::created)
    return fail(ErrorKind::ask_person, "not-kept", "The decision could not be kept. " + outcomes.front().text);
  return callback_answer(201, {{"kind", kind}, {"promises", ids.size() + others.size()}});
}

}  // namespace

bool is_about_callbacks(const HttpRequest& request) { return request.path.starts_with(callbacks_path); }

Result<HttpResponse> answer_callbacks(const CallbackDesk& desk, CallbackList list, const HttpRequest& request) {
  const std::string_view of = std::string_view(request.path).substr(callbacks_path.size());
  const std::string_view body = request.body;
  if (request.method == "GET" && of.empty()) return show(desk, list);
  if (request.method == "POST" && of == "/preview") return show_preview(desk, list, body);
  if (request.method == "POST") {
    // Somebody else may have written since it was read: nobody decides on what is not so any more.
    HOLDLINE_ASSIGN(const auto reader, desk.ledger.reader());
    HOLDLINE_ASSIGN(const Cursor head, reader->head());
    if (head.cn != list.cn) {
      HOLDLINE_ASSIGN(list, read_callbacks(desk.ledger, desk.now_ms));
    }
    if (of == "/release") return begin(desk, list, body);
    if (of == "/change") return change(desk, list, body);
    if (of == "/decide") return decide(desk, list, body);
    if (of == "/next") return next_case(desk, list, body);
    if (of == "/dial") return dial(desk, list, body);
    if (of == "/outcome") return tell_outcome(desk, list, body);
    if (of == "/free") return free_case(desk, list, body);
  }
  return fail(ErrorKind::ask_person, "unknown-path", "There is nothing here; docs/api.md lists what is.");
}

}  // namespace holdline::hub
