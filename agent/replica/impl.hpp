// What is inside Replica, for its own source files: replica.cpp, schema_change.cpp.
// Internal to agent/replica.
#pragma once

#include <memory>

#include "agent/replica/builder.hpp"
#include "agent/replica/replica.hpp"
#include "agent/replica/store.hpp"

namespace holdline::agent {

struct Replica::Impl {
  Impl(const ReplicaOptions& opened, const platform::SecretKey& k, const sync::Schema& schema)
      : options(opened), key(k.clone()), layout(std::make_unique<const Layout>(schema)) {}

  Result<void> apply(const sync::Cut& cut, std::int64_t hub_wall_ms);
  Result<void> apply(const sync::Change& change);
  Result<void> repair(const sync::DigestKey& digest, std::uint8_t leaf, std::span<const sync::Change> rows);
  // Puts replica-next.db, which `built` stands on, in place of replica.db; it is of layout `next`, null: of the same.
  Result<void> take_place(std::unique_ptr<ReplicaStore> built, std::unique_ptr<const Layout> next = nullptr);
  Result<void> open_current();
  // A file of another schema that is known.
  Result<void> take_over();
  Result<void> change_schema(const sync::Schema& schema);
  Result<void> extend(std::unique_ptr<const Layout> next);
  Result<void> copy(std::unique_ptr<const Layout> next);
  Result<void> copy_rows(ReplicaStore& into, const Layout& next);
  // Runs `write` in a transaction; on failure the position and digests in memory go back to what the file holds.
  template <class Write>
  Result<void> in_transaction(const Write& write);

  ReplicaOptions options;
  platform::SecretKey key;
  std::unique_ptr<const Layout> layout;
  std::shared_ptr<const NameNormalizer> normalizer = std::make_shared<NameNormalizer>();
  std::unique_ptr<ReplicaStore> store;
  bool corrupt = false;
  std::uint64_t file_number = 1;
};

}  // namespace holdline::agent
