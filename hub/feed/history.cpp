#include "hub/feed/history.hpp"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "hub/ledger/import_name.hpp"
#include "platform/text/json_object.hpp"
#include "sync/action/rights.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/merge/conflicts.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

constexpr std::size_t most_changes = 500, runs_looked_at = 1'000;

std::string text_of(const sync::Field& field, const sync::Value& value) {
  const auto* ms = std::get_if<std::int64_t>(&value);
  return ms && field.type == sync::FieldType::time ? sync::format_time(*ms) : sync::display(value);
}

const char* kind_of(const PastChange& change) {
  if (change.created) return "created";
  if (change.after.deleted != change.before.deleted) return change.after.deleted ? "deleted" : "restored";
  if (change.after.deletion_asked != change.before.deletion_asked) return "deletion-asked";
  return "changed";
}

// Names are those of now; looked up once each.
class Names {
 public:
  explicit Names(Ledger& ledger) : ledger_(ledger) {}

  Result<std::string> person(const Id& id) {
    return of(people_, id, [&]() -> Result<std::string> {
      HOLDLINE_ASSIGN(const auto found, ledger_.person(id));
      return found ? found->name : std::string();
    });
  }
  Result<std::string> device(const Id& id) {
    return of(devices_, id, [&]() -> Result<std::string> {
      if (id == ledger_.identity().hub) return std::string("hub");
      HOLDLINE_ASSIGN(const auto found, ledger_.device(id));
      return found ? found->name : std::string();
    });
  }

  // Of the import that the hub was at, at this time; empty when it is not known any more.
  Result<std::string> import(LedgerReader& reader, std::int64_t at_ms) {
    if (!runs_) {
      HOLDLINE_ASSIGN(runs_, reader.import_runs(runs_looked_at));
    }
    for (const ImportRun& run : *runs_)
      if (run.begun_ms <= at_ms && at_ms <= run.at_ms) return import_name(run);
    return std::string();
  }

 private:
  template <class Ask>
  static Result<std::string> of(std::map<Id, std::string>& known, const Id& id, Ask ask) {
    auto found = known.find(id);
    if (found == known.end()) {
      HOLDLINE_ASSIGN(std::string name, ask());
      found = known.emplace(id, std::move(name)).first;
    }
    return found->second;
  }

  Ledger& ledger_;
  std::map<Id, std::string> people_, devices_;
  std::optional<std::vector<ImportRun>> runs_;
};

Result<Json> by_json(const PastChange& change, LedgerReader& reader, Names& names) {
  Json json{{"at", nullptr},          {"person", nullptr},  {"name", ""},
            {"device", nullptr},      {"device_name", ""},  {"sign_in", nullptr},
            {"marks", Json::array()}, {"accepted", nullptr}};
  if (!change.by) return json;
  const AppliedAction& by = *change.by;
  json["at"] = by.at_ms;
  json["device"] = by.lane.device.text();
  HOLDLINE_ASSIGN(json["device_name"], names.device(by.lane.device));
  if ((by.marks & made_before_disabling) != 0) json["marks"].push_back("made-before-disabling");
  if ((by.marks & sign_in_too_old) != 0) json["marks"].push_back("sign-in-too-old");
  if ((by.marks & released_at_hub) != 0) json["marks"].push_back("released-at-hub");
  if (by.acceptance) json["accepted"] = {{"hints", by.acceptance->hints}, {"because", by.acceptance->reason}};
  if (by.person.is_nil()) {
    HOLDLINE_ASSIGN(json["name"], names.import(reader, by.at_ms));
    return json;
  }
  json["person"] = by.person.text();
  json["sign_in"] = by.sign_in;
  HOLDLINE_ASSIGN(json["name"], names.person(by.person));
  return json;
}

}  // namespace

Result<std::string> answer_history(Ledger& ledger, const Device& device, std::string_view body) {
  auto asked = platform::JsonObject::parse(body);
  const std::string collection_name = asked.text("collection");
  const auto id = Id::parse(asked.text("record"));
  HOLDLINE_TRY(asked.checked());
  HOLDLINE_ASSIGN(auto reader, ledger.reader());
  const sync::Schema& schema = reader->schema();
  const sync::Collection* collection = schema.collection(collection_name);
  const auto nothing = [] {
    return fail(ErrorKind::ask_person, "unknown-record", "The hub has no such record for this workstation.");
  };
  if (!id || !collection) return nothing();
  const auto holds = [&](const std::string& scope) { return sync::is_within(scope, device.scopes); };
  HOLDLINE_ASSIGN(const auto stands, reader->row({collection->no, *id}));
  if (!stands || !holds(stands->stored.record.scope)) return nothing();
  HOLDLINE_ASSIGN(auto steps, reader->history({collection->no, *id}, most_changes));
  bool complete = steps.size() <= most_changes;
  if (!complete) steps.resize(most_changes);

  Names names(ledger);
  Json items = Json::array();
  for (const PastChange& step : steps) {
    if (!holds(step.after.scope)) continue;
    complete = complete && step.by;
    const sync::Collection& of = *schema.collection(step.key.collection);
    const sync::Record from = sync::project(of, step.before, device.profile);
    const sync::Record to = sync::project(of, step.after, device.profile);
    Json changes = Json::array();
    for (std::size_t i = 0; i < of.fields.size(); ++i)
      if ((step.changed >> i & 1) != 0 && of.parent != i && sync::may_hold(of.fields[i], device.profile))
        changes.push_back(
            {{"field", of.fields[i].name},
             {"label", of.fields[i].label},
             {"from", sync::is_null(from.fields[i]) ? Json() : Json(text_of(of.fields[i], from.fields[i]))},
             {"to", sync::is_null(to.fields[i]) ? Json() : Json(text_of(of.fields[i], to.fields[i]))}});
    const std::string_view kind = kind_of(step);
    if (kind == "changed" && changes.empty()) continue;  // of fields that are not for this workstation
    HOLDLINE_ASSIGN(Json item, by_json(step, *reader, names));
    item.update({{"cn", std::to_string(step.cn)},
                 {"collection", of.name},
                 {"record", step.key.id.text()},
                 {"kind", kind},
                 {"changes", changes}});
    items.push_back(std::move(item));
  }
  return Json{{"items", items}, {"complete", complete}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace holdline::hub
