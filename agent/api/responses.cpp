#include "agent/api/responses.hpp"

#include <algorithm>

#include "agent/api/forms.hpp"
#include "agent/api/health.hpp"
#include "agent/api/route.hpp"
#include "agent/contingency/incident_json.hpp"
#include "contingency/states/mode.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/table/export.hpp"
#include "sync/text/phone.hpp"

namespace holdline::agent {

using platform::HttpResponse;

HttpResponse json_response(int status, const nlohmann::json& json) {
  HttpResponse response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

// One finding speaks for itself; of several the first, and how many more.
static std::string summary_of(const std::vector<sync::Finding>& findings) {
  if (findings.empty()) return "Some fields need another look.";
  std::string text = findings.front().message;
  if (const std::size_t more = findings.size() - 1; more != 0)
    text += " And " + std::to_string(more) + (more == 1 ? " other thing." : " other things.");
  return text;
}

HttpResponse findings_response(const std::vector<sync::Finding>& findings) {
  const bool only_asked = !findings.empty() && std::ranges::all_of(findings, [](const sync::Finding& finding) {
    return finding.weight == sync::Weight::asked;
  });
  auto problem = platform::problem_json(422, only_asked ? "asked" : "invalid", summary_of(findings));
  problem["findings"] = to_json(findings);
  return platform::problem_response(problem);
}

const char* verdict_of(const sync::ActionResult& result) {
  switch (result.verdict) {
    case sync::Verdict::applied:
      return "applied";
    case sync::Verdict::merged:
      return "merged";
    case sync::Verdict::conflict:
      return "conflict";
    case sync::Verdict::quarantined:
      return "quarantined";
    case sync::Verdict::waiting:
      return "waiting";
    case sync::Verdict::discarded:
      return "discarded";
  }
  return "unknown";
}

std::string state_of(const std::optional<sync::ActionResult>& result) {
  if (!result) return "saved";
  switch (result->verdict) {
    case sync::Verdict::applied:
    case sync::Verdict::merged:
      return "held";
    case sync::Verdict::conflict:
      return "conflict";
    case sync::Verdict::quarantined:
      return "needs-attention";
    case sync::Verdict::waiting:
      return "waiting";
    case sync::Verdict::discarded:
      return result->code == "replaced" ? "replaced" : "given-up";
  }
  return "saved";
}

HttpResponse unknown_record(std::string_view what) {
  return platform::error_response(404, "unknown-record",
                                  "There is no such " + std::string(what) + " on this workstation.");
}

nlohmann::json refs_json(const std::vector<sync::ActionRef>& refs) {
  nlohmann::json list = nlohmann::json::array();
  for (const sync::ActionRef& ref : refs) list.push_back({{"lane", ref.lane}, {"number", std::to_string(ref.number)}});
  return list;
}

nlohmann::json as_of_json(const AsOf& as_of) {
  return as_of.hub_wall_ms == 0 ? nlohmann::json() : nlohmann::json(sync::format_time(as_of.hub_wall_ms));
}

nlohmann::json shown_json(const sync::Collection& collection, const Shown& shown, const AsOf& as_of) {
  nlohmann::json pending = nlohmann::json::array();
  for (std::size_t i = 0; i < collection.fields.size(); ++i)
    if (shown.own >> i & 1) pending.push_back(collection.fields[i].name);
  nlohmann::json json{{"schema", "holdline.record/1"},
                      {"id", shown.record.key.id.text()},
                      {"collection", collection.name},
                      {"scope", shown.record.scope},
                      {"fields", to_json(collection, shown.record)},
                      {"pending", pending},
                      {"attention", refs_json(shown.attention)},
                      {"deletion_asked", shown.record.deletion_asked},
                      {"cn", std::to_string(shown.cn)},
                      {"as_of", as_of_json(as_of)}};
  if (collection.name == of::customer) json["unverified"] = sync::is_unverified(collection, shown.record);
  return json;
}

nlohmann::json display_json(const sync::Collection& collection, const sync::Record& record, std::string_view region) {
  nlohmann::json json = nlohmann::json::object();
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const auto* number = std::get_if<std::string>(&record.fields[i]);
    if (collection.fields[i].type == sync::FieldType::phone && number)
      json[collection.fields[i].name] = sync::phone_for_people(*number, region);
  }
  return json;
}

std::string text_field(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  const auto index = collection.field(name);
  const auto* text = index ? std::get_if<std::string>(&record.fields[*index]) : nullptr;
  return text ? *text : std::string();
}

std::string display_name(const sync::Collection& collection, const sync::Record& record) {
  std::string name;
  for (const char* part : {"given", "family", "org", "name"})
    if (const std::string text = text_field(collection, record, part); !text.empty())
      name += (name.empty() ? "" : " ") + text;
  return name;
}

// What a desk shows: the worst of its link, which believes neither one lost answer nor one that comes, of the service
// of its scopes, and of what the hub's probes say. With the hub but not yet level it recovers.
std::string mode_name(const Workstation& station) {
  const SyncStatus sync = station.sync_status();
  contingency::Mode mode = station.contingency().mode(station.link().status.state);
  mode = std::max(mode, contingency::mode_of(station.told().service.state));
  if (mode == contingency::Mode::online && sync.connected && !sync.settled) mode = contingency::Mode::recovering;
  return std::string(contingency::name_of(mode));
}

namespace {

nlohmann::json time_or_null(std::int64_t ms) {
  return ms == 0 ? nlohmann::json() : nlohmann::json(sync::format_time(ms));
}

nlohmann::json link_json(const LinkShown& link) {
  return {{"state", name_of(link.status.state)},
          {"since", time_or_null(link.since_wall_ms)},
          {"cause", name_of(link.status.cause)},
          {"takes_writes", link.status.takes_writes},
          {"held", link.status.held}};
}

nlohmann::json systems_json(const ServiceTold& service) {
  return {{"state", name_of(service.state)},
          {"since", time_or_null(service.since_ms)},
          {"cause", name_of(service.cause)},
          {"failing", service.failing}};
}

nlohmann::json proposal_json(const std::optional<OutageProposal>& proposal) {
  if (!proposal) return {};
  return {{"about", proposal->about}, {"people", proposal->people}, {"since", time_or_null(proposal->at_ms)}};
}

nlohmann::json outbox_json(const OutboxStatus& outbox) {
  nlohmann::json lanes = nlohmann::json::array();
  std::uint64_t waiting = 0;
  std::int64_t oldest = 0;
  for (std::size_t lane = 0; lane < outbox.lanes.size(); ++lane) {
    const sync::LaneTip& tip = outbox.lanes[lane];
    lanes.push_back({{"lane", lane},
                     {"last", std::to_string(tip.number)},
                     {"waiting", std::to_string(tip.waiting)},
                     {"oldest", time_or_null(tip.oldest_ms)}});
    waiting += tip.waiting;
    if (tip.oldest_ms != 0 && (oldest == 0 || tip.oldest_ms < oldest)) oldest = tip.oldest_ms;
  }
  return {{"health", outbox.health == OutboxHealth::writable ? "writable" : "read-only"},
          {"advice", outbox.advice},
          {"waiting", std::to_string(waiting)},
          {"oldest", time_or_null(oldest)},
          {"quarantined", std::to_string(outbox.quarantined)},
          {"retained", std::to_string(outbox.retained)},
          {"pruned", std::to_string(outbox.pruned)},
          {"lost", std::to_string(outbox.lost)},
          {"bytes", std::to_string(outbox.bytes)},
          {"lanes", lanes}};
}

nlohmann::json sync_json(const SyncStatus& sync, std::int64_t boot_ms) {
  nlohmann::json json{{"state", sync::name_of(sync.state)},
                      {"connected", sync.connected},
                      {"settled", sync.settled},
                      {"last_contact", time_or_null(sync.last_contact_ms)},
                      {"wake_in_ms", sync.connected ? 0 : std::max<std::int64_t>(0, sync.wake_at_ms - boot_ms)},
                      {"bootstrap",
                       {{"done", sync.chunks_done},
                        {"total", sync.chunks_total},
                        {"bytes_done", std::to_string(sync.bytes_done)},
                        {"bytes_total", std::to_string(sync.bytes_total)}}},
                      {"repairs", std::to_string(sync.repairs)},
                      {"clock_offset_ms", sync.clock_offset_ms}};
  if (sync.last_error) json["error"] = {{"code", sync.last_error->code}, {"message", sync.last_error->message}};
  return json;
}

}  // namespace

nlohmann::json person_json(Workstation& station, const platform::HttpRequest& request) {
  const auto session = station.sessions().peek(login_of(request.peer), token_of(request));
  if (!session) return {};
  return {{"name", session->person.name}, {"role", session->person.role}};
}

nlohmann::json status_json(Workstation* station, const platform::HttpRequest& request) {
  nlohmann::json json{{"schema", "holdline.status/1"}, {"version", "0.1.0"}, {"enrolled", station != nullptr}};
  if (station == nullptr) {
    json["mode"] = "not-enrolled";
    return json;
  }
  const SyncStatus sync = station->sync_status();
  const WorkstationIdentity own = station->identity();
  json["workstation"] = {{"id", own.device.text()}, {"name", own.name}, {"scopes", own.scopes}};
  json["hub"] = own.hub;
  json["person"] = person_json(*station, request);
  const Told told = station->told();
  json["mode"] = mode_name(*station);
  json["contingency"] = standing_json(station->contingency().standing());
  json["link"] = link_json(station->link());
  json["systems"] = systems_json(told.service);
  json["proposal"] = proposal_json(told.proposal);
  json["forms"] = station->schema().version();
  json["sync"] = sync_json(sync, station->clock().now().boot_ms);
  json["replica"] = {{"epoch", sync.replica.epoch.text()},
                     {"cn", std::to_string(sync.replica.cursor.cn)},
                     {"as_of", time_or_null(sync.replica.as_of_ms)}};
  const OutboxStatus outbox = station->outbox().status();
  json["outbox"] = outbox_json(outbox);
  json["outbox"]["lost_before"] = time_or_null(own.outbox_lost_ms);
  const auto open = station->open_conflicts();
  json["open_conflicts"] = open ? nlohmann::json(*open) : nlohmann::json();
  const std::int64_t now_ms = station->clock().now().wall_ms;
  json["certificate"] = certificate_json(sync.certificate, now_ms);
  json["health"] = health_json(sync, outbox, now_ms);
  return json;
}

}  // namespace holdline::agent
