#include "hub/admin/admin.hpp"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "hub/admin/directory.hpp"
#include "hub/admin/documents.hpp"
#include "hub/admin/held.hpp"
#include "hub/admin/schema.hpp"
#include "hub/convergence/convergence.hpp"
#include "hub/import/request.hpp"
#include "hub/ledger/practice.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/people/scopes.hpp"
#include "hub/plan/plan_requests.hpp"
#include "hub/plan/plans.hpp"
#include "hub/report/reports.hpp"
#include "hub/setup/certificates.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpRequest;
using platform::HttpResponse;

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

Json export_json(const sync::Collection& list, const sync::Record& record) {
  Json json{{"id", record.key.id.text()}, {"scope", record.scope}};
  for (std::size_t i = 0; i < list.fields.size(); ++i) {
    const sync::Value& value = record.fields[i];
    const std::string& name = list.fields[i].name;
    const auto* number = std::get_if<std::int64_t>(&value);
    if (const auto* text = std::get_if<std::string>(&value)) json[name] = *text;
    if (const auto* flag = std::get_if<bool>(&value)) json[name] = *flag;
    if (number != nullptr && list.fields[i].type == sync::FieldType::time)
      json[name] = sync::format_time(*number);
    else if (number != nullptr)
      json[name] = *number;
  }
  return json;
}

Error with_what_was_taken(Error error, const ImportReport& report) {
  const std::uint64_t taken = report.created + report.updated + report.conflicts;
  if (taken != 0)
    error.message += " " + std::to_string(taken) +
                     " rows before it were taken and stay taken; the same file goes on from there, and takes nothing "
                     "twice.";
  return error;
}

bool is_post(const AdminJob& job, std::string_view path) {
  return job.request.method == "POST" && job.request.path == path;
}

bool is_rescan(const AdminJob& job) {
  return job.request.method == "GET" && job.request.path == "/admin/v1/duplicates";
}

}  // namespace

void read_ahead(AdminJob& job, HubParts& hub, platform::Entropy& entropy, const platform::Clock& clock) {
  if (is_post(job, "/admin/v1/outbox") && !job.outbox) {
    job.outbox = OutboxImport::read(job.request.body);
  } else if (is_post(job, "/admin/v1/import") && !job.import) {
    auto wanted = import_request(job.request, hub.config, entropy, clock.now().wall_ms);
    if (wanted)
      if (auto known = check_known_scope(*hub.ledger, wanted->scope); !known) wanted = fail(std::move(known));
    if (wanted)
      job.import = CustomerImport::begin(*hub.ledger, std::move(job.request.body), *std::move(wanted), &clock);
    else
      job.import = fail(std::move(wanted));
  } else {
    if (is_rescan(job) && !job.rescan) {
      const std::string scope = query_of(job.request, "scope");
      auto known = check_known_scope(*hub.ledger, scope);
      job.rescan = known ? rescan(*hub.ledger, scope) : Result<Rescan>(fail(std::move(known)));
    }
    return;
  }
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
  } else if (is_post(job, "/admin/v1/export")) {
    answer = export_data(job);
  } else if (auto one = is_about_callbacks(job.request) ? callbacks(job.request)
                        : is_rescan(job)                ? duplicates(job)
                                                        : respond(job.request)) {
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
  if (get && request.path == "/admin/v1/imports") return imports();
  if (get && request.path == "/admin/v1/exports") return exports();
  if (get && request.path == "/admin/v1/conflicts") return conflicts(request);
  if (get && request.path == "/admin/v1/quarantine") return list_held(*hub_.ledger);
  if (post && request.path == "/admin/v1/quarantine")
    return decide_held(*hub_.ledger, intake_, request.body, clock_.now().wall_ms);
  if (is_about_reports(request)) return administer_report(*hub_.ledger, request, clock_.now().wall_ms);
  if (is_about_convergence(request)) return certify_convergence(hub_, request.body, clock_.now().wall_ms);
  if (post && request.path == "/admin/v1/enroll-codes") return add_code(request);
  if (post && request.path == "/admin/v1/epoch") return new_epoch();
  if (post && request.path == "/admin/v1/authority/replace") return replace_authority();
  if (auto answered = answer_schema(*hub_.ledger, intake_, request, clock_.now().wall_ms)) return *std::move(answered);
  if (auto answered = answer_plan(*hub_.ledger, intake_, request, clock_.now().wall_ms)) return *std::move(answered);
  if (auto answered = answer_directory({*hub_.ledger, intake_, entropy_, clock_.now().wall_ms}, request)) {
    // There may be a new scope, whose workstations need the plan.
    if (post && *answered) HOLDLINE_TRY(deliver_plans(*hub_.ledger, intake_, clock_.now().wall_ms));
    return *std::move(answered);
  }
  return platform::error_response(404, "unknown-path", "There is nothing here; docs/api.md lists what is.");
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
                             {"authority", sync::to_hex(hub_.authority.fingerprint().view())},
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
  if (wanted.device.empty()) HOLDLINE_TRY(check_known_scopes(*hub_.ledger, wanted.scopes));
  HOLDLINE_ASSIGN(const std::string code, issue_code(hub_.enrollment(), wanted, entropy_, now_ms));
  for (const std::string& scope : wanted.scopes) HOLDLINE_TRY(make_scope(*hub_.ledger, scope));
  return json_response(201, {{"code", code}, {"expires", sync::format_time(now_ms + wanted.minutes * 60'000)}});
}

Admin::Response Admin::new_epoch() {
  HOLDLINE_ASSIGN(const Id epoch, hub_.ledger->change_epoch(hub_.ledger->epoch(), entropy_.id()));
  return json_response(200, {{"schema", "holdline.hub-epoch/1"}, {"epoch", epoch.text()}});
}

Result<std::optional<HttpResponse>> Admin::import(AdminJob& job) {
  read_ahead(job, hub_, entropy_, clock_);
  if (!*job.import) return tl::unexpected<Error>(job.import->error());
  CustomerImport& import = **job.import;
  const std::int64_t began_ms = clock_.now().boot_ms;
  const auto more = import.take(intake_, job.turn_size.units(job.traffic), clock_.now().wall_ms);
  job.turn_size.took(clock_.now().boot_ms - began_ms, job.traffic);
  if (!more && query_of(job.request, "dry_run") == "1") return tl::unexpected<Error>(more.error());
  if (!more) return tl::unexpected<Error>(with_what_was_taken(more.error(), import.report()));
  if (*more) return std::nullopt;
  return json_response(200, to_json(import.report()));
}

// Where no hub serves; one that does has a CallbackService.
Admin::Response Admin::callbacks(const HttpRequest& request) {
  const std::int64_t now_ms = clock_.now().wall_ms;
  CallbackBoard board(hub_.config);
  HOLDLINE_TRY(board.keep_up(*hub_.ledger, nullptr, now_ms));
  return answer_callbacks({*hub_.ledger, intake_, entropy_, board, now_ms}, request);
}

Admin::Response Admin::duplicates(AdminJob& job) {
  read_ahead(job, hub_, entropy_, clock_);
  if (!*job.rescan) return tl::unexpected<Error>(job.rescan->error());
  return json_response(200, to_json(**job.rescan));
}

// The latest first.
Admin::Response Admin::imports() {
  constexpr std::size_t listed = 100;
  HOLDLINE_ASSIGN(const auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const auto runs, reader->import_runs(listed));
  Json items = Json::array();
  for (const ImportRun& run : runs) {
    items.push_back(to_json(run));
    if (hub_.ledger->import_leases().is_running(run.id)) items.back()["state"] = "running";
  }
  return json_response(200, {{"schema", "holdline.imports/1"}, {"items", items}});
}

Result<std::optional<HttpResponse>> Admin::import_outbox(AdminJob& job) {
  read_ahead(job, hub_, entropy_, clock_);
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

Result<std::optional<HttpResponse>> Admin::export_data(AdminJob& job) {
  if (!job.exported) {
    auto json = platform::JsonObject::parse(job.request.body);
    sync::ExportRequest wanted{json.text("collection"), json.text("scope"), json.text("purpose"), json.text("reason")};
    wanted.json = json.text("format", "csv") == "ndjson";
    wanted.sensitive = json.boolean("sensitive", false);
    const std::string by = json.text("by");
    HOLDLINE_TRY(json.checked_whole());
    HOLDLINE_TRY(check_known_scope(*hub_.ledger, wanted.scope));
    HOLDLINE_ASSIGN(auto begun, DataExport::begin(*hub_.ledger, std::move(wanted), by));
    job.exported.emplace(std::move(begun));
  }
  DataExport& made = *job.exported;
  const std::int64_t began_ms = clock_.now().boot_ms;
  HOLDLINE_ASSIGN(const bool more, made.take(*hub_.ledger, intake_, entropy_.id(), job.turn_size.units(job.traffic),
                                             clock_.now().wall_ms));
  job.turn_size.took(clock_.now().boot_ms - began_ms, job.traffic);
  if (more) return std::nullopt;
  return json_response(200, {{"schema", "holdline.export/1"},
                             {"rows", made.done().rows},
                             {"left_out", made.done().left_out.all_records()},
                             {"left_out_contacts", made.done().left_out.all_contacts()},
                             {"left_out_because", sync::described(made.done().left_out)},
                             {"sha256", made.done().sha256},
                             {"content", made.text()}});
}

// Of all scopes, the latest first. Their order is by id, which says nothing of when they were made, so all are looked
// at.
Admin::Response Admin::exports() {
  const sync::Collection* list = hub_.ledger->schema().collection("data_export");
  std::vector<sync::Record> found;
  std::size_t total = 0;
  const auto recorded = [&](const sync::Record& one) {
    const auto* ms = list->sort_by ? std::get_if<std::int64_t>(&one.fields[*list->sort_by]) : nullptr;
    return ms == nullptr ? std::int64_t{0} : *ms;
  };
  const auto keep_the_latest = [&] {
    std::ranges::stable_sort(found, std::greater{}, recorded);
    if (found.size() > list_limit) found.resize(list_limit);
  };
  HOLDLINE_ASSIGN(const auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const auto scopes, reader->scopes());
  for (Id after; list != nullptr;) {
    HOLDLINE_ASSIGN(auto rows, reader->rows(list->no, scopes, after, list_limit));
    total += rows.size();
    for (VersionedRecord& row : rows) found.push_back(std::move(row.stored.record));
    if (rows.size() < list_limit) break;
    after = found.back().key.id;
    keep_the_latest();
  }
  if (list != nullptr) keep_the_latest();
  Json items = Json::array();
  for (const sync::Record& record : found) items.push_back(export_json(*list, record));
  return json_response(200, {{"schema", "holdline.exports/1"}, {"total", total}, {"items", items}});
}

Admin::Response Admin::digests() {
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  HOLDLINE_ASSIGN(const auto scopes, reader->scopes());
  HOLDLINE_ASSIGN(const auto digests, reader->digests(scopes, 0xff));
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
  const std::string asked = query_of(request, "state"), state = asked.empty() ? "open" : asked;
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const auto scopes, reader->scopes());
  Json items = Json::array();
  std::size_t total = 0;
  for (Id after;;) {
    HOLDLINE_ASSIGN(const auto rows, reader->rows(collection.no, scopes, after, list_limit));
    for (const VersionedRecord& row : rows) {
      const sync::Record& record = row.stored.record;
      if (state != "all" && record.fields[*collection.field("state")] != sync::Value(state)) continue;
      if (is_of_practice(*reader, record)) continue;
      if (++total <= list_limit) items.push_back(conflict_json(collection, record));
    }
    if (rows.size() < list_limit) break;
    after = rows.back().stored.record.key.id;
  }
  return json_response(200, {{"schema", "holdline.hub-conflicts/1"}, {"total", total}, {"items", items}});
}

}  // namespace holdline::hub
