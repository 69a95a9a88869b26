#include "agent/replica_store.hpp"

#include <algorithm>

namespace holdline::agent {

using platform::Blob;

namespace {

constexpr std::size_t leaf_bytes = 32;

platform::DatabaseOptions database_options(const ReplicaStore::Options& options, platform::OpenMode mode) {
  platform::DatabaseOptions database;
  database.mode = mode;
  database.locking = options.locking;
  database.vfs_name = options.replica.vfs_name;
  database.pragmas = platform::pragmas_for(options.durability, options.cache_kib);
  return database;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

std::string leaves_bytes(const sync::Leaves& leaves) {
  std::string bytes;
  bytes.reserve(leaves.size() * leaf_bytes);
  for (const sync::Sum& leaf : leaves) {
    const auto sum = leaf.bytes();
    bytes.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  }
  return bytes;
}

tl::unexpected<Error> outdated() {
  return fail(ErrorKind::start_over, "replica-outdated",
              "The local copy was written for another schema or by another version of this program.");
}

}  // namespace

Result<StoreMeta> read_meta(platform::Statement& select) {
  auto rows = select.rows();
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return outdated();
  StoreMeta meta;
  meta.layout = static_cast<int>(rows.i64(0));
  meta.fold = static_cast<int>(rows.i64(1));
  meta.schema = sync::Hash::from(rows.blob(2));
  meta.position.epoch = sync::Id::from(rows.blob(3));
  meta.position.cursor = {static_cast<sync::ChangeNumber>(rows.i64(4)), static_cast<std::uint64_t>(rows.i64(5))};
  meta.position.grants = static_cast<std::uint32_t>(rows.i64(6));
  meta.position.as_of_ms = rows.i64(7);
  meta.state = static_cast<StoreState>(rows.i64(8));
  meta.manifest = sync::Hash::from(rows.blob(9));
  return meta;
}

Result<StoredRow> read_row(const Shape& shape, const platform::Rows& rows) {
  StoredRow row;
  row.seq = rows.i64(0);
  row.record.key = {shape.collection->no, sync::Id::from(rows.blob(1))};
  row.record.scope = rows.text(2);
  row.cn = static_cast<sync::ChangeNumber>(rows.i64(3));
  HOLDLINE_TRY(sync::decode_body(*shape.collection, rows.blob(4), row.record));
  return row;
}

Result<std::unique_ptr<ReplicaStore>> ReplicaStore::create(const Options& options, const platform::SecretKey& key,
                                                           const Layout& layout, const Folder& folder,
                                                           const StoreMeta& meta) {
  // The log goes last: without its file it can be nobody's.
  for (const char* suffix : {"", "-shm", "-wal"}) HOLDLINE_TRY(options.replica.remove(options.path.string() + suffix));
  HOLDLINE_ASSIGN(
      auto db, platform::Database::open(options.path, key, database_options(options, platform::OpenMode::create_new)));
  std::unique_ptr<ReplicaStore> store(new ReplicaStore(std::move(db), layout, folder));
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(store->db_));
  HOLDLINE_TRY(store->db_.exec(layout.tables_sql().c_str()));
  if (meta.state == StoreState::usable) {
    HOLDLINE_TRY(store->db_.exec(layout.indexes_sql().c_str()));
  }
  HOLDLINE_TRY(store->prepare());
  HOLDLINE_TRY(store->save_meta(meta));
  HOLDLINE_TRY(transaction.commit());
  return store;
}

Result<std::unique_ptr<ReplicaStore>> ReplicaStore::open(const Options& options, const platform::SecretKey& key,
                                                         const Layout& layout, const Folder& folder) {
  HOLDLINE_ASSIGN(
      auto db, platform::Database::open(options.path, key, database_options(options, platform::OpenMode::must_exist)));
  std::unique_ptr<ReplicaStore> store(new ReplicaStore(std::move(db), layout, folder));
  // Before the other statements: tables of another layout would fail them with a less telling error.
  HOLDLINE_ASSIGN(store->select_meta_, store->db_.prepare(select_meta));
  HOLDLINE_ASSIGN(store->meta_, read_meta(store->select_meta_));
  const StoreMeta& meta = store->meta_;
  if (meta.layout != layout_version || meta.fold != fold_version || meta.schema != layout.schema().hash())
    return outdated();
  HOLDLINE_TRY(store->prepare());
  HOLDLINE_TRY(store->load());
  return store;
}

Result<void> ReplicaStore::prepare() {
  for (const Shape& shape : layout_.shapes()) {
    Table& t = tables_.emplace_back();
    const bool child = shape.collection->parent.has_value();
    // Without the index of a bulk load every find would read the whole table; nothing finds rows then.
    HOLDLINE_ASSIGN(t.find, db_.prepare("SELECT seq, id, scope, cn, body FROM " + shape.table + " WHERE id = ?"));
    HOLDLINE_ASSIGN(t.insert, db_.prepare("INSERT INTO " + shape.table + "(id, scope, cn, body" +
                                          (child ? ", parent) VALUES (?, ?, ?, ?, ?)" : ") VALUES (?, ?, ?, ?)")));
    HOLDLINE_ASSIGN(t.update, db_.prepare("UPDATE " + shape.table + " SET scope = ?, cn = ?, body = ?" +
                                          (child ? ", parent = ? WHERE seq = ?" : " WHERE seq = ?")));
    HOLDLINE_ASSIGN(t.erase, db_.prepare("DELETE FROM " + shape.table + " WHERE seq = ?"));
    if (shape.names.empty()) continue;
    HOLDLINE_ASSIGN(t.add_words, db_.prepare("INSERT INTO " + shape.names + "(rowid, words) VALUES (?, ?)"));
    HOLDLINE_ASSIGN(t.drop_words, db_.prepare("INSERT INTO " + shape.names + "(" + shape.names +
                                              ", rowid, words) VALUES ('delete', ?, ?)"));
  }
  // A number twice in one record is one lookup.
  HOLDLINE_ASSIGN(add_lookup_, db_.prepare("INSERT OR IGNORE INTO _lookup VALUES (?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(drop_lookup_,
                  db_.prepare("DELETE FROM _lookup WHERE kind = ? AND key = ? AND collection = ? AND seq = ?"));
  HOLDLINE_ASSIGN(select_meta_, db_.prepare(select_meta));
  HOLDLINE_ASSIGN(save_meta_, db_.prepare("INSERT OR REPLACE INTO _meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(save_digest_, db_.prepare("INSERT OR REPLACE INTO _digest VALUES (?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(drop_digests_, db_.prepare("DELETE FROM _digest WHERE scope = ? AND collection = ?"));
  return {};
}

Result<void> ReplicaStore::save_meta(const StoreMeta& meta) {
  HOLDLINE_TRY(save_meta_.run(meta.layout, meta.fold, Blob{meta.schema.view()}, Blob{meta.position.epoch.view()},
                              meta.position.cursor.cn, meta.position.cursor.salt, meta.position.grants,
                              meta.position.as_of_ms, static_cast<std::int64_t>(meta.state),
                              Blob{meta.manifest.view()}));
  meta_ = meta;
  return {};
}

void ReplicaStore::go_back_to(const StoreMeta& meta) {
  meta_ = meta;
  digests_ = {};
  dirty_.clear();
}

Result<void> ReplicaStore::load() {
  HOLDLINE_ASSIGN(meta_, read_meta(select_meta_));
  return load_digests();
}

Result<void> ReplicaStore::load_digests() {
  digests_ = {};
  dirty_.clear();
  HOLDLINE_ASSIGN(auto select, db_.prepare("SELECT scope, collection, visibility, leaves FROM _digest"));
  auto rows = select.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    const std::string_view bytes = rows.blob(3);
    if (bytes.size() != sync::leaf_count * leaf_bytes)
      return fail(ErrorKind::stop, "database-corrupt", "A digest of the local copy has the wrong length.");
    sync::Leaves& leaves = digests_.all()[{std::string(rows.text(0)), static_cast<sync::CollectionNo>(rows.i64(1)),
                                           static_cast<std::uint8_t>(rows.i64(2))}];
    for (std::size_t i = 0; i < leaves.size(); ++i)
      leaves[i] = sync::Sum::from(bytes.substr(i * leaf_bytes, leaf_bytes));
  }
}

Result<std::optional<StoredRow>> ReplicaStore::find(const Shape& shape, const sync::Id& id) {
  auto rows = table(shape).find.rows(Blob{id.view()});
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return std::nullopt;
  HOLDLINE_ASSIGN(auto row, read_row(shape, rows));
  return row;
}

Result<void> ReplicaStore::each(const Shape& shape, const std::function<Result<void>(StoredRow&&)>& visit) {
  HOLDLINE_ASSIGN(auto select, db_.prepare("SELECT seq, id, scope, cn, body FROM " + shape.table + " ORDER BY seq"));
  auto rows = select.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    HOLDLINE_ASSIGN(auto row, read_row(shape, rows));
    HOLDLINE_TRY(visit(std::move(row)));
  }
}

Result<void> ReplicaStore::append(const Shape& shape, const sync::Record& record, sync::ChangeNumber cn) {
  const sync::Bytes body = sync::encode_body(*shape.collection, record);
  platform::Statement& insert = table(shape).insert;
  if (!shape.collection->parent) return insert.run(Blob{record.key.id.view()}, record.scope, cn, Blob{body});
  const auto parent = shape.parent_of(record);
  return insert.run(Blob{record.key.id.view()}, record.scope, cn, Blob{body},
                    parent ? std::optional(Blob{parent->view()}) : std::nullopt);
}

Result<void> ReplicaStore::put(const Shape& shape, const StoredRow* before, const sync::Record& after,
                               sync::ChangeNumber cn) {
  std::int64_t seq = 0;
  SearchKeys old_keys;
  if (before == nullptr) {
    HOLDLINE_TRY(append(shape, after, cn));
    seq = db_.last_insert_rowid();
  } else {
    seq = before->seq;
    old_keys = search_keys(shape, folder_, before->record);
    const sync::Bytes body = sync::encode_body(*shape.collection, after);
    platform::Statement& update = table(shape).update;
    if (!shape.collection->parent) {
      HOLDLINE_TRY(update.run(after.scope, cn, Blob{body}, seq));
    } else {
      const auto parent = shape.parent_of(after);
      HOLDLINE_TRY(
          update.run(after.scope, cn, Blob{body}, parent ? std::optional(Blob{parent->view()}) : std::nullopt, seq));
    }
  }
  HOLDLINE_TRY(reindex(shape, seq, old_keys, search_keys(shape, folder_, after)));
  count(shape, before == nullptr ? nullptr : &before->record, &after);
  return {};
}

Result<void> ReplicaStore::remove(const Shape& shape, const StoredRow& before) {
  HOLDLINE_TRY(reindex(shape, before.seq, search_keys(shape, folder_, before.record), {}));
  HOLDLINE_TRY(table(shape).erase.run(before.seq));
  count(shape, &before.record, nullptr);
  return {};
}

// FTS5 keeps no copy of the words (content=''), so it has to be told which ones go.
Result<void> ReplicaStore::reindex(const Shape& shape, std::int64_t seq, const SearchKeys& before,
                                   const SearchKeys& after) {
  if (before.words != after.words) {
    if (!before.words.empty()) {
      HOLDLINE_TRY(table(shape).drop_words.run(seq, join(before.words)));
    }
    HOLDLINE_TRY(add_words(shape, seq, after.words));
  }
  for (const LookupKey& key : before.lookups) {
    if (std::binary_search(after.lookups.begin(), after.lookups.end(), key)) continue;
    HOLDLINE_TRY(drop_lookup_.run(static_cast<int>(key.kind), key.key, shape.collection->no, seq));
  }
  for (const LookupKey& key : after.lookups) {
    if (std::binary_search(before.lookups.begin(), before.lookups.end(), key)) continue;
    HOLDLINE_TRY(add_lookup_.run(static_cast<int>(key.kind), key.key, shape.collection->no, seq));
  }
  return {};
}

Result<void> ReplicaStore::add_words(const Shape& shape, std::int64_t seq, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  return table(shape).add_words.run(seq, join(words));
}

Result<void> ReplicaStore::add_lookups(std::vector<Lookup>& lookups) {
  std::sort(lookups.begin(), lookups.end());
  for (const Lookup& lookup : lookups)
    HOLDLINE_TRY(add_lookup_.run(static_cast<int>(lookup.key.kind), lookup.key.key, lookup.collection, lookup.seq));
  return {};
}

void ReplicaStore::count(const Shape& shape, const sync::Record* before, const sync::Record* after) {
  digests_.change(*shape.collection, before, after);
  for (const sync::Record* record : {before, after})
    if (record != nullptr) dirty_.emplace(record->scope, shape.collection->no);
}

void ReplicaStore::set_digests(sync::DigestTable digests) {
  std::swap(digests_, digests);
  for (const sync::DigestTable* each : {&digests_, &digests})
    for (const auto& [key, leaves] : each->all()) dirty_.emplace(key.scope, key.collection);
}

void ReplicaStore::set_leaf(const sync::DigestKey& key, std::size_t leaf, const sync::Sum& sum) {
  dirty_.emplace(key.scope, key.collection);
  const auto at = digests_.all().try_emplace(key).first;
  at->second.at(leaf) = sum;
  // As DigestTable does: without rows there is no entry.
  if (at->second == sync::Leaves{}) digests_.all().erase(at);
}

Result<void> ReplicaStore::save_digests() {
  for (const auto& [scope, collection] : dirty_) {
    HOLDLINE_TRY(drop_digests_.run(scope, collection));
    for (auto at = digests_.all().lower_bound({scope, collection, 0});
         at != digests_.all().end() && at->first.scope == scope && at->first.collection == collection; ++at) {
      HOLDLINE_TRY(save_digest_.run(scope, collection, at->first.group, Blob{leaves_bytes(at->second)}));
    }
  }
  dirty_.clear();
  return {};
}

}  // namespace holdline::agent
