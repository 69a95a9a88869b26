// A way out for what the hub refused: corrected and sent again, by its person or a supervisor, or given up.

#include <algorithm>
#include <iterator>

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// What a decision is about, as the outbox has it.
struct Refused {
  PendingAction pending;
  std::vector<sync::ActionRef> on;  // it, and what it was to take the place of itself
  std::vector<Outbox::Dependent> dependents;
};

// The action, when it needs attention. `why`: 404, 409 or 403 when there is nothing to decide for this person; nothing
// when it could not be read.
Result<Refused> find_refused(Workstation& station, Outbox& outbox, const Call& call, sync::ActionRef ref,
                             std::optional<platform::HttpResponse>& why) {
  const auto refuse = [&](platform::HttpResponse response) {
    why = std::move(response);
    return fail(ErrorKind::ask_person, "refused", "");
  };
  HOLDLINE_ASSIGN(auto found, outbox.find(station.schema(), ref));
  if (!found) return refuse(unknown_record("action"));
  const bool own = found->action.header.person == call.session->person.id;
  if (!sync::may_decide(call.rights(), own, found->action.ops))
    return refuse(platform::error_response(403, "role-refused",
                                           "Somebody else's entry is decided by a supervisor of its scope."));
  const auto refs = outbox.needing_attention();
  if (std::ranges::find(refs, ref) == refs.end())
    return refuse(platform::error_response(409, "decided-already",
                                           "This entry does not need attention, or somebody has decided on it."));
  Refused refused{*std::move(found), {ref}, {}};
  if (const auto& before = refused.pending.action.header.decision)
    refused.on.insert(refused.on.end(), before->on.begin(), before->on.end());
  HOLDLINE_ASSIGN(refused.dependents, outbox.dependents_of(ref));
  return refused;
}

sync::Decision decision_of(sync::Decision::Kind kind, std::vector<sync::ActionRef> on, std::string reason) {
  std::ranges::sort(on);
  on.erase(std::ranges::unique(on).begin(), on.end());
  return {kind, std::move(on), std::move(reason)};
}

// A corrected number leaves nothing of how the wrong one was spelled.
void forget_spelling(const sync::Collection& collection, sync::FieldIndex corrected, sync::Op& op) {
  const sync::Field& field = collection.fields[corrected];
  for (const auto& beside : {field.as_typed, field.extension})
    for (sync::FieldChange& change : op.changes)
      if (beside == change.field) change.value = sync::Null{};
}

// New values into the op that was refused; its bases stay those that its person saw.
void correct_op(const sync::Collection& collection, const Desk& desk, sync::Op& op, Json changes,
                std::vector<sync::Finding>& findings) {
  sync::Record refused;
  refused.fields.resize(collection.fields.size());
  for (const sync::FieldChange& change : op.changes) refused.fields[change.field] = change.value;
  read_zoned_times(collection, desk.site, &refused, false, changes, findings);
  auto typed = created_fields(collection, changes, findings);
  std::ranges::move(times_to_come(collection, desk, typed), std::back_inserter(findings));
  for (const sync::FieldChange& change : typed) forget_spelling(collection, change.field, op);
  std::ranges::move(sync::put_right(collection, desk.site, nullptr, typed), std::back_inserter(findings));
  for (sync::FieldChange& change : typed) {
    const auto at = std::ranges::lower_bound(op.changes, change.field, {}, &sync::FieldChange::field);
    const bool there = at != op.changes.end() && at->field == change.field;
    if (there) {
      at->value = std::move(change.value);
      at->adds = std::move(change.adds);
    } else if (op.kind == sync::OpKind::create) {
      op.changes.insert(at, std::move(change));
    } else {
      findings.push_back({collection.fields[change.field].name, "not-changed",
                          "The refused change did not touch this field; make another change for it."});
    }
  }
  for (const auto& [name, value] : changes.items())
    if (const auto field = collection.field(name); field && value.is_null())
      std::erase_if(op.changes, [&](const sync::FieldChange& change) { return change.field == *field; });
}

void correct(Workstation& station, Outbox& outbox, const Call& call, sync::ActionRef ref) {
  auto json = platform::JsonObject::parse(call.request.body);
  const Json changes = json.object("changes");
  const std::string scope = json.text("scope");
  const std::int64_t index = json.number("op", 0);
  auto accepted = acceptance_of(json);
  if (!accepted) return call.respond(platform::error_response(accepted.error()));
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  std::optional<platform::HttpResponse> why;
  auto refused = find_refused(station, outbox, call, ref, why);
  if (!refused) return refuse_unless_saved(station, call, why ? *why : platform::error_response(refused.error()));
  std::vector<sync::Op> ops = std::move(refused->pending.action.ops);
  if (ops.empty() || index < 0 || static_cast<std::size_t>(index) >= ops.size())
    return call.respond(platform::error_response(422, "invalid", "There is nothing there to correct; give it up."));
  sync::Op& op = ops[static_cast<std::size_t>(index)];
  std::vector<sync::Finding> findings;
  const sync::Collection& collection = *station.schema().collection(op.record.collection);
  const Desk desk = desk_of(station, call);
  const std::int64_t event_ms = refused->pending.action.header.event_ms;
  correct_op(collection, desk, op, changes, findings);
  std::ranges::move(sync::look_over(collection, op.changes, nullptr, event_ms, desk.now_ms),
                    std::back_inserter(findings));
  if (!scope.empty())
    for (sync::Op& one : ops) one.scope = scope;
  // What its person was asked then need not be asked again.
  if (!*accepted) *accepted = refused->pending.action.header.acceptance;
  save(station, call, std::move(ops),
       {event_ms, decision_of(sync::Decision::Kind::replace, std::move(refused->on), {}), std::move(findings),
        *std::move(accepted)});
}

void discard(Workstation& station, Outbox& outbox, const Call& call, sync::ActionRef ref) {
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string reason = json.text("reason");
  const bool with_dependents = json.boolean("dependents", false);
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  std::optional<platform::HttpResponse> why;
  auto refused = find_refused(station, outbox, call, ref, why);
  if (!refused) return refuse_unless_saved(station, call, why ? *why : platform::error_response(refused.error()));
  std::string names;
  for (const Outbox::Dependent& one : refused->dependents) {
    const std::string name = std::to_string(one.ref.lane) + "/" + std::to_string(one.ref.number);
    if (!one.at_hub)
      return call.respond(platform::error_response(
          409, "on-its-way", name + " builds on it and has not reached the hub yet. Try again when it has."));
    names += (names.empty() ? "" : ", ") + name;
    refused->on.push_back(one.ref);
  }
  if (!names.empty() && !with_dependents)
    return call.respond(platform::error_response(
        409, "has-dependents",
        "These build on it: " + names + ". Give them up with it (--dependents), or correct it instead."));
  save(station, call, {}, {0, decision_of(sync::Decision::Kind::discard, std::move(refused->on), reason)});
}

void decide(Workstation& station, Call call) {
  const auto slash = call.rest.rfind('/');
  const auto ref = slash == std::string::npos ? std::nullopt : action_ref_of(call.rest.substr(0, slash));
  const std::string verb = slash == std::string::npos ? "" : call.rest.substr(slash + 1);
  if (!ref || (verb != "correct" && verb != "discard")) return call.respond(unknown_record("action"));
  // On the outbox's own thread: whoever reads must not wait for it.
  station.outbox().post([&station, call, ref = *ref, correcting = verb == "correct"](Outbox& outbox) {
    correcting ? correct(station, outbox, call, ref) : discard(station, outbox, call, ref);
  });
}

}  // namespace

std::span<const Route> decision_routes() {
  static constexpr Route table[] = {
      {"POST", "/outbox/{lane}/{number}/correct", decide},
      {"POST", "/outbox/{lane}/{number}/discard", decide},
  };
  return table;
}

}  // namespace holdline::agent
