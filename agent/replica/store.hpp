// One replica file, open for writing: its rows, with search indexes and digests kept in step, and its position. Replica
// and Replica::Builder say what is written when; this class holds the SQL. One thread. No method begins a transaction.
// Internal to agent/replica.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "agent/replica/layout.hpp"
#include "agent/replica/replica.hpp"
#include "platform/database/database.hpp"
#include "sync/action/digest.hpp"

namespace holdline::agent {

// What replica-next.db goes through; replica.db is always `usable`.
enum class StoreState : std::uint8_t {
  usable,
  loading,    // rows only; every stored chunk is durable
  finishing,  // indexes are being built without a journal: a crash voids the file
};

struct StoreMeta {
  int layout = layout_version;
  int fold = fold_version;
  sync::Hash schema;
  ReplicaPosition position;
  StoreState state = StoreState::usable;
  sync::Hash manifest;  // fingerprint of what is loaded
};

// Reads the position on any connection to a replica file.
inline constexpr std::string_view select_meta =
    "SELECT layout, fold, schema, epoch, cn, salt, grants, as_of, state, manifest FROM _meta";
Result<StoreMeta> read_meta(platform::Statement& select);

struct StoredRow {
  std::int64_t seq = 0;
  sync::Record record;
  sync::ChangeNumber cn = 0;
};
// Columns seq, id, scope, cn, body. Error "malformed-body": the file is damaged.
Result<StoredRow> read_row(const Shape& shape, const platform::Rows& rows);

class ReplicaStore {
 public:
  struct Options {
    std::filesystem::path path;
    const ReplicaOptions& replica;  // where it comes from: for the call only
    platform::Locking locking = platform::Locking::shared;
    platform::Durability durability = platform::Durability::normal;
    std::int64_t cache_kib = 16 * 1024;
  };
  // Removes what was there and makes the tables.
  static Result<std::unique_ptr<ReplicaStore>> create(const Options&, const platform::SecretKey&, const Layout&,
                                                      const NameNormalizer&, const StoreMeta&);
  // The schema of what lies there; "replica-outdated" when the layout or the fold rule is another one.
  static Result<sync::Hash> schema_of(const Options&, const platform::SecretKey&);
  // Error "replica-outdated" (start_over): another schema, layout or fold rule.
  static Result<std::unique_ptr<ReplicaStore>> open(const Options&, const platform::SecretKey&, const Layout&,
                                                    const NameNormalizer&);

  platform::Database& database() { return db_; }
  const StoreMeta& meta() const { return meta_; }
  // After a rollback, when load() cannot read the file either: the place is the one before, and no digest is known.
  void go_back_to(const StoreMeta& meta);
  // Takes effect in meta() at once; load() takes it back after a rollback.
  Result<void> save_meta(const StoreMeta& meta);
  // The same tables for another schema (Layout::extends). The layout must outlive this.
  void use(const Layout& layout);

  Result<std::optional<StoredRow>> find(const Shape& shape, const sync::Id& id);
  // All rows of a table, by seq. `visit` must not write to this table.
  Result<void> each(const Shape& shape, const std::function<Result<void>(StoredRow&&)>& visit);
  // Rows with indexes and digests. `before` is what find() answered.
  Result<void> put(const Shape& shape, const StoredRow* before, const sync::Record& after, sync::ChangeNumber cn);
  Result<void> remove(const Shape& shape, const StoredRow& before);
  // That people deleted a record that had these unique values.
  Result<void> remember_deleted(const Shape& shape, const sync::Record& record);
  // What another store remembers of that.
  Result<void> remember_deleted_of(ReplicaStore& other);

  // For a bulk load: the row alone; the words of one row; many lookups (sorts them by key, which is what makes it
  // fast).
  Result<void> append(const Shape& shape, const sync::Record& record, sync::ChangeNumber cn);
  Result<void> add_words(const Shape& shape, std::int64_t seq, const std::vector<std::string>& words);
  struct Lookup {
    LookupKey key;
    sync::CollectionNo collection = 0;
    std::int64_t seq = 0;
    auto operator<=>(const Lookup&) const = default;
  };
  Result<void> add_lookups(std::vector<Lookup>& lookups);
  // After all rows: what put() does for the words of one row.
  Result<void> know_words();

  const sync::DigestTable& digests() const { return digests_; }
  // Of one digest; kept until its rows change, because every cut asks for all of them and each takes hashing 8 KiB.
  const sync::Hash& root(const sync::DigestKey& key);
  void set_digests(sync::DigestTable digests);
  // Sets one leaf of one key to what its rows say.
  void set_leaf(const sync::DigestKey& key, std::size_t leaf, const sync::Sum& sum);
  // Writes the leaves that changed since the last time.
  Result<void> save_digests();
  // Position and digests as the file has them: at open, and after a rollback.
  Result<void> load();

 private:
  struct Table {
    platform::Statement find, insert, update, erase, add_words, drop_words;
  };

  ReplicaStore(platform::Database db, const Layout& layout, const NameNormalizer& normalizer)
      : db_(std::move(db)), layout_(&layout), normalizer_(normalizer) {}
  Result<void> prepare();
  Result<void> load_digests();
  void forget_digests();
  void touch(const std::string& scope, sync::CollectionNo collection, std::size_t leaf);
  // Prepared when a collection is first written to: most starts touch few of them.
  Result<Table*> table(const Shape& shape);
  Result<void> reindex(const Shape& shape, std::int64_t seq, const SearchKeys& before, const SearchKeys& after);
  void count(const Shape& shape, const sync::Record* before, const sync::Record* after);

  platform::Database db_;
  const Layout* layout_;
  const NameNormalizer& normalizer_;
  StoreMeta meta_;
  sync::DigestTable digests_;
  std::map<sync::DigestKey, sync::Hash> roots_;                               // of digests_, as far as known
  std::set<std::tuple<std::string, sync::CollectionNo, std::size_t>> dirty_;  // scope, collection, leaf
  std::vector<std::optional<Table>> tables_;                                  // as layout_.shapes()
  platform::Statement add_lookup_, drop_lookup_, know_word_, select_meta_, save_meta_, save_leaf_, drop_leaf_;
};

}  // namespace holdline::agent
