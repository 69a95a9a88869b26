#include "hub/convergence/convergence.hpp"

#include <set>

#include <nlohmann/json.hpp>

#include "contingency/drill/report.hpp"
#include "contingency/readiness/report.hpp"
#include "hub/ledger/practice.hpp"
#include "platform/crypto/signed_text.hpp"
#include "platform/text/json_object.hpp"
#include "sync/action/record_fields.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using contingency::ConvergenceStatement;
using contingency::Signed;
using contingency::WorkstationTally;
using Json = nlohmann::json;

constexpr std::size_t conflict_page = 1'000;

contingency::Verdicts verdicts_of(const SentByDevice& sent) {
  const auto of = [&](sync::Verdict verdict) {
    const auto found = sent.verdicts.find(verdict);
    return found == sent.verdicts.end() ? 0 : found->second;
  };
  using enum sync::Verdict;
  return {of(applied), of(merged), of(conflict), of(quarantined), of(waiting), of(discarded)};
}

WorkstationTally tally_of(const Device& device, const DeviceReport* told, const SentByDevice& sent) {
  WorkstationTally tally;
  tally.device = device.id;
  tally.name = device.name;
  tally.scopes = device.scopes;
  tally.revoked = device.state == DeviceState::revoked;
  tally.verdicts = verdicts_of(sent);
  std::optional<Id> outbox;
  if (const auto report = told ? contingency::decode_report(told->report) : tl::unexpected(Error{})) {
    tally.told_ms = told->reported_ms;
    tally.equal_at = report->equal_at;
    outbox = report->outbox;
    if (outbox) tally.issued = report->issued;
  }
  for (const auto& [incarnation, received] : sent.received)
    (incarnation == outbox ? tally.received : tally.received_before) += received;
  return tally;
}

// One digest for all that a scope holds: the ledger keeps one for each collection and group of fields.
Result<std::vector<contingency::ScopeDigest>> digests(LedgerReader& reader) {
  HOLDLINE_ASSIGN(const auto scopes, reader.scopes());
  HOLDLINE_ASSIGN(const auto kept, reader.digests(scopes, 0xff));
  std::map<std::string, std::string> roots;
  for (const auto& [key, leaves] : kept) roots[key.scope] += sync::root_of(leaves).view();
  std::vector<contingency::ScopeDigest> found;
  for (const auto& [scope, text] : roots) found.push_back({scope, sync::to_hex(sync::sha256(text).view())});
  return found;
}

struct OpenConflicts {
  std::uint64_t real = 0, practice = 0;
};

Result<OpenConflicts> open_conflicts(LedgerReader& reader) {
  const sync::Collection* collection = reader.schema().collection("conflict");
  const auto state = collection ? collection->field("state") : std::nullopt;
  OpenConflicts open;
  if (!state) return open;
  HOLDLINE_ASSIGN(const auto scopes, reader.scopes());
  for (Id after;;) {
    HOLDLINE_ASSIGN(const auto rows, reader.rows(collection->no, scopes, after, conflict_page));
    for (const VersionedRecord& row : rows) {
      const auto* text = std::get_if<std::string>(&row.stored.record.fields[*state]);
      if (text != nullptr && *text == "open") ++(is_of_practice(reader, row.stored.record) ? open.practice : open.real);
      after = row.stored.record.key.id;
    }
    if (rows.size() < conflict_page) return open;
  }
}

// As each drill's own report says, which is kept once in each of its scopes.
Result<std::optional<contingency::Practised>> practised(LedgerReader& reader, std::uint64_t open_conflicts) {
  contingency::Practised all{0, 0, open_conflicts};
  const sync::Collection* collection = reader.schema().collection("drill_report");
  HOLDLINE_ASSIGN(const auto scopes, reader.scopes());
  std::set<std::string> counted;
  for (Id after; collection != nullptr;) {
    HOLDLINE_ASSIGN(const auto rows, reader.rows(collection->no, scopes, after, conflict_page));
    for (const VersionedRecord& row : rows) {
      const sync::RecordFields fields(*collection, row.stored.record);
      const auto report = contingency::decode_drill_report(fields.text("text"));
      after = row.stored.record.key.id;
      if (!report || !counted.insert(fields.text("incident")).second) continue;
      ++all.drills;
      for (const auto& [kind, taken] : report->taken) all.taken += taken;
    }
    if (rows.size() < conflict_page) break;
  }
  return all.drills + all.open_conflicts == 0 ? std::nullopt : std::optional(all);
}

Result<WantedStatement> wanted_of(const std::string& body, std::int64_t now_ms) {
  auto json = platform::JsonObject::parse(body);
  WantedStatement wanted{json.text("about"), now_ms - heard_within_ms, std::nullopt};
  if (const std::string time = json.text("heard_after"); !time.empty()) {
    const auto ms = sync::parse_time(time);
    if (!ms) return fail(ErrorKind::ask_person, "malformed", "`heard_after` must be a time like 2026-11-30T10:40:00Z.");
    wanted.heard_after_ms = *ms;
  }
  if (json.has("accept")) {
    platform::JsonObject accept(json.object("accept"));
    wanted.accepted = Signed{accept.text("by"), accept.text("reason")};
    HOLDLINE_TRY(accept.checked_whole());
    if (wanted.accepted->by.empty() || wanted.accepted->reason.empty())
      return fail(ErrorKind::ask_person, "malformed", "Who accepts what is open says who it is, and why.");
  }
  HOLDLINE_TRY(json.checked_whole());
  return wanted;
}

}  // namespace

bool is_about_convergence(const platform::HttpRequest& request) {
  return request.method == "POST" && request.path == "/admin/v1/certificate";
}

Result<std::vector<WorkstationTally>> tallies_of(Ledger& ledger, LedgerReader& reader) {
  HOLDLINE_ASSIGN(const auto devices, ledger.devices());
  HOLDLINE_ASSIGN(const auto reports, ledger.device_reports());
  HOLDLINE_ASSIGN(const auto sent, reader.sent_by_device());
  std::map<Id, const DeviceReport*> told;
  for (const DeviceReport& report : reports) told[report.device] = &report;
  const SentByDevice nothing;
  std::vector<WorkstationTally> found;
  for (const Device& device : devices) {
    const auto report = told.find(device.id);
    const auto own = sent.find(device.id);
    found.push_back(
        tally_of(device, report == told.end() ? nullptr : report->second, own == sent.end() ? nothing : own->second));
  }
  return found;
}

Result<ConvergenceStatement> state_convergence(Ledger& ledger, WantedStatement wanted, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  ConvergenceStatement statement;
  statement.hub = ledger.identity().hub;
  statement.epoch = ledger.epoch();
  statement.about = std::move(wanted.about);
  statement.made_ms = now_ms;
  statement.heard_after_ms = wanted.heard_after_ms;
  statement.change = head.cn;
  statement.accepted = std::move(wanted.accepted);
  HOLDLINE_ASSIGN(statement.workstations, tallies_of(ledger, *reader));
  HOLDLINE_ASSIGN(statement.scopes, digests(*reader));
  HOLDLINE_ASSIGN(const OpenConflicts open, open_conflicts(*reader));
  statement.open_conflicts = open.real;
  HOLDLINE_ASSIGN(statement.practised, practised(*reader, open.practice));
  return statement;
}

Result<platform::HttpResponse> certify_convergence(HubParts& hub, const std::string& body, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto wanted, wanted_of(body, now_ms));
  HOLDLINE_ASSIGN(const auto statement, state_convergence(*hub.ledger, std::move(wanted), now_ms));
  HOLDLINE_ASSIGN(auto file, platform::sign_text(hub.server, contingency::encode_json(statement)));
  platform::HttpResponse response;
  response.body = Json{{"schema", "holdline.certificate/1"},
                       {"file", std::move(file)},
                       {"open_points", contingency::open_points(statement)}}
                      .dump();
  return response;
}

}  // namespace holdline::hub
