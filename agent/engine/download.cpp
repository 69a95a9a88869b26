// The engine's downloads, each within its time limit: schema and dictionary, snapshots, cuts, repairs of rows. What to
// fetch is the session's choice.

#include <algorithm>

#include "agent/engine/engine.hpp"
#include "agent/replica/files.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

constexpr std::int64_t manifest_timeout_ms = 120'000;  // the hub may have to build the snapshot first
// Between two failures to read that are no moment's matter, such as a disk that was reset or a path that was lost.
constexpr std::int64_t unreadable_pause_ms = 30'000;
constexpr std::int64_t pull_timeout_margin_ms = 15'000;  // beyond the time the hub may hold the request

Error differs_from_hash() {
  return {ErrorKind::retry_later, "hash-differs", "What the hub sent is not what its hash names; it is asked again."};
}

Error not_as_asked() {
  return {ErrorKind::retry_later, "part-differs",
          "The hub sent another part of the copy than was asked for; it is asked again."};
}

// What was taken away when the hub was greeted was given back since: the replica is further on than this copy.
bool is_behind(const sync::Manifest& manifest, std::uint32_t greeted_with, const Replica& replica) {
  const ReplicaPosition position = replica.position();
  return !replica.is_corrupt() && manifest.epoch == position.epoch && manifest.grants == position.grants &&
         manifest.at.cn < position.cursor.cn && greeted_with != position.grants;
}

Error granted_again() {
  return {ErrorKind::start_over, "grants-changed", "The workstation's scopes have changed; the hub is greeted again."};
}

}  // namespace

void Engine::perform(const sync::command::Prepare& a) {
  std::vector<std::pair<std::string, sync::Hash>> wanted;
  if (a.dictionary) wanted.emplace_back(std::string(sync::path::dictionary), *a.dictionary);
  if (a.schema) wanted.emplace_back(std::string(sync::path::schema), *a.schema);
  fetch_next_part(std::move(wanted));
}

void Engine::fetch_next_part(std::vector<std::pair<std::string, sync::Hash>> wanted) {
  if (wanted.empty()) return step(sync::event::Prepared{});
  const auto [path, hash] = wanted.back();
  wanted.pop_back();
  post(path + sync::to_hex(hash.view()), {}, request_timeout_ms, [this, path, hash, wanted](sync::Bytes body) {
    if (sync::sha256(body) != hash) return failed(differs_from_hash());
    if (auto stored = parts_.library.store(hash, body); !stored) return failed(std::move(stored).error());
    if (path == sync::path::dictionary) {
      auto dictionary = sync::Dictionary::parse(std::move(body));
      if (!dictionary) return failed(std::move(dictionary).error());
      dictionary_ = std::move(*dictionary);
      return fetch_next_part(wanted);
    }
    take_schema(body);
  });
}

// Entries go on to the hub while another version cannot be taken.
void Engine::take_schema(std::string_view text) {
  auto schema = sync::Schema::parse(text);
  if (!schema)
    return step(sync::event::NotTaken{{ErrorKind::ask_person, "schema-too-new",
                                       "The hub has a version of the forms that this program does not understand: "
                                       "update it. Entries are still sent."}});
  auto changed = events_.schema_changed(std::make_shared<const sync::Schema>(*std::move(schema)));
  if (!changed) return step(sync::event::NotTaken{std::move(changed).error()});
  if (auto derived = rebuild_overlay(); !derived) return failed(std::move(derived).error());
  // The hub is greeted again, with a replica of its version.
  step(sync::event::RoadChanged{});
}

void Engine::perform(const sync::command::FetchManifest&) {
  // What comes may stand behind what is there, or in another history.
  parts_.outbox.run([&](Outbox& outbox) { outbox.reached(hub_wall_ms_, 0); });
  post(sync::path::snapshot, {}, manifest_timeout_ms, [this](sync::Bytes body) {
    auto manifest = sync::decode_manifest(body);
    if (!manifest) return failed(std::move(manifest).error());
    if (is_behind(*manifest, welcome_.grants, parts_.replica)) return failed(granted_again());
    auto builder = parts_.replica.build(*manifest);
    if (!builder) return not_taken(std::move(builder).error());
    builder_ = std::move(*builder);
    ++build_;
    manifest_ = std::move(*manifest);
    const auto stored = builder_->stored();
    sync::event::ManifestKept kept;
    for (const sync::ChunkInfo& chunk : manifest_.chunks)
      if (std::ranges::find(stored, chunk.hash) == stored.end()) kept.missing.push_back(chunk.hash);
    status_.chunks_total = manifest_.chunks.size();
    status_.chunks_done = stored.size();
    status_.bytes_total = status_.bytes_done = 0;
    for (const sync::ChunkInfo& chunk : manifest_.chunks) {
      const bool is_stored = std::ranges::find(stored, chunk.hash) != stored.end();
      status_.bytes_total += chunk.bytes;
      status_.bytes_done += is_stored ? chunk.bytes : builder_->begun(chunk.hash).size();
    }
    step(kept);
  });
}

void Engine::perform(const sync::command::FetchChunk& a) {
  const auto info = std::ranges::find(manifest_.chunks, a.hash, &sync::ChunkInfo::hash);
  if (info == manifest_.chunks.end()) return;
  fetch_part_of(*info);
}

void Engine::fetch_part_of(const sync::ChunkInfo& chunk) {
  const std::size_t have = builder_->begun(chunk.hash).size();
  const sync::ChunkRequest request{have, std::min<std::uint64_t>(down_.bytes(), chunk.bytes - have)};
  const std::int64_t asked_ms = parts_.clock.now().boot_ms;
  post(
      std::string(sync::path::chunk) + sync::to_hex(chunk.hash.view()), sync::encode_json(request), request_timeout_ms,
      [this, chunk, asked_ms, bytes = request.bytes, build = build_](const sync::Bytes& part) {
        if (!builder_ || build != build_) return;  // of a copy that was given up
        if (part.size() != bytes) return failed(not_as_asked());
        down_.carried(part.size(), parts_.clock.now().boot_ms - asked_ms);
        got_part_of(chunk, part);
      },
      &down_);
}

void Engine::got_part_of(const sync::ChunkInfo& chunk, std::string_view part) {
  const std::string_view begun = builder_->begun(chunk.hash);
  if (begun.size() + part.size() < chunk.bytes) {
    if (auto kept = builder_->keep_part(chunk, part); !kept) return not_taken(std::move(kept).error());
    status_.bytes_done += part.size();
    publish();
    return fetch_part_of(chunk);
  }
  sync::Bytes body(begun);
  body += part;
  if (sync::sha256(body) != chunk.hash) {
    auto forgotten = builder_->forget_parts(chunk.hash);
    return forgotten ? failed(differs_from_hash()) : not_taken(std::move(forgotten).error());
  }
  auto raw = inflate(body);
  if (!raw) return failed(std::move(raw).error());
  auto rows = sync::decode_changes(parts_.replica.schema(), *raw);
  if (!rows) return failed(std::move(rows).error());
  if (auto added = builder_->add(chunk, *rows); !added) return not_taken(std::move(added).error());
  status_.bytes_done += part.size();
  ++status_.chunks_done;
  step(sync::event::ChunkKept{chunk.hash, down_.is_slow()});
}

void Engine::report_corruption(std::uint64_t file) {
  if (file == parts_.replica.file_number()) replica_is_damaged();
}

void Engine::reader_could_not_read(std::uint64_t file) {
  if (file == parts_.replica.file_number() && stays_unreadable()) replica_is_damaged();
}

bool Engine::stays_unreadable() {
  const std::int64_t now_ms = parts_.clock.now().boot_ms;
  const std::uint64_t file = parts_.replica.file_number();
  if (unreadable_.file != file) unreadable_ = {file, now_ms};
  return now_ms - unreadable_.since_ms >= unreadable_pause_ms;
}

// What a write found to be damaged needs no person: there is another copy at the hub.
void Engine::replica_failed(Error error) {
  if (is_unreadable(error) && stays_unreadable()) parts_.replica.mark_corrupt();
  if (parts_.replica.is_corrupt()) error.kind = ErrorKind::start_over;
  failed(std::move(error));
}

// What the disk does not take now is asked for again; any other error ends the conversation.
void Engine::not_taken(Error error) {
  const bool is_of_writing = error.code == "disk-full" || error.code == "read-only-disk" || error.code == "io-error";
  if (!is_of_writing) return failed(std::move(error));
  builder_.reset();
  step(sync::event::NotTaken{std::move(error)});
}

Result<void> Engine::check_results_kept() {
  // Its disk may have taken them since: nothing else asks while a first copy is under way.
  if (results_held_) parts_.outbox.run([&](Outbox& outbox) { results_held_ = outbox.holds_results(); });
  if (!results_held_) return {};
  return fail(ErrorKind::retry_later, "read-only-disk",
              "This PC's disk does not take what the hub answers. Entries go on to the hub; changes of others are "
              "fetched when it does.");
}

void Engine::perform(const sync::command::FinishBootstrap&) {
  if (auto kept = check_results_kept(); !kept) return not_taken(std::move(kept).error());
  const std::uint64_t before = parts_.replica.file_number();
  auto finished = builder_->finish(manifest_.hub_wall_ms);
  if (finished) finished = parts_.replica.swap(std::move(builder_));
  builder_.reset();
  // A swap may fail when the file has changed already.
  const bool swapped = parts_.replica.file_number() != before;
  if (swapped) {
    if (events_.replica_swapped) events_.replica_swapped();
    auto rebuilt = rebuild_overlay();
    if (finished) finished = std::move(rebuilt);
  }
  if (!finished) return swapped ? failed(std::move(finished).error()) : not_taken(std::move(finished).error());
  status_.equal_at = manifest_.at.cn;  // the builder compared it
  step(sync::event::Bootstrapped{});
}

void Engine::perform(const sync::command::StartPull& a) {
  sync::PullRequest request;
  const ReplicaPosition position = parts_.replica.position();
  parts_.outbox.run([&](Outbox& outbox) {
    request.incarnation = outbox.maker().incarnation;
    request.results = outbox.results_cursor();
    request.latest = outbox.latest_result();
    results_held_ = outbox.holds_results();
    outbox.reached(hub_wall_ms_, position.cursor.cn);
  });
  request.epoch = welcome_.epoch;
  request.cursor = position.cursor;
  request.grants = position.grants;
  request.roster = status_.roster;
  request.wait_ms = a.wait_ms;
  request.schema = parts_.replica.schema().hash();
  post(sync::path::pull, sync::encode_json(request), a.wait_ms + pull_timeout_margin_ms, [this](sync::Bytes body) {
    auto raw = inflate(body);
    if (!raw) return failed(std::move(raw).error());
    auto reply = sync::decode_pull_reply(parts_.replica.schema(), *raw);
    if (!reply) return failed(std::move(reply).error());
    pulled(std::move(*reply));
  });
}

// Results first, then the rows they are about, then the overlay lets go: at no moment does the screen fall back.
void Engine::pulled(sync::PullReply reply) {
  status_.roster = reply.roster;
  if (reply.answer == sync::PullAnswer::reset) return step(sync::event::Pulled{true, false, {}});
  if (auto kept = keep_results(reply.results); !kept) return failed(std::move(kept).error());
  if (auto kept = check_results_kept(); !kept) return not_taken(std::move(kept).error());
  const std::uint64_t before = parts_.replica.file_number();
  auto applied = parts_.replica.apply(reply.cut, reply.hub_wall_ms);
  if (parts_.replica.file_number() != before && events_.replica_swapped) events_.replica_swapped();
  if (!applied) {
    Error error = std::move(applied).error();
    return parts_.replica.is_corrupt() || is_unreadable(error) ? replica_failed(std::move(error))
                                                               : not_taken(std::move(error));
  }
  parts_.overlay.reached(reply.cut.to.cn);
  if (events_.rows_changed && !reply.cut.changes.empty()) events_.rows_changed(reply.cut.changes);
  hub_wall_ms_ = reply.hub_wall_ms;
  ledger_digests_ = {reply.cut.to, reply.cut.digests};
  auto differing = parts_.replica.differing(reply.cut.digests);
  if (!reply.cut.digests.empty() && differing.empty()) status_.equal_at = reply.cut.to.cn;
  step(sync::event::Pulled{false, reply.more, std::move(differing)});
}

void Engine::perform(const sync::command::CompareLeaves& a) {
  const sync::LeavesRequest request{a.key, parts_.replica.position().cursor, parts_.replica.schema().hash()};
  post(sync::path::leaves, sync::encode_json(request), request_timeout_ms, [this, key = a.key](sync::Bytes body) {
    auto raw = inflate(body);
    if (!raw) return failed(std::move(raw).error());
    auto reply = sync::decode_leaves(*raw);
    if (!reply) return failed(std::move(reply).error());
    sync::event::LeavesCompared compared{key, reply->moved, {}};
    const sync::Leaves own = parts_.replica.leaves(key);
    for (std::size_t leaf = 0; leaf < sync::leaf_count && !reply->moved; ++leaf)
      if (own[leaf] != reply->leaves[leaf]) compared.differing.push_back(static_cast<std::uint8_t>(leaf));
    step(compared);
  });
}

void Engine::perform(const sync::command::FetchLeaf& a) {
  const sync::RepairRequest request{a.key, a.leaf, parts_.replica.position().cursor, parts_.replica.schema().hash()};
  post(sync::path::repair, sync::encode_json(request), request_timeout_ms,
       [this, key = a.key, leaf = a.leaf](sync::Bytes body) {
         auto raw = inflate(body);
         if (!raw) return failed(std::move(raw).error());
         auto reply = sync::decode_repair(parts_.replica.schema(), *raw);
         if (!reply) return failed(std::move(reply).error());
         if (!reply->moved) {
           if (auto repaired = parts_.replica.repair(key, leaf, reply->rows); !repaired)
             return replica_failed(std::move(repaired).error());
           ++status_.repairs;
           if (events_.rows_changed) events_.rows_changed(reply->rows);
         }
         step(sync::event::Repaired{key, leaf, reply->moved});
       });
}

}  // namespace holdline::agent
