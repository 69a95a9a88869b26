#include "agent/replica/store.hpp"

#include <algorithm>

namespace holdline::agent {

using platform::Blob;

namespace {

constexpr std::size_t sum_bytes = 32, group_count = 8;

platform::DatabaseOptions database_options(const ReplicaStore::Options& options, platform::OpenMode mode) {
  platform::DatabaseOptions database;
  database.mode = mode;
  database.locking = options.locking;
  database.vfs_name = options.replica.vfs_name;
  database.pragmas = platform::pragmas_for(options.durability, options.cache_kib);
  database.or_read = mode == platform::OpenMode::must_exist;
  return database;
}

std::string index_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

// The sums of one leaf that are not zero, each after the number of its visibility group.
std::string sums_bytes(const sync::DigestTable& digests, const std::string& scope, sync::CollectionNo collection,
                       std::size_t leaf) {
  std::string bytes;
  const auto& all = digests.all();
  for (auto at = all.lower_bound({scope, collection, 0});
       at != all.end() && at->first.scope == scope && at->first.collection == collection; ++at) {
    if (at->second[leaf] == sync::Sum{}) continue;
    const auto sum = at->second[leaf].bytes();
    bytes.push_back(static_cast<char>(at->first.group));
    bytes.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  }
  return bytes;
}

// Calls `run` with the value of the column that only tables like this one have, or with nothing.
template <class Run>
Result<void> with_own_column(const Shape& shape, const sync::Record& record, const Run& run) {
  if (shape.collection->sort_by) return run(shape.place_of(record).ms);
  if (!shape.collection->parent) return run();
  const auto parent = shape.parent_of(record);
  return run(parent ? std::optional(Blob{parent->view()}) : std::nullopt);
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
                                                           const Layout& layout, const NameNormalizer& normalizer,
                                                           const StoreMeta& meta) {
  // The log goes last: without its file it can be nobody's.
  for (const char* suffix : {"", "-shm", "-wal"}) HOLDLINE_TRY(options.replica.remove(options.path.string() + suffix));
  HOLDLINE_ASSIGN(
      auto db, platform::Database::open(options.path, key, database_options(options, platform::OpenMode::create_new)));
  std::unique_ptr<ReplicaStore> store(new ReplicaStore(std::move(db), layout, normalizer));
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
                                                         const Layout& layout, const NameNormalizer& normalizer) {
  HOLDLINE_ASSIGN(
      auto db, platform::Database::open(options.path, key, database_options(options, platform::OpenMode::must_exist)));
  std::unique_ptr<ReplicaStore> store(new ReplicaStore(std::move(db), layout, normalizer));
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

Result<sync::Hash> ReplicaStore::schema_of(const Options& options, const platform::SecretKey& key) {
  HOLDLINE_ASSIGN(
      auto db, platform::Database::open(options.path, key, database_options(options, platform::OpenMode::must_exist)));
  HOLDLINE_ASSIGN(auto select, db.prepare(select_meta));
  HOLDLINE_ASSIGN(const StoreMeta meta, read_meta(select));
  if (meta.layout != layout_version || meta.fold != fold_version || meta.state != StoreState::usable) return outdated();
  return meta.schema;
}

Result<ReplicaStore::Table*> ReplicaStore::table(const Shape& shape) {
  auto& slot = tables_[static_cast<std::size_t>(&shape - layout_->shapes().data())];
  if (slot) return &*slot;
  Table t;
  const std::string column = shape.collection->parent ? "parent" : shape.collection->sort_by ? "time" : "";
  // Without the index of a bulk load every find would read the whole table; nothing finds rows then.
  HOLDLINE_ASSIGN(t.find, db_.prepare("SELECT seq, id, scope, cn, body FROM " + shape.table + " WHERE id = ?"));
  HOLDLINE_ASSIGN(t.insert,
                  db_.prepare("INSERT INTO " + shape.table + "(id, scope, cn, body" +
                              (column.empty() ? ") VALUES (?, ?, ?, ?)" : ", " + column + ") VALUES (?, ?, ?, ?, ?)")));
  HOLDLINE_ASSIGN(t.update, db_.prepare("UPDATE " + shape.table + " SET scope = ?, cn = ?, body = ?" +
                                        (column.empty() ? "" : ", " + column + " = ?") + " WHERE seq = ?"));
  HOLDLINE_ASSIGN(t.erase, db_.prepare("DELETE FROM " + shape.table + " WHERE seq = ?"));
  if (!shape.names.empty()) {
    HOLDLINE_ASSIGN(t.add_words, db_.prepare("INSERT INTO " + shape.names + "(rowid, words) VALUES (?, ?)"));
    HOLDLINE_ASSIGN(t.drop_words, db_.prepare("INSERT INTO " + shape.names + "(" + shape.names +
                                              ", rowid, words) VALUES ('delete', ?, ?)"));
  }
  return &slot.emplace(std::move(t));
}

Result<void> ReplicaStore::prepare() {
  tables_.resize(layout_->shapes().size());
  // A number twice in one record is one lookup.
  HOLDLINE_ASSIGN(add_lookup_, db_.prepare("INSERT OR IGNORE INTO _lookup VALUES (?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(know_word_, db_.prepare("INSERT OR IGNORE INTO _word VALUES (?)"));
  HOLDLINE_ASSIGN(drop_lookup_,
                  db_.prepare("DELETE FROM _lookup WHERE kind = ? AND key = ? AND collection = ? AND seq = ?"));
  HOLDLINE_ASSIGN(select_meta_, db_.prepare(select_meta));
  HOLDLINE_ASSIGN(save_meta_, db_.prepare("INSERT OR REPLACE INTO _meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(save_leaf_, db_.prepare("INSERT OR REPLACE INTO _digest VALUES (?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(drop_leaf_, db_.prepare("DELETE FROM _digest WHERE scope = ? AND collection = ? AND leaf = ?"));
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

void ReplicaStore::use(const Layout& layout) {
  layout_ = &layout;
  tables_.clear();
  tables_.resize(layout.shapes().size());
}

void ReplicaStore::go_back_to(const StoreMeta& meta) {
  meta_ = meta;
  forget_digests();
}

void ReplicaStore::forget_digests() {
  digests_ = {};
  roots_.clear();
  dirty_.clear();
}

Result<void> ReplicaStore::load() {
  HOLDLINE_ASSIGN(meta_, read_meta(select_meta_));
  return load_digests();
}

Result<void> ReplicaStore::load_digests() {
  forget_digests();
  HOLDLINE_ASSIGN(auto select, db_.prepare("SELECT scope, collection, leaf, sums FROM _digest"));
  auto rows = select.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    const auto leaf = static_cast<std::uint64_t>(rows.i64(2));
    const std::string_view sums = rows.blob(3);
    bool sound = leaf < sync::leaf_count && sums.size() % (1 + sum_bytes) == 0;
    sync::DigestKey key{std::string(rows.text(0)), static_cast<sync::CollectionNo>(rows.i64(1)), 0};
    for (std::size_t at = 0; sound && at < sums.size(); at += 1 + sum_bytes) {
      key.group = static_cast<std::uint8_t>(sums[at]);
      sound = key.group < group_count;
      if (sound) digests_.all()[key][leaf] = sync::Sum::from(sums.substr(at + 1, sum_bytes));
    }
    if (!sound) return fail(ErrorKind::stop, "database-corrupt", "A digest of the local copy is malformed.");
  }
}

Result<std::optional<StoredRow>> ReplicaStore::find(const Shape& shape, const sync::Id& id) {
  HOLDLINE_ASSIGN(Table* const t, table(shape));
  auto rows = t->find.rows(Blob{id.view()});
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
  HOLDLINE_ASSIGN(Table* const t, table(shape));
  return with_own_column(shape, record, [&](const auto&... column) {
    return t->insert.run(Blob{record.key.id.view()}, record.scope, cn, Blob{body}, column...);
  });
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
    old_keys = search_keys(shape, normalizer_, before->record);
    const sync::Bytes body = sync::encode_body(*shape.collection, after);
    HOLDLINE_ASSIGN(Table* const t, table(shape));
    HOLDLINE_TRY(with_own_column(shape, after, [&](const auto&... column) {
      return t->update.run(after.scope, cn, Blob{body}, column..., seq);
    }));
  }
  HOLDLINE_TRY(reindex(shape, seq, old_keys, search_keys(shape, normalizer_, after)));
  count(shape, before == nullptr ? nullptr : &before->record, &after);
  return {};
}

Result<void> ReplicaStore::remove(const Shape& shape, const StoredRow& before) {
  HOLDLINE_TRY(reindex(shape, before.seq, search_keys(shape, normalizer_, before.record), {}));
  HOLDLINE_ASSIGN(Table* const t, table(shape));
  HOLDLINE_TRY(t->erase.run(before.seq));
  count(shape, &before.record, nullptr);
  return {};
}

// FTS5 keeps no copy of the words (content=''), so it has to be told which ones go.
Result<void> ReplicaStore::reindex(const Shape& shape, std::int64_t seq, const SearchKeys& before,
                                   const SearchKeys& after) {
  if (before.words != after.words) {
    if (!before.words.empty()) {
      HOLDLINE_ASSIGN(Table* const t, table(shape));
      HOLDLINE_TRY(t->drop_words.run(seq, index_text(before.words)));
    }
    HOLDLINE_TRY(add_words(shape, seq, after.words));
    for (const std::string& word : after.words)
      if (can_be_misspelt(word)) HOLDLINE_TRY(know_word_.run(word));
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
  HOLDLINE_ASSIGN(Table* const t, table(shape));
  return t->add_words.run(seq, index_text(words));
}

// FTS5 tells them in their order, each once.
Result<void> ReplicaStore::know_words() {
  for (const Shape& shape : layout_->shapes()) {
    if (shape.names.empty()) continue;
    const std::string sql = "CREATE VIRTUAL TABLE temp._indexed USING fts5vocab(main, " + shape.names + ", 'row');" +
                            "INSERT OR IGNORE INTO _word SELECT term FROM temp._indexed WHERE term NOT GLOB "
                            "'*[^a-z]*' AND length(term) >= 4;"
                            "DROP TABLE temp._indexed";
    HOLDLINE_TRY(db_.exec(sql.c_str()));
  }
  return {};
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
    if (record != nullptr) touch(record->scope, shape.collection->no, sync::leaf_of(record->key.id));
}

void ReplicaStore::touch(const std::string& scope, sync::CollectionNo collection, std::size_t leaf) {
  dirty_.emplace(scope, collection, leaf);
  roots_.erase(roots_.lower_bound({scope, collection, 0}), roots_.upper_bound({scope, collection, group_count}));
}

void ReplicaStore::set_digests(sync::DigestTable digests) {
  std::swap(digests_, digests);
  for (const sync::DigestTable* each : {&digests_, &digests})
    for (const auto& [key, leaves] : each->all())
      for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf)
        if (leaves[leaf] != sync::Sum{}) touch(key.scope, key.collection, leaf);
}

void ReplicaStore::set_leaf(const sync::DigestKey& key, std::size_t leaf, const sync::Sum& sum) {
  touch(key.scope, key.collection, leaf);
  const auto at = digests_.all().try_emplace(key).first;
  at->second.at(leaf) = sum;
  // As DigestTable does: without rows there is no entry.
  if (at->second == sync::Leaves{}) digests_.all().erase(at);
}

const sync::Hash& ReplicaStore::root(const sync::DigestKey& key) {
  if (const auto known = roots_.find(key); known != roots_.end()) return known->second;
  const auto found = digests_.all().find(key);
  return roots_[key] = sync::root_of(found == digests_.all().end() ? sync::Leaves{} : found->second);
}

Result<void> ReplicaStore::save_digests() {
  for (const auto& [scope, collection, leaf] : dirty_) {
    const std::string sums = sums_bytes(digests_, scope, collection, leaf);
    if (sums.empty()) {
      HOLDLINE_TRY(drop_leaf_.run(scope, collection, leaf));
    } else {
      HOLDLINE_TRY(save_leaf_.run(scope, collection, leaf, Blob{sums}));
    }
  }
  dirty_.clear();
  return {};
}

}  // namespace holdline::agent
