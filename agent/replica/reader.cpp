// Reading the replica for the screen: by id, by parent, newest first, and by what somebody typed.
#include <set>
#include <utility>

#include "agent/replica/files.hpp"

namespace holdline::agent {

using platform::Blob;
using platform::Statement;

namespace {

// Found rows that turn out to hang on the same root are looked at again at most this often per wanted one.
constexpr std::size_t looked_at_per_wanted = 4;

struct Table {
  Statement by_id, by_seq, children, newest, older, names, about;
};

// The first text after all that begin with `prefix`, which ends in a digit or an upper case letter.
std::string after_prefix(std::string prefix) {
  ++prefix.back();
  return prefix;
}

// Each word is one token by construction, so quoting is all FTS5 needs.
std::string fts_query(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += '"' + word + "\" * ";
  return text;
}

}  // namespace

struct ReplicaReader::Impl {
  Impl(const ReplicaOptions& opened, const platform::SecretKey& k, const sync::Schema& schema)
      : options(opened), key(k.clone()), layout(schema) {}

  Result<void> open();  // closes what is open before; on an error nothing is
  Result<void> connect();
  void close();
  void judge(const Error& error);
  // Prepared when a collection is first read: most starts read few of them.
  Result<Table*> table(const Shape& shape);

  // Runs `read` in one read transaction and puts the position it saw into `seen`.
  template <class Seen, class Read>
  Result<Seen> in_transaction(const Read& read);
  Result<std::optional<StoredRow>> row_by_id(const Shape& shape, const sync::Id& id);
  Result<std::optional<StoredRow>> row_by_seq(const Shape& shape, std::int64_t seq);

  struct Search;

  ReplicaOptions options;
  platform::SecretKey key;
  Layout layout;
  NameNormalizer normalizer;
  std::optional<platform::Database> db;      // none: could not be opened
  std::vector<std::optional<Table>> tables;  // as layout.shapes()
  Statement begin, end, position, lookup, word;
  bool met_damage = false, could_not_read = false;
};

namespace {

Result<std::optional<StoredRow>> one_row(const Shape& shape, platform::Rows rows) {
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return std::nullopt;
  HOLDLINE_ASSIGN(auto row, read_row(shape, rows));
  return row;
}

Result<void> all_rows(const Shape& shape, platform::Rows rows, std::vector<ReplicaRow>& into) {
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    HOLDLINE_ASSIGN(auto row, read_row(shape, rows));
    into.push_back({std::move(row.record), row.cn});
  }
}

}  // namespace

Result<void> ReplicaReader::Impl::open() {
  close();
  met_damage = could_not_read = false;
  auto connected = connect();
  if (connected) return connected;
  close();
  judge(connected.error());
  return connected;
}

void ReplicaReader::Impl::judge(const Error& error) {
  met_damage = met_damage || says_damaged(error);
  could_not_read = could_not_read || is_unreadable(error);
}

void ReplicaReader::Impl::close() {
  tables.clear();
  for (Statement* each : {&begin, &end, &position, &lookup, &word}) *each = Statement();
  db.reset();
}

Result<void> ReplicaReader::Impl::connect() {
  platform::DatabaseOptions database;
  database.vfs_name = options.vfs_name;
  database.pragmas = platform::pragmas_for(platform::Durability::normal, reader_cache_kib);
  database.or_read = true;
  HOLDLINE_ASSIGN(db, platform::Database::open(replica_path(options), key, database));
  HOLDLINE_ASSIGN(begin, db->prepare("BEGIN"));
  HOLDLINE_ASSIGN(end, db->prepare("COMMIT"));
  HOLDLINE_ASSIGN(position, db->prepare(select_meta));
  HOLDLINE_ASSIGN(lookup, db->prepare("SELECT collection, seq FROM _lookup WHERE kind = ? AND key >= ? AND key < ? "
                                      "ORDER BY kind, key, collection, seq"));
  HOLDLINE_ASSIGN(word, db->prepare("SELECT 1 FROM _word WHERE word = ?"));
  tables.resize(layout.shapes().size());
  return {};
}

Result<Table*> ReplicaReader::Impl::table(const Shape& shape) {
  auto& slot = tables[static_cast<std::size_t>(&shape - layout.shapes().data())];
  if (slot) return &*slot;
  Table t;
  const std::string select = "SELECT seq, id, scope, cn, body FROM " + shape.table;
  HOLDLINE_ASSIGN(t.by_id, db->prepare(select + " WHERE id = ?"));
  HOLDLINE_ASSIGN(t.by_seq, db->prepare(select + " WHERE seq = ?"));
  const bool by_time = shape.collection->sort_by.has_value();
  const std::string order = by_time ? " ORDER BY time DESC, id DESC LIMIT ?" : " ORDER BY id DESC LIMIT ?";
  HOLDLINE_ASSIGN(t.newest, db->prepare(select + order));
  HOLDLINE_ASSIGN(t.older, db->prepare(select + (by_time ? " WHERE (time, id) < (?, ?)" : " WHERE id < ?") + order));
  if (shape.collection->parent) {
    HOLDLINE_ASSIGN(t.children, db->prepare(select + " WHERE parent = ? ORDER BY parent, seq"));
  }
  if (!shape.about_fields.empty()) {
    HOLDLINE_ASSIGN(t.about, db->prepare(select +
                                         " JOIN (SELECT seq AS found FROM _lookup WHERE kind = ? AND key = ? AND "
                                         "collection = ?) ON seq = found" +
                                         order));
  }
  if (!shape.names.empty()) {
    HOLDLINE_ASSIGN(t.names, db->prepare("SELECT rowid FROM " + shape.names + "(?) LIMIT ?"));
  }
  return &slot.emplace(std::move(t));
}

template <class Seen, class Read>
Result<Seen> ReplicaReader::Impl::in_transaction(const Read& read) {
  if (!db) HOLDLINE_TRY(open());
  HOLDLINE_TRY(begin.run());
  Seen seen;
  auto result = [&]() -> Result<void> {
    HOLDLINE_ASSIGN(const auto meta, read_meta(position));
    seen.cursor = meta.position.cursor;
    seen.as_of_ms = meta.position.as_of_ms;
    return read(seen.rows);
  }();
  // Nothing was written, so whatever COMMIT says, the transaction is over or the connection is.
  auto ended = end.run();
  if (!result) judge(result.error());
  HOLDLINE_TRY(std::move(result));
  HOLDLINE_TRY(std::move(ended));
  return seen;
}

Result<std::optional<StoredRow>> ReplicaReader::Impl::row_by_id(const Shape& shape, const sync::Id& id) {
  HOLDLINE_ASSIGN(Table* const t, table(shape));
  return one_row(shape, t->by_id.rows(Blob{id.view()}));
}
Result<std::optional<StoredRow>> ReplicaReader::Impl::row_by_seq(const Shape& shape, std::int64_t seq) {
  HOLDLINE_ASSIGN(Table* const t, table(shape));
  return one_row(shape, t->by_seq.rows(seq));
}

// One search: collects candidates until there are enough, one per root.
struct ReplicaReader::Impl::Search {
  Impl& impl;
  std::size_t limit;
  std::optional<sync::CollectionNo> only;
  std::vector<Candidate>& found;
  std::set<sync::RecordKey> roots{};

  bool enough() const { return found.size() >= limit; }
  std::size_t look_at() const { return limit * looked_at_per_wanted; }
  const sync::Collection* target(const Shape& shape) const;
  bool wanted(const Shape& shape) const;
  Result<void> take(const Shape& shape, std::int64_t seq);
  Result<void> lookups(LookupKind kind, const std::string& prefix);
  Result<void> names(const Shape& shape, const std::vector<std::string>& words);
};

const sync::Collection* ReplicaReader::Impl::Search::target(const Shape& shape) const {
  const auto& parent = shape.collection->parent;
  return parent ? impl.layout.schema().collection(shape.collection->fields[*parent].target) : nullptr;
}

bool ReplicaReader::Impl::Search::wanted(const Shape& shape) const {
  if (!only || shape.collection->no == *only) return true;
  const auto* root = target(shape);
  return root != nullptr && root->no == *only;
}

Result<void> ReplicaReader::Impl::Search::take(const Shape& shape, std::int64_t seq) {
  HOLDLINE_ASSIGN(auto row, impl.row_by_seq(shape, seq));
  if (!row) return {};
  Candidate candidate;
  sync::RecordKey root = row->record.key;
  const auto parent = shape.parent_of(row->record);
  if (const auto* collection = target(shape); collection != nullptr && parent) {
    root = {collection->no, *parent};
    if (roots.contains(root)) return {};
    HOLDLINE_ASSIGN(auto found_root, impl.row_by_id(*impl.layout.shape(collection->no), *parent));
    if (found_root) candidate.root = ReplicaRow{std::move(found_root->record), found_root->cn};
  }
  if (!roots.insert(root).second) return {};
  candidate.matched = {std::move(row->record), row->cn};
  found.push_back(std::move(candidate));
  return {};
}

Result<void> ReplicaReader::Impl::Search::lookups(LookupKind kind, const std::string& prefix) {
  if (prefix.empty() || enough()) return {};
  auto rows = impl.lookup.rows(static_cast<int>(kind), prefix, after_prefix(prefix));
  // What is not wanted costs one step in the index, and must not stand in the way of what is.
  for (std::size_t looked_at = 0; looked_at < look_at() && !enough();) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    const Shape* shape = impl.layout.shape(static_cast<sync::CollectionNo>(rows.i64(0)));
    if (shape == nullptr || !wanted(*shape)) continue;
    ++looked_at;
    HOLDLINE_TRY(take(*shape, rows.i64(1)));
  }
  return {};
}

Result<void> ReplicaReader::Impl::Search::names(const Shape& shape, const std::vector<std::string>& words) {
  if (words.empty() || shape.names.empty() || !wanted(shape) || enough()) return {};
  HOLDLINE_ASSIGN(Table* const t, impl.table(shape));
  auto rows = t->names.rows(fts_query(words), look_at());
  while (!enough()) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    HOLDLINE_TRY(take(shape, rows.i64(0)));
  }
  return {};
}

ReplicaReader::ReplicaReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReplicaReader::~ReplicaReader() = default;

Result<std::unique_ptr<ReplicaReader>> ReplicaReader::open(const ReplicaOptions& options,
                                                           const platform::SecretKey& key, const sync::Schema& schema) {
  auto impl = std::make_unique<Impl>(options, key, schema);
  HOLDLINE_TRY(impl->open());
  return std::unique_ptr<ReplicaReader>(new ReplicaReader(std::move(impl)));
}

const Layout& ReplicaReader::layout() const { return impl_->layout; }
const NameNormalizer& ReplicaReader::normalizer() const { return impl_->normalizer; }
bool ReplicaReader::met_damage() const { return impl_->met_damage; }
Result<void> ReplicaReader::reopen() { return impl_->open(); }
Result<void> ReplicaReader::change_schema(const sync::Schema& schema) {
  impl_->close();
  impl_->layout = Layout(schema);
  return impl_->open();
}
bool ReplicaReader::could_not_read() { return std::exchange(impl_->could_not_read, false); }
void ReplicaReader::release_cache() {
  if (impl_->db) impl_->db->release_memory();
}

Result<ReplicaReader::Seen> ReplicaReader::find(std::span<const sync::RecordKey> keys) {
  return impl_->in_transaction<Seen>([&](std::vector<ReplicaRow>& into) -> Result<void> {
    for (const sync::RecordKey& key : keys) {
      const Shape* shape = impl_->layout.shape(key.collection);
      if (shape == nullptr) continue;
      HOLDLINE_ASSIGN(auto row, impl_->row_by_id(*shape, key.id));
      if (row) into.push_back({std::move(row->record), row->cn});
    }
    return {};
  });
}

Result<ReplicaReader::Seen> ReplicaReader::children(const sync::Collection& collection, const sync::Id& parent) {
  return impl_->in_transaction<Seen>([&](std::vector<ReplicaRow>& into) -> Result<void> {
    const Shape* shape = impl_->layout.shape(collection.no);
    if (shape == nullptr || !collection.parent) return {};
    HOLDLINE_ASSIGN(Table* const t, impl_->table(*shape));
    return all_rows(*shape, t->children.rows(Blob{parent.view()}), into);
  });
}

Result<bool> ReplicaReader::knows_deleted(const sync::Collection& collection, const std::string& scope,
                                          const std::string& value) {
  bool known = false;
  HOLDLINE_TRY(impl_->in_transaction<Seen>([&](std::vector<ReplicaRow>&) -> Result<void> {
    const std::string key = deleted_key(scope, value);
    auto rows = impl_->lookup.rows(static_cast<int>(LookupKind::deleted), key, after_prefix(key));
    while (!known) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) break;
      known = rows.i64(0) == collection.no;
    }
    return {};
  }));
  return known;
}

Result<ReplicaReader::Seen> ReplicaReader::list(const sync::Collection& collection,
                                                const std::optional<ListPlace>& before, std::size_t limit) {
  return impl_->in_transaction<Seen>([&](std::vector<ReplicaRow>& into) -> Result<void> {
    const Shape* shape = impl_->layout.shape(collection.no);
    if (shape == nullptr) return {};
    HOLDLINE_ASSIGN(Table* const t, impl_->table(*shape));
    if (!before) return all_rows(*shape, t->newest.rows(limit), into);
    const Blob id{before->id.view()};
    return all_rows(*shape, collection.sort_by ? t->older.rows(before->ms, id, limit) : t->older.rows(id, limit), into);
  });
}

Result<ReplicaReader::Seen> ReplicaReader::about(const sync::Collection& collection, const sync::Id& root,
                                                 std::size_t limit) {
  return impl_->in_transaction<Seen>([&](std::vector<ReplicaRow>& into) -> Result<void> {
    const Shape* shape = impl_->layout.shape(collection.no);
    if (shape == nullptr || shape->about_fields.empty()) return {};
    HOLDLINE_ASSIGN(Table* const t, impl_->table(*shape));
    return all_rows(*shape, t->about.rows(static_cast<int>(LookupKind::about), about_key(root), collection.no, limit),
                    into);
  });
}

Result<ReplicaReader::Candidates> ReplicaReader::search(const SearchQuery& query, std::size_t limit,
                                                        std::optional<sync::CollectionNo> only) {
  return impl_->in_transaction<Candidates>([&](std::vector<Candidate>& into) -> Result<void> {
    Impl::Search search{*impl_, limit, only, into};
    HOLDLINE_TRY(search.lookups(LookupKind::reference, query.reference));
    HOLDLINE_TRY(search.lookups(LookupKind::phone, query.phone));
    HOLDLINE_TRY(search.lookups(LookupKind::phone_start, query.phone_start));
    for (const PhoneQuery& phone : query.phones) {
      HOLDLINE_TRY(search.lookups(LookupKind::phone, phone.end));
      HOLDLINE_TRY(search.lookups(LookupKind::phone_start, phone.start));
    }
    for (const SearchQuery::Words& words : query.names())
      for (const Shape& shape : impl_->layout.shapes()) HOLDLINE_TRY(search.names(shape, words));
    return {};
  });
}

Result<std::vector<std::string>> ReplicaReader::known_near(std::string_view typed, std::size_t limit) {
  struct Words {
    std::vector<std::string> rows;
    sync::Cursor cursor;
    std::int64_t as_of_ms = 0;
  };
  HOLDLINE_ASSIGN(auto known, impl_->in_transaction<Words>([&](std::vector<std::string>& into) -> Result<void> {
    for (std::string& near : near_words(typed)) {
      if (into.size() == limit) return {};
      auto rows = impl_->word.rows(near);
      HOLDLINE_ASSIGN(const bool found, rows.next());
      if (found) into.push_back(std::move(near));
    }
    return {};
  }));
  return std::move(known.rows);
}

}  // namespace holdline::agent
