#include "agent/api/save.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "agent/api/forms.hpp"
#include "agent/api/responses.hpp"
#include "agent/contingency/by_hand.hpp"
#include "agent/contingency/incident_records.hpp"
#include "agent/contingency/real_in_drill.hpp"
#include "agent/runbook/run_records.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/states/mode.hpp"
#include "sync/form/form.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Where what the request makes is shown, up to its id: "/api/v1/phones/" for a POST to /customers/ID/phones. Empty
// where it cannot be asked for by itself: who is not to be called is asked by number. Nothing: it makes no record.
std::optional<std::string> made_at(const platform::HttpRequest& request) {
  static constexpr std::string_view kinds[] = {"customers", "phones", "emails", "addresses", "entries", "callbacks"};
  if (request.method != "POST") return std::nullopt;
  if (request.path.starts_with("/api/v1/records/")) return request.path + "/";
  const std::string_view last = std::string_view(request.path).substr(request.path.rfind('/') + 1);
  if (last == "do-not-call" || last == "reports") return std::string();
  return std::ranges::find(kinds, last) != std::end(kinds) ? std::optional("/api/v1/" + std::string(last) + "/")
                                                           : std::nullopt;
}

// The same for the first answer and for one that is repeated: 201 with the place of what was made, else 200.
platform::HttpResponse saved_response(const platform::HttpRequest& request, const Saved& saved,
                                      const std::vector<std::string>& references, const Json& notes = Json::array()) {
  Json created = Json::array();
  for (const sync::Id& id : saved.created) created.push_back(id.text());
  const auto place = made_at(request);
  auto response = json_response(place ? 201 : 200, {{"schema", "holdline.saved/1"},
                                                    {"action", refs_json({saved.ref}).front()},
                                                    {"created", created},
                                                    {"references", references},
                                                    {"state", "saved"},
                                                    {"repeated", saved.repeated},
                                                    {"notes", notes}});
  if (place && !place->empty() && !saved.created.empty())
    response.headers.emplace_back("Location", *place + saved.created.front().text());
  return response;
}

Json notes_of(const std::vector<sync::Finding>& findings) {
  std::vector<sync::Finding> told;
  std::ranges::copy_if(findings, std::back_inserter(told),
                       [](const sync::Finding& finding) { return finding.weight == sync::Weight::told; });
  return to_json(told);
}

// Of every record that the ops create, where its collection has one.
std::vector<std::string> references_of(const sync::Schema& schema, const std::vector<sync::Op>& ops) {
  std::vector<std::string> references;
  for (const sync::Op& op : ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (op.kind != sync::OpKind::create || !collection || !collection->reference) continue;
    const auto change = std::ranges::find(op.changes, *collection->reference, &sync::FieldChange::field);
    if (change == op.changes.end()) continue;
    if (const auto* text = std::get_if<std::string>(&change->value)) references.push_back(*text);
  }
  return references;
}

// What can be read out to the caller, given last of all: a form that is refused takes no number away.
void give_references(Workstation& station, std::vector<sync::Op>& ops, std::vector<sync::Finding>& findings) {
  // The note of a deletion or of a merge is read out to nobody.
  if (!std::ranges::all_of(ops, [](const sync::Op& op) { return op.kind == sync::OpKind::create; })) return;
  for (sync::Op& op : ops) {
    const sync::Collection& collection = *station.schema().collection(op.record.collection);
    if (op.kind != sync::OpKind::create || !collection.reference) continue;
    const sync::FieldIndex field = *collection.reference;
    const auto at = std::ranges::lower_bound(op.changes, field, {}, &sync::FieldChange::field);
    if (at != op.changes.end() && at->field == field) continue;  // that of an action whose place it takes
    if (auto reference = station.next_reference())
      op.changes.insert(at, {field, sync::Value(sync::Null{}), *std::move(reference), {}, {}});
    else
      findings.push_back({collection.fields[field].name, "reference-later",
                          "This workstation has no number for a reference left. It is saved all the same, and gets "
                          "its reference when the hub has it: tell the caller that they will hear it later.",
                          sync::Weight::told});
  }
}

void give(sync::Op& op, const sync::Collection& collection, sync::Filling filling, const sync::Value& value) {
  const auto field = std::ranges::find(collection.fields, filling, &sync::Field::filled_with);
  if (field == collection.fields.end()) return;
  const auto index = static_cast<sync::FieldIndex>(field - collection.fields.begin());
  const auto at = std::ranges::lower_bound(op.changes, index, {}, &sync::FieldChange::field);
  if (at == op.changes.end() || at->field != index)
    op.changes.insert(at, {index, sync::Value(sync::Null{}), value, {}, {}});
}

// The incident in force where it is saved, and what new records say of it. What is told of incidents themselves is not
// part of the work in one.
std::optional<sync::Id> give_incident(Workstation& station, bool real, std::vector<sync::Op>& ops) {
  if (ops.empty() || is_of_incidents(station.schema(), ops.front().record.collection) ||
      is_of_runs(station.schema(), ops.front().record.collection))
    return std::nullopt;
  const auto incident = station.contingency().in_force_on(ops.front().scope);
  if (!incident || (real && incident->declared.drill)) return std::nullopt;
  for (sync::Op& op : ops) {
    const sync::Collection& collection = *station.schema().collection(op.record.collection);
    if (op.kind != sync::OpKind::create) continue;
    give(op, collection, sync::Filling::incident, contingency::incident_name(incident->declared.id));
    if (incident->declared.drill) give(op, collection, sync::Filling::drill, true);
  }
  return incident->declared.id;
}

// While work is by hand here, or typed in from paper: what goes beyond the limits of the plan is saved, and marked.
void keep_to_limits(Workstation& station, const Call& call, const std::optional<sync::Record>& edited,
                    std::vector<sync::Op>& ops, std::vector<sync::Finding>& findings) {
  const SyncStatus sync = station.sync_status();
  ByHand now{station.contingency().policy().limits, call.session->person.id};
  now.holds = station.contingency().mode(station.link().status.state) >= contingency::Mode::contingency;
  if (!is_judged(station.schema(), now.holds, ops)) return;
  now.edited = edited ? &*edited : nullptr;
  now.now_ms = station.clock().now().wall_ms;
  const std::int64_t contact_ms = sync.last_contact_ms != 0 ? sync.last_contact_ms : sync.replica.as_of_ms;
  now.without_contact_ms = contact_ms == 0 ? 0 : std::max<std::int64_t>(0, now.now_ms - contact_ms);
  for (const sync::LaneTip& lane : station.outbox().status().lanes)
    now.waiting += static_cast<std::size_t>(lane.waiting);
  const auto before = station.outbox().recent().list({});
  apply_limits(station.schema(), now, before ? before->items : std::vector<RecentActions::Item>(), ops, findings);
}

// The answer to a repeated request names what was read out the first time.
void respond_repeated(Workstation& station, const Call& call, const Saved& saved) {
  station.read([&station, call, saved](View& view) {
    const auto pending = [&](const sync::Collection& collection, const sync::Id& id) -> std::string {
      const auto found = view.find({collection.no, id});
      if (!found || !found->shown) return {};
      const auto* text = std::get_if<std::string>(&found->shown->record.fields[*collection.reference]);
      return text ? *text : std::string();
    };
    std::vector<std::string> references;
    for (const sync::Collection& collection : station.schema().collections())
      if (collection.reference)
        for (const sync::Id& id : saved.created)
          if (std::string text = pending(collection, id); !text.empty()) references.push_back(std::move(text));
    call.respond(saved_response(call.request, saved, references));
  });
}

// The beginning of an action by who is signed in, under the request's key; nothing when it was refused and answered.
std::optional<Draft> draft_of(Workstation& station, const Call& call) {
  const std::string key(call.request.header("idempotency-key"));
  if (key.empty() || key.size() > idempotency_key_bytes) {
    call.respond(platform::error_response(
        400, "no-idempotency-key",
        "Send an Idempotency-Key header of 1 to " + std::to_string(idempotency_key_bytes) + " characters."));
    return std::nullopt;
  }
  if (call.session->assertion == 0) {
    const OutboxStatus outbox = station.outbox().status();
    call.respond(
        outbox.health == OutboxHealth::read_only
            ? platform::error_response(503, outbox.code, "Nothing can be saved on this PC now: " + outbox.advice)
            : platform::error_response(401, "not-signed-in",
                                       "The disk did not take this sign-in, so nothing can be saved under it. "
                                       "Sign in again: holdline login NAME"));
    return std::nullopt;
  }
  Draft draft;
  draft.idempotency_key = key;
  draft.fingerprint = sync::sha256({call.request.method, "\n", call.request.path, "\n", call.request.body});
  draft.person = call.session->person.id;
  draft.assertion = call.session->assertion;
  return draft;
}

// Those in which this person may write here, for whoever named another one.
std::string scopes_here(const Call& call, const Grant& grant) {
  std::string names;
  for (const std::string& scope : grant.scopes)
    if (sync::is_within(scope, call.rights().scopes)) names += (names.empty() ? "" : ", ") + scope;
  return names;
}

}  // namespace

std::optional<platform::HttpResponse> refuse_by_right(const Workstation& station, const Call& call,
                                                      const std::vector<sync::Op>& ops) {
  const Grant grant = station.grant();
  auto refusal = sync::refuse(station.schema(), call.rights(), ops);
  if (!refusal) refusal = sync::refuse_elsewhere(grant.scopes, ops);
  if (!refusal) return std::nullopt;
  const std::string scopes = scopes_here(call, grant);
  if (refusal->code == "scope-refused" && !scopes.empty()) refusal->text += " At this workstation: " + scopes + ".";
  return platform::error_response(403, refusal->code, refusal->text);
}

// What the hub would refuse is not called saved.
Judged judge_here(const Workstation& station, const Call& call, const std::vector<sync::Op>& ops,
                  std::vector<sync::Finding> findings, std::int64_t event_ms) {
  const Grant grant = station.grant();
  Judged judged{refuse_by_right(station, call, ops), {}};
  for (const sync::Field* field : sync::fields_elsewhere(station.schema(), grant.profile, ops))
    judged.findings.push_back({field->name, "field-refused", field->label + " is not for this workstation."});
  for (const sync::Field* field : sync::central_fields(station.schema(), ops))
    judged.findings.push_back(
        {field->name, "central-field",
         field->label + " is decided in the central database. Leave it out, and note what was asked for."});
  std::ranges::move(findings, std::back_inserter(judged.findings));
  judged.findings = sync::judge(station.schema(), ops, std::move(judged.findings), event_ms);
  return judged;
}

Desk desk_of(const Workstation& station, const Call& call) {
  return {station.site(), station.clock().now().wall_ms, call.session ? call.session->person.name : std::string(),
          station.identity().name, std::max<std::int64_t>(0, station.sync_status().clock_offset_ms)};
}

namespace {

void save_judged(Workstation& station, const Call& call, std::vector<sync::Op> ops, Saving saving) {
  auto draft = draft_of(station, call);
  if (!draft) return;
  const auto refuse = [&](const platform::HttpResponse& refusal) { refuse_unless_saved(station, call, refusal); };
  draft->event_ms = saving.event_ms != 0 ? saving.event_ms : station.clock().now().wall_ms;
  auto judged = judge_here(station, call, ops, std::move(saving.findings), draft->event_ms);
  if (judged.refusal) return refuse(*judged.refusal);
  auto& findings = judged.findings;
  if (const auto open = sync::unanswered(findings, saving.acceptance); !open.empty())
    return refuse(findings_response(open));
  draft->acceptance = sync::answered(findings, saving.acceptance);
  give_references(station, ops, findings);
  draft->incident = give_incident(station, saving.real, ops);
  keep_to_limits(station, call, saving.edited, ops, findings);
  if (was_practised(station.contingency(), station.schema(), draft->incident, draft->acceptance, ops))
    findings.push_back({"", "practised", "Practice: it is marked, and counts nowhere.", sync::Weight::told});
  auto references = references_of(station.schema(), ops);
  draft->ops = std::move(ops);
  draft->decision = std::move(saving.decision);
  station.outbox().submit(std::move(*draft),
                          [&station, call, notes = notes_of(findings), references = std::move(references),
                           answer = std::move(saving.answer)](const Result<Saved>& saved) {
                            if (saved && answer) return call.respond(answer(*saved));
                            if (saved && saved->repeated) return respond_repeated(station, call, *saved);
                            call.respond(saved ? saved_response(call.request, *saved, references, notes)
                                               : platform::error_response(saved.error()));
                          });
}

}  // namespace

void save(Workstation& station, const Call& call, std::vector<sync::Op> ops, Saving saving) {
  const auto is_typed = [&station](std::string_view collection) {
    return is_open_to_all(station.schema(), collection) || collection == "suppression";
  };
  if (saving.real || !may_be_real_in_drill(station.contingency(), station.schema(), is_typed, ops))
    return save_judged(station, call, std::move(ops), std::move(saving));
  station.read([&station, call, is_typed, ops = std::move(ops), saving = std::move(saving)](View& view) mutable {
    ask_about_real(station.schema(), view, is_typed, ops, saving.findings);
    save_judged(station, call, std::move(ops), std::move(saving));
  });
}

void note(Workstation& station, const Call& call, sync::Op op, std::function<void(const Result<Saved>&)> done) {
  Draft draft;
  draft.event_ms = station.clock().now().wall_ms;
  draft.idempotency_key = "note-" + std::to_string(op.record.collection) + "-" + std::to_string(draft.event_ms);
  draft.fingerprint = sync::sha256(draft.idempotency_key);
  draft.person = call.session->person.id;
  draft.assertion = call.session->assertion;
  draft.ops = {std::move(op)};
  station.outbox().submit(std::move(draft), std::move(done));
}

void refuse_unless_saved(Workstation& station, const Call& call, const platform::HttpResponse& refusal) {
  auto draft = draft_of(station, call);
  if (!draft) return;
  station.outbox().post([&station, draft = *std::move(draft), refusal, call](Outbox& outbox) {
    const auto saved = outbox.find_saved(draft.person, draft.idempotency_key, draft.fingerprint);
    if (!saved) return call.respond(platform::error_response(saved.error()));
    if (!*saved) return call.respond(refusal);
    respond_repeated(station, call, **saved);
  });
}

}  // namespace holdline::agent
