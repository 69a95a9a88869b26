#include "contingency/convergence/statement.hpp"

#include <nlohmann/json.hpp>

#include "sync/base/limits.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/wire/json_reader.hpp"

namespace holdline::contingency {

namespace {

using Json = nlohmann::json;
using sync::JsonReader;

constexpr std::size_t most_workstations = 10'000;
constexpr std::size_t most_scopes = 100'000;
constexpr std::size_t points_bytes = 1'000;

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + " " + std::string(n == 1 ? one : many);
}

void points_of(const WorkstationTally& desk, std::int64_t heard_after_ms, std::vector<std::string>& points) {
  const auto say = [&](const std::string& what) { points.push_back(desk.name + ": " + what); };
  if (!desk.issued)
    say("it never told what it issued");
  else if (desk.told_ms < heard_after_ms)
    say("it told of itself last at " + sync::format_time(desk.told_ms) + ", and may hold more");
  if (desk.missing() != 0)
    say(counted(desk.missing(), "entry it issued is", "entries it issued are") + " not at the hub");
  const std::uint64_t received = desk.received + desk.received_before;
  if (desk.verdicts.all() != received)
    say(std::to_string(received) + " were received and " + std::to_string(desk.verdicts.all()) + " have a verdict");
  if (desk.verdicts.quarantined != 0)
    say(counted(desk.verdicts.quarantined, "entry was", "entries were") + " refused, and nobody has decided");
  if (desk.verdicts.waiting != 0)
    say(counted(desk.verdicts.waiting, "entry waits", "entries wait") + " for another that has not come");
  if (!desk.equal_at && !desk.revoked) say("its copy was not compared with the ledger");
}

Json tally_json(const WorkstationTally& desk) {
  const Verdicts& became = desk.verdicts;
  Json json{{"device", desk.device.text()},
            {"name", desk.name},
            {"scopes", desk.scopes},
            {"revoked", desk.revoked},
            {"told_ms", desk.told_ms},
            {"received", desk.received},
            {"received_before", desk.received_before},
            {"missing", desk.missing()},
            {"applied", became.applied},
            {"merged", became.merged},
            {"conflict", became.conflict},
            {"quarantined", became.quarantined},
            {"waiting", became.waiting},
            {"discarded", became.discarded}};
  if (desk.issued) json["issued"] = *desk.issued;
  if (desk.equal_at) json["equal_at"] = std::to_string(*desk.equal_at);
  return json;
}

WorkstationTally tally_of(const Json& json, JsonReader& outer) {
  JsonReader r(json);
  WorkstationTally desk;
  desk.device = r.id("device");
  desk.name = r.text("name");
  r.array("scopes", sync::limits::scopes_per_grant, [&](const Json& scope) {
    r.require(scope.is_string());
    if (scope.is_string()) desk.scopes.push_back(scope.get<std::string>());
  });
  desk.revoked = r.flag("revoked");
  desk.told_ms = r.integer<std::int64_t>("told_ms");
  desk.received = r.integer<std::uint64_t>("received");
  desk.received_before = r.integer<std::uint64_t>("received_before");
  Verdicts& became = desk.verdicts;
  became.applied = r.integer<std::uint64_t>("applied");
  became.merged = r.integer<std::uint64_t>("merged");
  became.conflict = r.integer<std::uint64_t>("conflict");
  became.quarantined = r.integer<std::uint64_t>("quarantined");
  became.waiting = r.integer<std::uint64_t>("waiting");
  became.discarded = r.integer<std::uint64_t>("discarded");
  if (r.has("issued")) desk.issued = r.integer<std::uint64_t>("issued");
  if (r.has("equal_at")) desk.equal_at = r.counter("equal_at");
  outer.require(r.ok());
  return desk;
}

ScopeDigest scope_of(const Json& json, JsonReader& outer) {
  JsonReader r(json);
  ScopeDigest scope{r.text("scope"), r.text("digest")};
  outer.require(r.ok());
  return scope;
}

}  // namespace

std::vector<std::string> open_points(const ConvergenceStatement& statement) {
  std::vector<std::string> points;
  for (const WorkstationTally& desk : statement.workstations) points_of(desk, statement.heard_after_ms, points);
  if (statement.open_conflicts != 0)
    points.push_back(counted(statement.open_conflicts, "conflict waits", "conflicts wait") + " for a decision");
  return points;
}

std::string encode_json(const ConvergenceStatement& statement) {
  Json scopes = Json::array(), workstations = Json::array();
  for (const ScopeDigest& one : statement.scopes) scopes.push_back({{"scope", one.scope}, {"digest", one.digest}});
  for (const WorkstationTally& desk : statement.workstations) workstations.push_back(tally_json(desk));
  Json json{{"schema", "holdline.convergence/1"},
            {"hub", statement.hub.text()},
            {"epoch", statement.epoch.text()},
            {"about", statement.about},
            {"made_at", sync::format_time(statement.made_ms)},
            {"made_ms", statement.made_ms},
            {"heard_after_ms", statement.heard_after_ms},
            {"change", std::to_string(statement.change)},
            {"open_conflicts", statement.open_conflicts},
            {"open_points", open_points(statement)},
            {"scopes", scopes},
            {"workstations", workstations}};
  if (const auto& practised = statement.practised)
    json["practised"] = {
        {"drills", practised->drills}, {"taken", practised->taken}, {"open_conflicts", practised->open_conflicts}};
  if (statement.accepted) json["accepted"] = {{"by", statement.accepted->by}, {"reason", statement.accepted->reason}};
  return json.dump(2) + "\n";
}

Result<ConvergenceStatement> decode_statement(std::string_view text) {
  const Json json = sync::parse_json(text, statement_bytes);
  JsonReader r(json);
  ConvergenceStatement statement;
  r.require(r.text("schema") == "holdline.convergence/1");
  statement.hub = r.id("hub");
  statement.epoch = r.id("epoch");
  statement.about = r.text("about", points_bytes);
  statement.made_ms = r.integer<std::int64_t>("made_ms");
  statement.heard_after_ms = r.integer<std::int64_t>("heard_after_ms");
  statement.change = r.counter("change");
  statement.open_conflicts = r.integer<std::uint64_t>("open_conflicts");
  r.array("scopes", most_scopes, [&](const Json& one) { statement.scopes.push_back(scope_of(one, r)); });
  r.array("workstations", most_workstations,
          [&](const Json& one) { statement.workstations.push_back(tally_of(one, r)); });
  if (r.has("practised")) {
    JsonReader practised = r.object("practised");
    statement.practised =
        Practised{practised.integer<std::uint64_t>("drills"), practised.integer<std::uint64_t>("taken"),
                  practised.integer<std::uint64_t>("open_conflicts")};
    r.require(practised.ok());
  }
  if (r.has("accepted")) {
    JsonReader accepted = r.object("accepted");
    statement.accepted = Signed{accepted.text("by", points_bytes), accepted.text("reason", points_bytes)};
    r.require(accepted.ok());
  }
  // What follows from the figures (`missing`, `open_points`) has to be what follows from them.
  if (!r.ok() || encode_json(statement) != text)
    return fail(ErrorKind::ask_person, "malformed-statement",
                "This is not what a hub writes about an outage: take the file that `holdline-hub certificate` wrote.");
  return statement;
}

}  // namespace holdline::contingency
