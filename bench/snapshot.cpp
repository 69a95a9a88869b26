#include "bench/snapshot.hpp"

#include <algorithm>
#include <vector>

#include "bench/measure.hpp"
#include "sync/base/limits.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::bench {

namespace {

const std::string scope = "acme/london";
constexpr std::int64_t hub_wall_ms = 1'763'700'000'000;

sync::Change whole(sync::ChangeNumber cn, sync::Record record) {
  sync::Change change{cn, false, 0, std::move(record)};
  for (std::size_t i = 0; i < change.record.fields.size(); ++i)
    if (!sync::is_null(change.record.fields[i])) change.mask |= sync::FieldMask{1} << i;
  return change;
}

// The rows of one collection, cut where the raw bytes reach the size of a chunk.
void add_chunks(const sync::Schema& schema, sync::CollectionNo collection, std::span<const sync::Change> rows,
                sync::Compressor& compressor, Snapshot& into) {
  const std::size_t raw_bytes =
      sync::encode_changes(schema, rows.first(std::min<std::size_t>(rows.size(), 1'000))).size();
  const std::size_t per_chunk =
      std::min(sync::limits::changes_per_batch,
               sync::limits::chunk_bytes * std::min<std::size_t>(rows.size(), 1'000) / raw_bytes);
  for (std::size_t at = 0; at < rows.size(); at += per_chunk) {
    const auto part = rows.subspan(at, std::min(per_chunk, rows.size() - at));
    const sync::Bytes raw = sync::encode_changes(schema, part);
    sync::Bytes chunk = compressor.compress(raw, nullptr);
    const sync::Hash hash = sync::sha256(chunk);
    into.manifest.chunks.push_back({hash, chunk.size(), raw.size(), part.size(), collection});
    into.chunks.emplace(hash, std::move(chunk));
  }
}

}  // namespace

Snapshot make_snapshot(const sync::Schema& schema, std::uint32_t count) {
  Snapshot snapshot;
  snapshot.manifest.epoch.bytes[0] = 1;
  snapshot.manifest.at = {count, 1};
  snapshot.manifest.hub_wall_ms = hub_wall_ms;
  snapshot.manifest.schema_version = schema.version();
  std::map<sync::CollectionNo, std::vector<sync::Change>> rows;
  sync::DigestTable digests;
  for (std::uint32_t i = 0; i < count; ++i) {
    for (const sync::Op& op : generator::customer_ops(schema, generator::customer(i), scope)) {
      sync::Record record = generator::record_of(schema, op);
      record.key = op.record;
      record.scope = op.scope;
      digests.change(*schema.collection(op.record.collection), nullptr, &record);
      rows[op.record.collection].push_back(whole(i + 1, std::move(record)));
    }
  }
  for (const auto& [key, leaves] : digests.all()) snapshot.manifest.digests.push_back({key, sync::root_of(leaves)});
  sync::Compressor compressor;
  for (auto& [collection, changes] : rows) {
    std::ranges::sort(changes, {}, [](const sync::Change& change) { return change.record.key.id; });
    add_chunks(schema, collection, changes, compressor, snapshot);
  }
  return snapshot;
}

std::unique_ptr<agent::Replica> fill_replica(const agent::ReplicaOptions& options, const platform::SecretKey& key,
                                             const sync::Schema& schema, const Snapshot& snapshot) {
  auto replica = must(agent::Replica::open(options, key, schema));
  auto builder = must(replica->build(snapshot.manifest));
  sync::Compressor compressor;
  for (const sync::ChunkInfo& info : snapshot.manifest.chunks) {
    const sync::Bytes& chunk = snapshot.chunks.at(info.hash);
    if (sync::sha256(chunk) != info.hash) throw std::runtime_error("a chunk is not what its hash says");
    const sync::Bytes raw = must(compressor.decompress(chunk, nullptr, sync::limits::message_bytes));
    must(builder->add(info, must(sync::decode_changes(schema, raw))));
  }
  must(builder->finish(snapshot.manifest.hub_wall_ms));
  must(replica->swap(std::move(builder)));
  return replica;
}

}  // namespace holdline::bench
