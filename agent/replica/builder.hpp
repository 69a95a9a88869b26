// What is inside Replica::Builder, for replica.cpp, which starts one and takes its file over.
//
// While chunks come in, the file is written through a log with synchronous=NORMAL: what was fetched over a slow link
// survives a crash, and pages are still sealed once (a checkpoint copies them). The indexes are then built without a
// journal, which is three times as fast and takes seconds: a crash there voids the file.
// Internal to agent/replica.
#pragma once

#include <set>

#include "agent/replica/begun_chunks.hpp"
#include "agent/replica/replica.hpp"
#include "agent/replica/store.hpp"

namespace holdline::agent {

struct Replica::Builder::Impl {
  Impl(const ReplicaOptions& where, const platform::SecretKey& k, const sync::Schema& schema,
       std::shared_ptr<const NameNormalizer> f, const sync::Manifest& told)
      : options(where), key(k.clone()), layout(schema), normalizer(std::move(f)), manifest(told) {}

  // Goes on with a file of the same manifest, or starts afresh.
  static Result<std::unique_ptr<Impl>> open(const ReplicaOptions&, const platform::SecretKey&, const sync::Schema&,
                                            std::shared_ptr<const NameNormalizer>, const sync::Manifest&);
  bool finished() const { return store && store->meta().state == StoreState::usable; }

  Result<void> keep_part(const sync::ChunkInfo& info, std::string_view part);
  Result<void> forget_parts(const sync::Hash& chunk);
  Result<void> add(const sync::ChunkInfo& info, std::span<const sync::Change> rows);
  Result<void> finish(std::int64_t hub_wall_ms);

  ReplicaOptions options;
  platform::SecretKey key;
  Layout layout;
  std::shared_ptr<const NameNormalizer> normalizer;  // the replica's, which may be gone before
  sync::Manifest manifest;
  std::set<sync::Hash> stored;
  BegunChunks begun;  // of those that are not
  std::unique_ptr<ReplicaStore> store;

 private:
  Result<void> start(const StoreMeta& meta);
  Result<void> append(const sync::ChunkInfo& info, std::span<const sync::Change> rows);
  Result<void> complete(std::int64_t hub_wall_ms);
  Result<void> or_void(Result<void> done);
  Result<void> load_stored();
  Result<void> reopen(platform::Durability durability);
  struct Counted {  // in one pass over the rows
    sync::DigestTable digests;
    std::vector<ReplicaStore::Lookup> lookups;
  };
  Result<void> index();
  Result<void> index_row(const Shape& shape, const StoredRow& row, Counted& counted);
  Result<void> check(const sync::DigestTable& counted) const;
  Result<void> discard();
};

}  // namespace holdline::agent
