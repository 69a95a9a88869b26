#include "hub/feed/sync_service.hpp"

#include <algorithm>
#include <utility>

#include "hub/feed/history.hpp"
#include "hub/ledger/feed_limits.hpp"
#include "sync/base/limits.hpp"
#include "sync/session/probe.hpp"

namespace holdline::hub {

namespace {

tl::unexpected<Error> wrong_device() {
  return fail(ErrorKind::ask_person, "wrong-device", "The message names another workstation than the certificate.");
}

// Leaves as many results as one message carries beside a cut, at least one; false when some have to wait.
bool keep_told(std::vector<sync::ActionResult>& results) {
  constexpr std::size_t numbers = 64;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const sync::ActionResult& result = results[i];
    bytes += numbers + result.conflicts.size() * sizeof(Id) + result.code.size() + result.text.size();
    if (bytes <= results_bytes || i == 0) continue;
    results.resize(i);
    return false;
  }
  return true;
}

Result<void> check_held(const Device& device, const sync::DigestKey& key) {
  const bool held =
      sync::is_within(key.scope, device.scopes) && key.group < 8 && (device.profile >> key.group & 1) != 0;
  if (held) return {};
  // A scope that was taken away while it was compared: the conversation begins again with what holds now.
  return fail(ErrorKind::start_over, "scope-refused", "The workstation does not hold this part of the data.");
}

tl::unexpected<Error> not_here() {
  return fail(ErrorKind::start_over, "not-here", "The hub no longer has what this hash names.");
}

Result<sync::Hash> named(std::string_view hash_hex) {
  std::string raw;
  if (!sync::from_hex(hash_hex, raw) || raw.size() != sizeof(sync::Hash))
    return fail(ErrorKind::ask_person, "malformed-hash",
                "What is fetched by its hash is named by 64 hexadecimal digits.");
  return sync::Hash::from(raw);
}

bool is_of_another_history(const Error& error) { return error.code == "unknown-cursor"; }

// Whether the result stream is another one than the workstation was told.
Result<bool> results_differ(LedgerReader& reader, const Id& device, const sync::LatestResult& told) {
  if (told.entry == 0) return false;
  HOLDLINE_ASSIGN(const auto kept, reader.results(device, told.entry - 1, 1));
  return kept.empty() || sync::result_hash(kept.front()) != told.hash;
}

}  // namespace

SyncService::SyncService(Ledger& ledger, Snapshots& snapshots, platform::Entropy& entropy, ServiceLimits limits,
                         HistoryDiffers differs)
    : ledger_(ledger),
      snapshots_(snapshots),
      entropy_(entropy),
      limits_(limits),
      differs_(std::move(differs)),
      roster_(ledger, limits.sign_in_hours, limits.region),
      dictionary_(ledger.identity().dictionary) {}

Result<sync::Bytes> SyncService::inflate(std::string_view body, std::size_t max_raw) {
  return compressor_.decompress(body, &dictionary_, max_raw);
}

sync::Bytes SyncService::deflate(std::string_view raw) { return compressor_.compress(raw, &dictionary_); }

Result<sync::Bytes> SyncService::hello(const Device& device, std::string_view body, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const sync::Hello hello, sync::decode_hello(body));
  if (hello.maker.device != device.id) return wrong_device();
  if (hello.protocol != sync::protocol_version)
    return fail(ErrorKind::ask_person, "protocol",
                "The workstation speaks another version of the protocol; update the older side.");
  if (hello.outbox_lost_ms != device.outbox_lost_ms)
    HOLDLINE_TRY(ledger_.note_outbox_loss(device.id, hello.outbox_lost_ms));
  HOLDLINE_ASSIGN(auto reader, ledger_.reader());
  LedgerIdentity identity = ledger_.identity();
  sync::Welcome welcome;
  HOLDLINE_ASSIGN(welcome.results, reader->result_head(device.id));
  HOLDLINE_ASSIGN(const bool latest_differs, results_differ(*reader, device.id, hello.latest));
  welcome.results_differ = latest_differs || hello.results > welcome.results;
  const auto cut = reader->cut(hello.cursor, device.scopes, device.profile, 1);
  const bool cursor_known = cut.has_value();
  // Told by somebody who was here in this epoch: the ledger may be an older copy of the one they knew.
  const bool differs = (!cursor_known && is_of_another_history(cut.error())) || welcome.results_differ;
  if (differs && hello.epoch == identity.epoch) {
    const auto weight = evidence_.add(identity.epoch, device.id, now_ms);
    const bool ends_epoch = weight == RestoreEvidence::Weight::ends_epoch;
    if (differs_ && weight != RestoreEvidence::Weight::known) differs_(device, ends_epoch);
    if (ends_epoch) {
      HOLDLINE_ASSIGN(identity.epoch, ledger_.change_epoch(identity.epoch, entropy_.id()));
    }
  }
  welcome.hub = identity.hub;
  welcome.epoch = identity.epoch;
  // Rows of a scope that came since are in no cut, and those of one that went must go.
  const bool filled = !hello.epoch.is_nil() && hello.grants == device.grants;
  welcome.resume = filled && cursor_known ? sync::Resume::follow : sync::Resume::bootstrap;
  HOLDLINE_ASSIGN(const auto progress, reader->progress(device.id, hello.maker.incarnation));
  for (const auto& [key, at] : progress) {
    welcome.lanes[key.lane].number = at.number;
    welcome.lanes[key.lane].hash = at.hash;
  }
  for (Lane lane = 0; lane < sync::lane_count; ++lane) welcome.lanes[lane].credit = limits_.credits[lane];
  welcome.scopes = device.scopes;
  welcome.profile = device.profile;
  welcome.grants = device.grants;
  welcome.schema_version = reader->schema().version();
  welcome.schema = reader->schema().hash();
  welcome.dictionary = dictionary_.hash();
  welcome.hub_wall_ms = now_ms;
  HOLDLINE_ASSIGN(welcome.roster, roster_.mark(device));
  return sync::encode_json(welcome);
}

Result<sync::Bytes> SyncService::compare(const Device& device, std::string_view body) {
  HOLDLINE_ASSIGN(const sync::Compare compare, sync::decode_compare(body));
  HOLDLINE_ASSIGN(auto reader, ledger_.reader());
  HOLDLINE_ASSIGN(const auto known,
                  reader->hashes({device.id, compare.incarnation, compare.lane}, compare.first, compare.hashes.size()));
  // The chain binds each action to all before it, so the last equal hash is the last common action.
  sync::Compared compared{compare.first - 1};
  for (std::size_t i = 0; i < known.size() && i < compare.hashes.size(); ++i)
    if (known[i] && *known[i] == compare.hashes[i]) compared.common = compare.first + i;
  return sync::encode_json(compared);
}

const sync::Bytes* SyncService::Told::find(const Device& device, const sync::PullRequest& request) const {
  const auto same = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.cursor == request.cursor && entry.roster == request.roster && entry.profile == device.profile &&
           entry.scopes == device.scopes;
  });
  return same == entries_.end() ? nullptr : &same->reply;
}

void SyncService::Told::keep(const Device& device, const sync::PullRequest& request, sync::Bytes reply) {
  entries_.push_back({device.scopes, device.profile, request.cursor, request.roster, std::move(reply)});
}

Result<SyncService::Pulled> SyncService::pull(const Device& device, const sync::PullRequest& request,
                                              std::int64_t now_ms, bool last_call, Told* told) {
  sync::PullReply reply;
  reply.hub_wall_ms = now_ms;
  HOLDLINE_ASSIGN(auto reader, ledger_.reader());
  const auto answer = [&]() -> Pulled { return {deflate(sync::encode_pull_reply(reader->schema(), reply)), 0}; };
  HOLDLINE_ASSIGN(reply.roster, roster_.mark(device));
  reply.answer = sync::PullAnswer::reset;
  if (request.epoch != ledger_.epoch() || request.grants != device.grants || request.schema != reader->schema().hash())
    return answer();
  // Put back while the request was on its way: a refusal moves no cursor, so only what it said tells.
  HOLDLINE_ASSIGN(const bool differs, results_differ(*reader, device.id, request.latest));
  if (differs) return answer();
  const bool shared = told != nullptr && reply.roster == request.roster;
  if (shared)
    if (const sync::Bytes* same = told->find(device, request)) return Pulled{*same, 0};
  auto cut = reader->cut(request.cursor, device.scopes, device.profile, limits_.records_per_cut);
  if (!cut && cut.error().kind == ErrorKind::start_over) return answer();
  if (!cut) return fail(std::move(cut));
  reply.answer = sync::PullAnswer::cut;
  reply.cut = std::move(*cut);
  HOLDLINE_ASSIGN(reply.results, reader->results(device.id, request.results, limits_.results_per_pull));
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  const bool all_results = reply.results.size() < limits_.results_per_pull;
  reply.more = !keep_told(reply.results) || !all_results || reply.cut.to.cn < head.cn;
  const bool nothing = reply.cut.to.cn == request.cursor.cn && reply.results.empty() && reply.roster == request.roster;
  if (nothing && !last_call && request.wait_ms > 0)
    return Pulled{std::nullopt, std::min(request.wait_ms, sync::limits::pull_wait_ms)};
  Pulled pulled = answer();
  if (shared && reply.results.empty()) told->keep(device, request, *pulled.reply);
  return pulled;
}

Result<sync::Bytes> SyncService::manifest(const Device& device, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(sync::Manifest manifest, snapshots_.manifest(device.scopes, device.profile));
  manifest.epoch = ledger_.epoch();
  manifest.grants = device.grants;
  manifest.hub_wall_ms = now_ms;
  return sync::encode_json(manifest);
}

Result<sync::Bytes> SyncService::chunk(const Device& device, std::string_view hash_hex, std::string_view body) {
  HOLDLINE_ASSIGN(const sync::ChunkRequest request, sync::decode_chunk_request(body));
  HOLDLINE_ASSIGN(const sync::Hash hash, named(hash_hex));
  auto part = snapshots_.chunk(hash, device.scopes, device.profile, request);
  if (!part) return not_here();
  if (part->empty())
    return fail(ErrorKind::ask_person, "beyond-chunk",
                "The chunk has no bytes where the part that was asked for begins.");
  return *std::move(part);
}

Result<sync::Bytes> SyncService::schema(std::string_view hash_hex) {
  HOLDLINE_ASSIGN(const sync::Hash hash, named(hash_hex));
  const auto schemas = ledger_.schemas();
  const sync::Schema* found = schemas->hashed(hash);
  if (found == nullptr) return not_here();
  return found->text();
}

Result<sync::Bytes> SyncService::dictionary(std::string_view hash_hex) {
  HOLDLINE_ASSIGN(const sync::Hash hash, named(hash_hex));
  if (hash != dictionary_.hash()) return not_here();
  return dictionary_.bytes();
}

Result<sync::Bytes> SyncService::leaves(const Device& device, std::string_view body) {
  HOLDLINE_ASSIGN(const sync::LeavesRequest request, sync::decode_leaves_request(body));
  HOLDLINE_TRY(check_held(device, request.key));
  HOLDLINE_ASSIGN(auto reader, ledger_.reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  sync::LeavesReply reply;
  reply.moved = head != request.cursor || request.schema != reader->schema().hash();
  if (!reply.moved) {
    HOLDLINE_ASSIGN(const auto digests, reader->digests(device.scopes, device.profile));
    if (const auto found = digests.find(request.key); found != digests.end()) reply.leaves = found->second;
  }
  return deflate(sync::encode_leaves(reply));
}

Result<sync::Bytes> SyncService::repair(const Device& device, std::string_view body) {
  HOLDLINE_ASSIGN(const sync::RepairRequest request, sync::decode_repair_request(body));
  HOLDLINE_TRY(check_held(device, request.key));
  HOLDLINE_ASSIGN(auto reader, ledger_.reader());
  HOLDLINE_ASSIGN(auto leaf, reader->leaf(request.key, request.leaf, device.profile));
  sync::RepairReply reply;
  reply.moved = leaf.last_cn > request.cursor.cn || request.schema != reader->schema().hash();
  if (!reply.moved) reply.rows = std::move(leaf.rows);
  return deflate(sync::encode_repair(reader->schema(), reply));
}

Result<sync::Bytes> SyncService::people(const Device& device, std::string_view body, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const std::string taken, take_asked(ledger_, device, body, now_ms));
  return people_told(device, body, taken);
}

Result<sync::Bytes> SyncService::people_told(const Device& device, std::string_view body, std::string_view taken) {
  return roster_.answer(device, body, taken);
}

Result<sync::Bytes> SyncService::history(const Device& device, std::string_view body) {
  return answer_history(ledger_, device, body);
}

Result<sync::Bytes> SyncService::probe(std::string_view body, std::int64_t now_ms) {
  HOLDLINE_TRY(sync::decode_probe(body));
  HOLDLINE_TRY(ledger_.reader());  // it reads its position
  return sync::encode_json(sync::Probed{false, now_ms});
}

Result<Device> SyncService::current(const Device& device) {
  HOLDLINE_ASSIGN(auto now, ledger_.device(device.id));
  if (!now) return device;
  if (now->state != DeviceState::active)
    return fail(ErrorKind::ask_person, "device-revoked", "This workstation was revoked.");
  return *std::move(now);
}

}  // namespace holdline::hub
