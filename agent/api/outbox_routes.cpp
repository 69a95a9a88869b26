// What became of what was saved: the outbox.

#include <algorithm>

#include "agent/api/actions/what.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/contingency/real_in_drill.hpp"
#include "contingency/incident/name.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

const char* kind_name(sync::OpKind kind) {
  switch (kind) {
    case sync::OpKind::create:
      return "create";
    case sync::OpKind::edit:
      return "edit";
    case sync::OpKind::erase_row:
      return "delete";
  }
  return "edit";
}

std::string state_of(const RecentActions::Item& item) {
  const bool refused = item.result && item.result->verdict == sync::Verdict::quarantined;
  return refused && item.decided_by ? "decided" : agent::state_of(item.result);
}

// What was read out to the caller, as far as this workstation gave it.
std::string reference_of(const sync::Schema& schema, const sync::Action& action) {
  for (const sync::Op& op : action.ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (!collection || !collection->reference) continue;
    const auto change = std::ranges::find(op.changes, *collection->reference, &sync::FieldChange::field);
    if (change == op.changes.end()) continue;
    if (const auto* text = std::get_if<std::string>(&change->value)) return *text;
  }
  return {};
}

Json action_json(Workstation& station, const RecentActions::Item& item) {
  const sync::Schema& schema = station.schema();
  const sync::Action& action = *item.action;
  const auto& result = item.result;
  const sync::Op none{};
  const sync::Op& first = action.ops.empty() ? none : action.ops.front();
  const sync::Collection* collection = schema.collection(first.record.collection);
  const What what = what_of(schema, action);
  Json json{{"lane", item.ref.lane},
            {"number", std::to_string(item.ref.number)},
            {"event_time", sync::format_time(action.header.event_ms)},
            {"what", in_words(what)},
            {"act", what.act},
            {"of", what.of},
            {"about", what.about},
            {"reference", reference_of(schema, action)},
            {"person", station.accounts().name_of(action.header.person).value_or("")},
            {"collection", collection ? collection->name : ""},
            {"kind", kind_name(first.kind)},
            {"record", first.record.id.text()},
            {"state", state_of(item)},
            {"verdict", result ? Json(verdict_of(*result)) : Json()},
            {"code", result ? result->code : ""},
            {"text", result ? result->text : ""}};
  Json conflicts = Json::array();
  if (result)
    for (const sync::Id& id : result->conflicts) conflicts.push_back(id.text());
  json["conflicts"] = std::move(conflicts);
  json["decided_by"] = item.decided_by ? refs_json({*item.decided_by}).front() : Json();
  json["practice"] =
      was_practised(station.contingency(), schema, action.header.incident, action.header.acceptance, action.ops);
  if (action.header.incident) json["incident"] = contingency::incident_name(*action.header.incident);
  if (const auto& decision = action.header.decision) json["decides_on"] = refs_json(decision->on);
  if (const auto& accepted = action.header.acceptance)
    json["accepted"] = {{"hints", accepted->hints}, {"because", accepted->reason}};
  return json;
}

Json ops_json(const sync::Schema& schema, const sync::Action& action) {
  Json ops = Json::array();
  for (const sync::Op& op : action.ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (!collection) continue;
    Json changes = Json::object();
    for (const sync::FieldChange& change : op.changes) {
      const sync::Field& field = collection->fields[change.field];
      Json told{{"value", to_json(field, change.value)}};
      if (const auto* base = std::get_if<sync::Value>(&change.base)) told["base"] = to_json(field, *base);
      if (!change.adds.empty()) told["add"] = change.adds;
      changes[field.name] = std::move(told);
    }
    ops.push_back({{"kind", kind_name(op.kind)},
                   {"collection", collection->name},
                   {"record", op.record.id.text()},
                   {"scope", op.scope},
                   {"changes", changes}});
  }
  return ops;
}

// Which of its conflicts nobody has decided yet: what the hub said of the action stays as it was.
void tell_undecided(const sync::Schema& schema, View& view, Json& item) {
  const sync::Collection& conflicts = *schema.collection("conflict");
  Json open = Json::array();
  for (const Json& text : item["conflicts"]) {
    const auto id = sync::Id::parse(text.get_ref<const std::string&>());
    const auto found = view.find({conflicts.no, *id});
    // What is not here was not heard of yet.
    if (found && (!found->shown || text_field(conflicts, found->shown->record, "state") == "open"))
      open.push_back(text);
  }
  item["undecided"] = std::move(open);
}

// As the person of the call may see it; nothing when it is not theirs to see.
std::optional<RecentActions::Item> shown_to_person(const Workstation& station, const Call& call,
                                                   RecentActions::Item item) {
  auto seen = permitted(station.schema(), call.rights(), call.session->person.id, *item.action);
  if (!seen) return std::nullopt;
  item.action = std::make_shared<const sync::Action>(*std::move(seen));
  return item;
}

// A page of the list on its way: filled from memory as far as that goes, then from the outbox. What is not this
// person's to see is passed over, so that it holds what was asked for.
struct Listing {
  Workstation& station;
  Call call;
  std::size_t limit = 0;
  std::optional<sync::ActionRef> before = {};
  Json items = Json::array();

  bool full() const { return items.size() >= limit; }
  void add(RecentActions::Item item) {
    before = item.ref;
    if (const auto shown = shown_to_person(station, call, std::move(item)))
      items.push_back(action_json(station, *shown));
  }
  // On the reading thread, which knows the conflicts.
  void respond(bool more) {
    station.read([listing = std::move(*this), more](View& view) mutable {
      for (Json& item : listing.items) tell_undecided(listing.station.schema(), view, item);
      listing.answer(more);
    });
  }
  void answer(bool more) {
    const OutboxStatus status = station.outbox().status();
    std::uint64_t total = status.retained;
    for (const sync::LaneTip& lane : status.lanes) total += lane.waiting;
    const Json next = more ? Json(std::to_string(before->lane) + "/" + std::to_string(before->number)) : Json();
    call.respond(json_response(
        200, {{"schema", "holdline.outbox/1"}, {"items", std::move(items)}, {"total", total}, {"next", next}}));
  }
};

void list_older(Listing listing) {
  listing.station.outbox().post([listing = std::move(listing)](Outbox& outbox) mutable {
    for (bool more = true; more && !listing.full();) {
      const auto refs = outbox.list(listing.limit - listing.items.size(), listing.before);
      if (!refs) return listing.call.respond(platform::error_response(refs.error()));
      more = refs->size() == listing.limit - listing.items.size();
      for (const sync::ActionRef& ref : *refs) {
        auto item = outbox.listed(listing.station.schema(), ref);
        if (!item) return listing.call.respond(platform::error_response(item.error()));
        if (*item) listing.add(**std::move(item));
      }
      if (!more) return listing.respond(false);
    }
    listing.respond(true);
  });
}

// On the reading thread, where other lists are made; what it shows is in memory.
void list_recent(Listing listing) {
  auto recent = listing.station.outbox().recent().list(listing.before);
  if (!recent) return list_older(std::move(listing));
  auto item = recent->items.begin();
  for (; item != recent->items.end() && !listing.full(); ++item) listing.add(std::move(*item));
  const bool more = item != recent->items.end() || !recent->all;
  if (listing.full() || !more) return listing.respond(more);
  list_older(std::move(listing));
}

void list_attention(Workstation& station, const Call& call, View& view) {
  const auto found = station.outbox().recent().needing_attention();
  if (!found) return call.respond(platform::error_response(503, "outbox-unreadable", station.outbox().status().advice));
  Json items = Json::array();
  for (const RecentActions::Item& item : *found)
    if (const auto shown = shown_to_person(station, call, item)) {
      items.push_back(action_json(station, *shown));
      tell_undecided(station.schema(), view, items.back());
    }
  const std::size_t total = items.size();
  call.respond(json_response(
      200, {{"schema", "holdline.outbox/1"}, {"items", std::move(items)}, {"total", total}, {"next", nullptr}}));
}

void list_outbox(Workstation& station, Call call) {
  const std::size_t limit = limit_of(call.request.query, 50, RecentActions::limit);
  const auto state = call.request.query.find("state");
  const bool attention = state != call.request.query.end() && state->second == "needs-attention";
  if (state != call.request.query.end() && !attention)
    return call.respond(platform::error_response(400, "malformed", "`state` can be needs-attention only."));
  std::optional<sync::ActionRef> before;
  if (const auto asked = call.request.query.find("before"); asked != call.request.query.end()) {
    before = action_ref_of(asked->second);
    if (!before)
      return call.respond(platform::error_response(400, "malformed", "`before` must be an action, LANE/NUMBER."));
  }
  station.read([&station, attention, listing = Listing{station, std::move(call), limit, before}](View& view) {
    attention ? list_attention(station, listing.call, view) : list_recent(listing);
  });
}

void respond_with(Workstation& station, const Call& call, std::optional<RecentActions::Item> found) {
  const auto item = found ? shown_to_person(station, call, *std::move(found)) : std::nullopt;
  if (!item) return call.respond(unknown_record("action"));
  Json json = action_json(station, *item);
  json["schema"] = "holdline.action/1";
  json["ops"] = ops_json(station.schema(), *item->action);
  station.read([&station, call, json = std::move(json)](View& view) mutable {
    tell_undecided(station.schema(), view, json);
    call.respond(json_response(200, json));
  });
}

void show_action(Workstation& station, Call call) {
  const auto ref = action_ref_of(call.rest);
  if (!ref) return call.respond(unknown_record("action"));
  if (auto recent = station.outbox().recent().find(*ref)) return respond_with(station, call, std::move(recent));
  station.outbox().post([&station, call = std::move(call), ref = *ref](Outbox& outbox) {
    auto found = outbox.listed(station.schema(), ref);
    if (!found) return call.respond(platform::error_response(found.error()));
    respond_with(station, call, *std::move(found));
  });
}

// What somebody is given of what is not settled.
struct Export {
  const Workstation& station;
  platform::Respond respond;
  WantedAction wanted;  // of a person; root gets all of it

  // To be read, and by root as well what a hub takes in its place: holdline-hub outbox import.
  void answer(const Unsettled& unsettled) const {
    Json head{{"schema", "holdline.outbox-export/1"},
              {"device", unsettled.maker.device.text()},
              {"incarnation", unsettled.maker.incarnation.text()},
              {"clock_offset_ms", station.sync_status().clock_offset_ms}};
    if (!wanted) {
      Json texts = Json::array();
      for (const sync::Bytes& push : pushes_of(unsettled, station.clock().now())) texts.push_back(sync::to_hex(push));
      head["pushes"] = std::move(texts);
    }
    platform::HttpResponse response;
    response.body = head.dump(2);
    // Not parsed once more: it may be long.
    response.body.replace(response.body.rfind("\n}"), 2,
                          ",\n  \"actions\": " + actions_text(station.schema(), unsettled, wanted) + "\n}\n");
    respond(std::move(response));
  }
};

// Root keeps what a workstation still owes, and gets all of it, signed in or not. Whoever takes it may have been told
// that the disk is failing: it does not wait for the disk.
void export_outbox(Workstation& station, Call call) {
  Export one{station, std::move(call.respond), {}};
  if (!is_root(call.request.peer))
    one.wanted = [who = call.rights(), person = call.session->person.id](const sync::Action& action) {
      return may_export(who, person, action);
    };
  station.aside([&station, one = std::move(one)] {
    if (const auto known = station.outbox().unsettled().all()) return one.answer(*known);
    station.outbox().post([&station, one](Outbox& outbox) {
      const auto read = outbox.read_unsettled(station.schema());
      read ? one.answer(*read) : one.respond(platform::error_response(read.error()));
    });
  });
}

// Whoever gives an outbox up gives up what everybody here saved: that is for who runs the machine.
void begin_anew(Workstation& station, Call call) {
  station.begin_outbox_anew([respond = std::move(call.respond)](Result<void> begun) {
    respond(begun ? json_response(200, Json::object()) : platform::error_response(begun.error()));
  });
}

}  // namespace

std::span<const Route> outbox_routes() {
  static constexpr Route table[] = {
      {"GET", "/outbox", list_outbox},
      {"GET", "/outbox/export", export_outbox, Access::person_or_root},
      {"POST", "/outbox/begin-anew", begin_anew, Access::root},
      {"GET", "/outbox/{lane}/{number}", show_action},
  };
  return table;
}

}  // namespace holdline::agent
