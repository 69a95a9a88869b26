#include "hub/admin/admin.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "hub/admin/directory.hpp"
#include "hub/admin/documents.hpp"
#include "hub/admin/held.hpp"
#include "hub/admin/schema.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/setup/certificates.hpp"
#include "platform/text/json_object.hpp"
#include "platform/time/zones.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpRequest;
using platform::HttpResponse;

std::string query(const HttpRequest& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

// {"Customer No":"ref"}; empty: nothing is told.
Result<std::map<std::string, std::string>> meanings_of(const std::string& text) {
  std::map<std::string, std::string> meanings;
  if (text.empty()) return meanings;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    return fail(ErrorKind::ask_person, "malformed", "`columns` must be an object of headings and fields.");
  for (const auto& [heading, field] : json.items()) {
    if (!field.is_string())
      return fail(ErrorKind::ask_person, "malformed", "`columns` must give each heading the name of a field.");
    meanings.emplace(heading, field.get<std::string>());
  }
  return meanings;
}

// Without the values, which are customers' data.
Json conflict_json(const sync::Collection& collection, const sync::Record& record) {
  Json json{{"id", record.key.id.text()}};
  for (const char* name : {"unit", "state", "policy", "about_deletion", "of_lane", "of_number"}) {
    const sync::Value& value = record.fields[*collection.field(name)];
    if (const auto* text = std::get_if<std::string>(&value)) json[name] = *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) json[name] = *number;
    if (const auto* flag = std::get_if<bool>(&value)) json[name] = *flag;
  }
  return json;
}

bool is_post(const AdminJob& job, std::string_view path) {
  return job.request.method == "POST" && job.request.path == path;
}

}  // namespace

void read_ahead(AdminJob& job) {
  if (!is_post(job, "/admin/v1/outbox") || job.outbox) return;
  job.outbox = OutboxImport::read(job.request.body);
  std::string().swap(job.request.body);  // which may be hundreds of megabytes
}

HttpResponse Admin::answer(HttpRequest request) {
  AdminJob job{std::move(request)};
  for (;;)
    if (auto answer = turn(job)) return *std::move(answer);
}

std::optional<HttpResponse> Admin::turn(AdminJob& job) {
  Result<std::optional<HttpResponse>> answer;
  if (is_post(job, "/admin/v1/import")) {
    answer = import(job);
  } else if (is_post(job, "/admin/v1/outbox")) {
    answer = import_outbox(job);
  } else if (auto one = respond(job.request)) {
    answer = std::optional(*std::move(one));
  } else {
    answer = fail(std::move(one));
  }
  if (answer) return *std::move(answer);
  return platform::error_response(answer.error());
}

Admin::Response Admin::respond(const HttpRequest& request) {
  const bool get = request.method == "GET", post = request.method == "POST";
  if (get && request.path == "/admin/v1/status") return status();
  if (get && request.path == "/admin/v1/digests") return digests();
  if (get && request.path == "/admin/v1/conflicts") return conflicts(request);
  if (get && request.path == "/admin/v1/quarantine") return list_held(*hub_.ledger);
  if (post && request.path == "/admin/v1/quarantine")
    return decide_held(*hub_.ledger, intake_, request.body, clock_.now().wall_ms);
  if (post && request.path == "/admin/v1/enroll-codes") return add_code(request);
  if (post && request.path == "/admin/v1/epoch") return new_epoch();
  if (post && request.path == "/admin/v1/authority/replace") return replace_authority();
  if (auto answered = answer_schema(*hub_.ledger, intake_, request, clock_.now().wall_ms)) return *std::move(answered);
  if (auto answered = answer_directory({*hub_.ledger, intake_, entropy_, clock_.now().wall_ms}, request))
    return *std::move(answered);
  return platform::error_response(404, "unknown-path", "There is nothing here; docs/api.md lists what is.");
}

std::vector<std::string> Admin::all_scopes() {
  std::set<std::string> scopes;
  if (const auto devices = hub_.ledger->devices())
    for (const Device& device : *devices) scopes.insert(device.scopes.begin(), device.scopes.end());
  return {scopes.begin(), scopes.end()};
}

Admin::Response Admin::status() {
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  HOLDLINE_ASSIGN(const auto devices, hub_.ledger->devices());
  HOLDLINE_ASSIGN(const std::size_t waiting, reader->held_count(HeldState::waiting));
  HOLDLINE_ASSIGN(const std::size_t quarantined, reader->held_count(HeldState::quarantined));
  HOLDLINE_ASSIGN(const auto claims, hub_.ledger->claims());
  const LedgerIdentity identity = hub_.ledger->identity();
  const CertificateReport certificates = report_certificates(hub_, now());
  Json health = Json::array();
  for (const HealthNote& note : certificates.health) health.push_back(to_json(note));
  for (const HealthNote& note : report_devices(devices, now())) health.push_back(to_json(note));
  if (const auto remembered = report_remembered(claims)) health.push_back(to_json(*remembered));
  return json_response(200, {{"schema", "holdline.hub-status/1"},
                             {"hub", identity.hub.text()},
                             {"epoch", identity.epoch.text()},
                             {"cn", std::to_string(head.cn)},
                             {"devices", devices.size()},
                             {"waiting", waiting},
                             {"quarantined", quarantined},
                             {"url", hub_.config.url},
                             {"certificates", to_json(certificates, now())},
                             {"health", health}});
}

platform::UnixTime Admin::now() const { return platform::unix_time_of(clock_.now().wall_ms); }

// Nobody serves with the new one before the hub was started again.
Admin::Response Admin::replace_authority() {
  HOLDLINE_TRY(hub::replace_authority(hub_, now()));
  return json_response(200, to_json(report_certificates(hub_, now()), now()));
}

Admin::Response Admin::add_code(const HttpRequest& request) {
  auto json = platform::JsonObject::parse(request.body);
  CodeRequest wanted{json.text("name"), json.texts("scopes")};
  wanted.device = json.text("device");
  wanted.minutes = std::clamp<std::int64_t>(json.number("minutes", wanted.minutes), 1, 24 * 60);
  const bool has_profile = json.has("profile");
  const std::int64_t profile = json.number("profile", wanted.profile);
  HOLDLINE_TRY(json.checked_whole());
  if (profile < 0 || profile > std::numeric_limits<sync::VisibilitySet>::max())
    return fail(ErrorKind::ask_person, "malformed", "`profile` must be a number from 0 to 255.");
  if (has_profile && !wanted.device.empty())
    return fail(ErrorKind::ask_person, "known-device",
                "A workstation that comes back keeps its profile: leave it out.");
  wanted.profile = static_cast<sync::VisibilitySet>(profile);
  const std::int64_t now_ms = clock_.now().wall_ms;
  HOLDLINE_ASSIGN(const std::string code, issue_code(hub_.enrollment(), wanted, entropy_, now_ms));
  return json_response(201, {{"code", code}, {"expires", sync::format_time(now_ms + wanted.minutes * 60'000)}});
}

Admin::Response Admin::new_epoch() {
  HOLDLINE_ASSIGN(const Id epoch, hub_.ledger->change_epoch(hub_.ledger->epoch(), entropy_.id()));
  return json_response(200, {{"schema", "holdline.hub-epoch/1"}, {"epoch", epoch.text()}});
}

Result<ImportRequest> Admin::import_request(const HttpRequest& request) const {
  ImportRequest wanted{query(request, "scope")};
  if (const std::string source = query(request, "source"); !source.empty()) wanted.source = source;
  wanted.dry_run = query(request, "dry_run") == "1";
  wanted.accept_columns = query(request, "accept_columns") == "1";
  HOLDLINE_ASSIGN(wanted.columns, meanings_of(query(request, "columns")));
  wanted.site = {hub_.config.region, platform::time_zone_named};
  std::istringstream hints(query(request, "accept"));
  sync::Acceptance accepted{{}, query(request, "because")};
  for (std::string hint; std::getline(hints, hint, ',');) accepted.hints.push_back(hint);
  if (!accepted.hints.empty()) wanted.acceptance = std::move(accepted);
  return wanted;
}

Result<std::optional<HttpResponse>> Admin::import(AdminJob& job) {
  const std::int64_t began_ms = clock_.now().boot_ms;
  if (!job.import) {
    HOLDLINE_ASSIGN(auto wanted, import_request(job.request));
    HOLDLINE_ASSIGN(auto begun, CustomerImport::begin(*hub_.ledger, std::move(job.request.body), std::move(wanted)));
    job.import.emplace(std::move(begun));
  }
  HOLDLINE_ASSIGN(const bool more, job.import->take(intake_, job.turn_size.units(job.traffic), clock_.now().wall_ms));
  job.turn_size.took(clock_.now().boot_ms - began_ms, job.traffic);
  if (more) return std::nullopt;
  const ImportReport& report = job.import->report();
  Json rejected = Json::array();
  for (const RejectedRow& row : report.rejected)
    rejected.push_back({{"row", row.line}, {"field", row.field}, {"code", row.code}, {"message", row.message}});
  Json columns = Json::array();
  for (const auto& [heading, field] : report.columns) columns.push_back({{"heading", heading}, {"field", field}});
  return json_response(200, {{"schema", "holdline.import/2"},
                             {"read_as", report.read_as},
                             {"columns", columns},
                             {"rows", report.rows},
                             {"blank", report.blank},
                             {"created", report.created},
                             {"updated", report.updated},
                             {"unchanged", report.unchanged},
                             {"conflicts", report.conflicts},
                             {"rejected_count", report.rejected_count},
                             {"rejected", rejected},
                             {"missing_count", report.missing_count},
                             {"missing", report.missing}});
}

Result<std::optional<HttpResponse>> Admin::import_outbox(AdminJob& job) {
  read_ahead(job);
  if (!*job.outbox) return tl::unexpected<Error>(job.outbox->error());
  OutboxImport& import = **job.outbox;
  const std::int64_t began_ms = clock_.now().boot_ms;
  HOLDLINE_ASSIGN(const bool more,
                  import.take(*hub_.ledger, intake_, job.turn_size.units(job.traffic), clock_.now().wall_ms));
  job.turn_size.took(clock_.now().boot_ms - began_ms, job.traffic);
  if (more) return std::nullopt;
  const OutboxImportReport& report = import.report();
  return json_response(200, {{"schema", "holdline.outbox-import/1"},
                             {"device", report.device.id.text()},
                             {"name", report.device.name},
                             {"entries", report.entries},
                             {"known", report.known},
                             {"in_effect", report.in_effect},
                             {"conflicts", report.conflicts},
                             {"refused", report.refused},
                             {"waiting", report.waiting}});
}

Admin::Response Admin::digests() {
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  HOLDLINE_ASSIGN(const auto digests, reader->digests(all_scopes(), 0xff));
  Json items = Json::array();
  for (const auto& [key, leaves] : digests) {
    const sync::Collection* collection = hub_.ledger->schema().collection(key.collection);
    items.push_back({{"scope", key.scope},
                     {"collection", collection ? collection->name : std::to_string(key.collection)},
                     {"group", key.group},
                     {"root", sync::to_hex(sync::root_of(leaves).view())}});
  }
  return json_response(200, {{"schema", "holdline.digests/1"}, {"cn", std::to_string(head.cn)}, {"digests", items}});
}

Admin::Response Admin::conflicts(const HttpRequest& request) {
  const sync::Collection& collection = *hub_.ledger->schema().collection("conflict");
  const std::string asked = query(request, "state"), state = asked.empty() ? "open" : asked;
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  const auto scopes = all_scopes();
  Json items = Json::array();
  std::size_t total = 0;
  for (Id after;;) {
    HOLDLINE_ASSIGN(const auto rows, reader->rows(collection.no, scopes, after, list_limit));
    for (const VersionedRecord& row : rows) {
      const sync::Record& record = row.stored.record;
      if (state != "all" && record.fields[*collection.field("state")] != sync::Value(state)) continue;
      if (++total <= list_limit) items.push_back(conflict_json(collection, record));
    }
    if (rows.size() < list_limit) break;
    after = rows.back().stored.record.key.id;
  }
  return json_response(200, {{"schema", "holdline.hub-conflicts/1"}, {"total", total}, {"items", items}});
}

}  // namespace holdline::hub
