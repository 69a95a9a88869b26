// The ledger's digests: in memory at the writer, in the file for readers and for the next start.
// Internal to hub/ledger/sqlite.
#pragma once

#include <bitset>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "hub/ledger/sqlite/tables.hpp"
#include "sync/action/digest.hpp"

namespace holdline::hub::sqlite {

inline constexpr std::size_t segment_count = 16;
inline constexpr std::size_t segment_leaves = sync::leaf_count / segment_count;

// The writer's. One thread.
class Digests {
 public:
  Result<void> load(Statements& statements, Names& scopes);

  // Takes the writes of one transaction in, in memory only. The writes must stay until write() or undo().
  void apply(const sync::Schema& schema, std::span<const RecordWrite> writes);
  // Writes what apply() touched into the transaction that is open.
  Result<void> write(Statements& statements, Names& scopes);
  // After the commit.
  void keep() { touched_.clear(); }
  // Takes the same writes out again, because their transaction was undone.
  void undo(const sync::Schema& schema, std::span<const RecordWrite> writes);

  const sync::DigestTable& table() const { return table_; }

 private:
  using Touched = std::tuple<std::string_view, sync::CollectionNo, std::uint8_t>;  // scope, collection, group
  void touch(const sync::Collection& collection, const RecordWrite& write);

  sync::DigestTable table_;
  std::map<Touched, std::bitset<segment_count>> touched_;
};

// As a reader's snapshot has them: keys of these scopes and groups that have rows.
Result<std::map<sync::DigestKey, sync::Leaves>> read_leaves(Statements& statements, Names& scopes,
                                                            std::span<const std::string> of, sync::VisibilitySet);
Result<std::vector<sync::DigestRoot>> read_roots(Statements& statements, Names& scopes, std::span<const std::string> of,
                                                 sync::VisibilitySet);

// See SqliteLedger::check_digests; begins and ends a snapshot on `db`.
Result<void> check_digests(platform::Database& db, Statements& statements, Names& scopes, const sync::Schema& schema);

}  // namespace holdline::hub::sqlite
