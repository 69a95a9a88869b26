// Events of a run as the fields of a record: what people look for has fields of its own, the rest is one JSON text.
#include <array>

#include <nlohmann/json.hpp>

#include "contingency/runbook/journal.hpp"

namespace holdline::contingency {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 10> wish_names{"enter", "exit", "confirm", "approve", "tick",
                                                      "skip",  "want", "undo",    "except",  "take_over"};

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json signature_json(const std::optional<Signature>& by) {
  if (!by) return nullptr;
  return {{"person", by->person}, {"role", role_of(by->role)}, {"reason", by->reason}, {"at", by->at_ms}};
}

std::optional<Signature> signature_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  return Signature{json.value("person", ""), who_of(json.value("role", "")), json.value("reason", ""),
                   json.value("at", std::int64_t{0})};
}

std::optional<RunState> state_named(std::string_view name) {
  for (std::size_t i = 0; i < run_state_count; ++i)
    if (name_of(static_cast<RunState>(i)) == name) return static_cast<RunState>(i);
  return std::nullopt;
}

void write(const RunHead& head, JournalRecord& record) {
  record.kind = "held";
  Json json{{"plan", head.plan_version}, {"hash", head.plan_hash},      {"scenario", head.scenario},
            {"drill", head.drill},       {"confirmed", head.confirmed}, {"entered", head.entered},
            {"exiting", head.exiting}};
  if (head.followed) json["incident"] = name_of(*head.followed);
  if (head.from) {
    json["from"] = {{"fence", head.from->fence}, {"station", head.from->station}, {"number", head.from_number}};
    record.about = head.from->device.text();
  }
  record.detail = dumped(json);
}

void write(const ActionRun& run, JournalRecord& record) {
  record.kind = "told";
  record.action = run.action;
  Json json{{"state", name_of(run.state)}, {"effect", run.effect}, {"wanted", run.wanted},
            {"tries", run.tries},          {"round", run.round},   {"due", run.due_ms}};
  if (run.result) {
    json["code"] = run.result->code;
    json["took"] = run.result->took_ms;
    record.output = run.result->output;
  }
  json["approved"] = signature_json(run.approved);
  json["ended"] = signature_json(run.ended);
  json["excepted"] = signature_json(run.excepted);
  record.detail = dumped(json);
}

void write(const Heard& heard, JournalRecord& record) {
  record.kind = "heard";
  record.about = heard.wish.text();
  if (!heard.code.empty()) record.detail = dumped({{"code", heard.code}, {"text", heard.text}});
}

std::optional<IncidentPhase> phase_named(std::string_view name) {
  for (const IncidentPhase phase :
       {IncidentPhase::active, IncidentPhase::recovering, IncidentPhase::closed, IncidentPhase::cancelled})
    if (name_of(phase) == name) return phase;
  return std::nullopt;
}

std::optional<RunHead> head_of(const Json& json, const JournalRecord& record) {
  RunHead head{json.value("plan", std::uint32_t{0}), json.value("hash", ""),        json.value("scenario", ""),
               json.value("drill", false),           json.value("confirmed", true), json.value("entered", false),
               json.value("exiting", false)};
  head.followed = phase_named(json.value("incident", ""));
  if (const auto from = json.find("from"); from != json.end() && from->is_object()) {
    const auto device = sync::Id::parse(record.about);
    if (!device) return std::nullopt;
    head.from = RunClaim{from->value("fence", std::uint64_t{0}), from->value("station", ""), *device};
    head.from_number = from->value("number", std::uint64_t{0});
  }
  return head;
}

std::optional<ActionRun> run_of(const Json& json, const JournalRecord& record) {
  const auto state = state_named(json.value("state", ""));
  if (!state) return std::nullopt;
  ActionRun run;
  run.action = record.action;
  run.state = *state;
  run.effect = json.value("effect", false);
  run.wanted = json.value("wanted", false);
  run.tries = json.value("tries", std::uint32_t{0});
  run.round = json.value("round", std::uint32_t{1});
  run.due_ms = json.value("due", std::int64_t{0});
  if (json.contains("code"))
    run.result = ActionResult{json.value("code", 0), record.output, json.value("took", std::int64_t{0})};
  run.approved = signature_of(json.value("approved", Json()));
  run.ended = signature_of(json.value("ended", Json()));
  run.excepted = signature_of(json.value("excepted", Json()));
  return run;
}

std::optional<std::variant<Telling, Wish>> telling_of(const Json& json, const JournalRecord& record) {
  const auto device = sync::Id::parse(record.device);
  if (!device || record.fence == 0) return std::nullopt;
  Telling telling{{record.fence, record.station, *device}, record.number, {}};
  if (record.kind == "held") {
    auto head = head_of(json, record);
    if (!head) return std::nullopt;
    telling.what = *std::move(head);
  } else if (record.kind == "told") {
    auto run = run_of(json, record);
    if (!run) return std::nullopt;
    telling.what = *std::move(run);
  } else {
    const auto wish = sync::Id::parse(record.about);
    if (!wish) return std::nullopt;
    telling.what = Heard{*wish, json.value("code", ""), json.value("text", "")};
  }
  return telling;
}

}  // namespace

namespace {
constexpr std::array<std::pair<std::string_view, Who>, 4> roles_of_sign_ins{
    {{"supervisor", by_supervisor}, {"it", by_it}, {"agent", by_agent}, {"station", by_machine}}};
}  // namespace

std::string_view role_of(Who who) {
  const auto found = std::ranges::find(roles_of_sign_ins, who, &std::pair<std::string_view, Who>::second);
  return found == roles_of_sign_ins.end() ? "supervisor" : found->first;
}

Who who_of(std::string_view role) {
  const auto found = std::ranges::find(roles_of_sign_ins, role, &std::pair<std::string_view, Who>::first);
  return found == roles_of_sign_ins.end() ? by_machine : found->second;
}

std::string_view name_of(WishKind kind) { return wish_names[static_cast<std::size_t>(kind)]; }

std::optional<WishKind> wish_named(std::string_view name) {
  for (std::size_t i = 0; i < wish_names.size(); ++i)
    if (wish_names[i] == name) return static_cast<WishKind>(i);
  return std::nullopt;
}

JournalRecord to_record(const JournalEntry& entry) {
  JournalRecord record;
  if (const auto* telling = std::get_if<Telling>(&entry.what)) {
    record.fence = telling->claim.fence;
    record.station = telling->claim.station;
    record.device = telling->claim.device.text();
    record.number = telling->number;
    record.role = "station";
    std::visit([&](const auto& what) { write(what, record); }, telling->what);
    return record;
  }
  const Wish& wish = std::get<Wish>(entry.what);
  record.kind = name_of(wish.kind);
  record.action = wish.action;
  record.station = wish.station;
  record.person = wish.by.person;
  record.role = role_of(wish.by.role);
  record.reason = wish.by.reason;
  if (wish.kind == WishKind::enter)
    record.detail = dumped({{"scenario", wish.scenario}, {"drill", wish.drill}, {"confirmed", wish.confirmed}});
  return record;
}

std::optional<std::variant<Telling, Wish>> read_record(const JournalRecord& record, std::int64_t at_ms) {
  Json json = Json::parse(record.detail.empty() ? "{}" : record.detail, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    if (record.kind == "held" || record.kind == "told" || record.kind == "heard") return telling_of(json, record);
    const auto kind = wish_named(record.kind);
    if (!kind) return std::nullopt;
    Wish wish{*kind,
              record.action,
              record.station,
              json.value("scenario", ""),
              json.value("drill", false),
              json.value("confirmed", true),
              {record.person, who_of(record.role), record.reason, at_ms}};
    return wish;
  } catch (const Json::exception&) {
    return std::nullopt;  // a member of another type than it should have
  }
}

}  // namespace holdline::contingency
