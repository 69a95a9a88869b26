#include "agent/replica/builder.hpp"

#include <algorithm>

#include "agent/replica/files.hpp"

namespace holdline::agent {

using platform::Blob;

namespace {

// Sorted and inserted in runs of this many: 60 MB at most, whatever the size of the snapshot.
constexpr std::size_t lookups_per_run = 800'000;
// FTS5 keeps new words in memory up to this before it writes a segment; few large segments need no merging later.
constexpr std::string_view loading_words = "33554432";
constexpr std::string_view usual_words = "1048576";

tl::unexpected<Error> differs() {
  return fail(ErrorKind::start_over, "snapshot-differs",
              "The snapshot from the hub is not what its manifest says; it is fetched again.");
}

// Two builds may go on with each other's chunks only when nothing about the snapshot differs.
sync::Hash fingerprint(const sync::Manifest& manifest) {
  sync::Bytes bytes;
  sync::ByteWriter out(bytes);
  out.raw(manifest.epoch.view());
  out.varint(manifest.at.cn);
  out.varint(manifest.at.salt);
  out.varint(manifest.schema_version);
  out.varint(manifest.grants);
  for (const sync::ChunkInfo& chunk : manifest.chunks) out.raw(chunk.hash.view());
  return sync::sha256(bytes);
}

Result<void> configure_words(ReplicaStore& store, const Layout& layout, std::string_view hash_size) {
  for (const Shape& shape : layout.shapes()) {
    if (shape.names.empty()) continue;
    const std::string sql = "INSERT INTO " + shape.names + "(" + shape.names + ", rank) VALUES ('hashsize', " +
                            std::string(hash_size) + ")";
    HOLDLINE_TRY(store.database().exec(sql.c_str()));
  }
  return {};
}

}  // namespace

Replica::Builder::Builder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Replica::Builder::~Builder() = default;

std::vector<sync::Hash> Replica::Builder::stored() const { return {impl_->stored.begin(), impl_->stored.end()}; }

std::string_view Replica::Builder::begun(const sync::Hash& chunk) const { return impl_->begun.of(chunk); }

Result<void> Replica::Builder::keep_part(const sync::ChunkInfo& info, std::string_view part) {
  return impl_->keep_part(info, part);
}

Result<void> Replica::Builder::forget_parts(const sync::Hash& chunk) { return impl_->forget_parts(chunk); }

Result<void> Replica::Builder::add(const sync::ChunkInfo& info, std::span<const sync::Change> rows) {
  return impl_->add(info, rows);
}

Result<void> Replica::Builder::finish(std::int64_t hub_wall_ms) { return impl_->finish(hub_wall_ms); }

Result<std::unique_ptr<Replica::Builder::Impl>> Replica::Builder::Impl::open(
    const ReplicaOptions& options, const platform::SecretKey& key, const sync::Schema& schema,
    std::shared_ptr<const NameNormalizer> normalizer, const sync::Manifest& manifest) {
  if (manifest.schema_version != schema.version())
    return fail(ErrorKind::start_over, "unknown-schema",
                "The snapshot is of another schema version; the schema is fetched first.");
  auto impl = std::make_unique<Impl>(options, key, schema, std::move(normalizer), manifest);
  StoreMeta meta;
  meta.schema = schema.hash();
  meta.position = {manifest.epoch, manifest.at, manifest.grants, 0};
  meta.state = StoreState::loading;
  meta.manifest = fingerprint(manifest);
  auto found =
      ReplicaStore::open(next_store(options, platform::Durability::normal), impl->key, impl->layout, *impl->normalizer);
  if (found && (*found)->meta().manifest == meta.manifest && (*found)->meta().state != StoreState::finishing) {
    impl->store = std::move(*found);
    const auto loaded = impl->load_stored();
    if (loaded) return impl;
    if (!is_about_the_file(loaded.error())) return tl::unexpected<Error>(loaded.error());
    impl->stored.clear();
    impl->begun.clear();
    impl->store.reset();
  }
  found = nullptr;
  HOLDLINE_TRY(impl->start(meta));
  return impl;
}

Result<void> Replica::Builder::Impl::start(const StoreMeta& meta) {
  HOLDLINE_ASSIGN(
      store, ReplicaStore::create(next_store(options, platform::Durability::normal), key, layout, *normalizer, meta));
  HOLDLINE_TRY(store->database().exec("CREATE TABLE _chunk(hash BLOB PRIMARY KEY) WITHOUT ROWID"));
  return begun.load(store->database(), manifest);
}

Result<void> Replica::Builder::Impl::load_stored() {
  if (finished()) {
    for (const sync::ChunkInfo& chunk : manifest.chunks) stored.insert(chunk.hash);
    return {};
  }
  HOLDLINE_ASSIGN(auto select, store->database().prepare("SELECT hash FROM _chunk"));
  auto rows = select.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) break;
    stored.insert(sync::Hash::from(rows.blob(0)));
  }
  return begun.load(store->database(), manifest);
}

Result<void> Replica::Builder::Impl::keep_part(const sync::ChunkInfo& info, std::string_view part) {
  const auto named = std::find(manifest.chunks.begin(), manifest.chunks.end(), info);
  if (!store || named == manifest.chunks.end() || begun.of(info.hash).size() + part.size() >= info.bytes)
    return differs();
  if (stored.contains(info.hash)) return {};
  return or_void(begun.add(store->database(), info.hash, part));
}

Result<void> Replica::Builder::Impl::forget_parts(const sync::Hash& chunk) {
  if (!store || begun.of(chunk).empty()) return {};
  begun.forgotten(chunk);
  return or_void(begun.erase(store->database(), chunk));
}

Result<void> Replica::Builder::Impl::add(const sync::ChunkInfo& info, std::span<const sync::Change> rows) {
  const auto named = std::find(manifest.chunks.begin(), manifest.chunks.end(), info);
  if (!store || named == manifest.chunks.end() || info.records != rows.size()) return differs();
  if (stored.contains(info.hash)) return {};
  return or_void(append(info, rows));
}

Result<void> Replica::Builder::Impl::append(const sync::ChunkInfo& info, std::span<const sync::Change> rows) {
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(store->database()));
  for (const sync::Change& change : rows) {
    const Shape* shape = layout.shape(change.record.key.collection);
    if (shape == nullptr || change.leave || change.record.deleted) return differs();
    HOLDLINE_ASSIGN(const auto record, changed(*shape, nullptr, change));
    HOLDLINE_TRY(store->append(*shape, record, change.cn));
  }
  HOLDLINE_ASSIGN(auto insert, store->database().prepare("INSERT INTO _chunk VALUES (?)"));
  HOLDLINE_TRY(insert.run(Blob{info.hash.view()}));
  if (!begun.of(info.hash).empty()) HOLDLINE_TRY(begun.erase(store->database(), info.hash));
  HOLDLINE_TRY(transaction.commit());
  stored.insert(info.hash);
  begun.forgotten(info.hash);
  return {};
}

Result<void> Replica::Builder::Impl::finish(std::int64_t hub_wall_ms) {
  for (const sync::ChunkInfo& chunk : manifest.chunks) {
    if (!stored.contains(chunk.hash))
      return fail(ErrorKind::start_over, "snapshot-incomplete", "Parts of the snapshot are still to be fetched.");
  }
  if (!store) return differs();
  return or_void(complete(hub_wall_ms));
}

// A file that is no good would be gone on with, and would fail, for ever.
Result<void> Replica::Builder::Impl::or_void(Result<void> done) {
  if (!done && is_about_the_file(done.error())) static_cast<void>(discard());
  return done;
}

Result<void> Replica::Builder::Impl::complete(std::int64_t hub_wall_ms) {
  if (!finished()) {
    StoreMeta meta = store->meta();
    meta.state = StoreState::finishing;
    HOLDLINE_TRY(store->save_meta(meta));
    HOLDLINE_TRY(store->database().checkpoint_truncate());
    HOLDLINE_TRY(reopen(platform::Durability::none));
    auto indexed = index();
    // Without a journal nothing can be taken back: whatever went wrong, the file is void.
    if (!indexed) {
      static_cast<void>(discard());
      return indexed;
    }
    HOLDLINE_TRY(reopen(platform::Durability::full));
  }
  StoreMeta meta = store->meta();
  meta.state = StoreState::usable;
  meta.position.as_of_ms = hub_wall_ms;
  HOLDLINE_TRY(store->save_meta(meta));
  // Syncs the whole file, also the pages that were written without a journal.
  return store->database().checkpoint_truncate();
}

Result<void> Replica::Builder::Impl::reopen(platform::Durability durability) {
  store.reset();
  HOLDLINE_ASSIGN(store, ReplicaStore::open(next_store(options, durability), key, layout, *normalizer));
  return {};
}

// One pass over the rows in the order they lie in the file: digests, words, lookups; then the indexes.
Result<void> Replica::Builder::Impl::index() {
  HOLDLINE_TRY(configure_words(*store, layout, loading_words));
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(store->database()));
  Counted counted;
  for (const Shape& shape : layout.shapes())
    HOLDLINE_TRY(store->each(shape, [&](StoredRow&& row) { return index_row(shape, row, counted); }));
  HOLDLINE_TRY(check(counted.digests));
  HOLDLINE_TRY(store->add_lookups(counted.lookups));
  HOLDLINE_TRY(store->know_words());
  // An id twice in the snapshot would be found here; the digests found it already.
  HOLDLINE_TRY(store->database().exec(layout.indexes_sql().c_str()));
  HOLDLINE_TRY(store->database().exec("DROP TABLE _chunk; DROP TABLE _part"));
  store->set_digests(std::move(counted.digests));
  HOLDLINE_TRY(store->save_digests());
  HOLDLINE_TRY(transaction.commit());
  return configure_words(*store, layout, usual_words);
}

Result<void> Replica::Builder::Impl::index_row(const Shape& shape, const StoredRow& row, Counted& counted) {
  counted.digests.change(*shape.collection, nullptr, &row.record);
  SearchKeys keys = search_keys(shape, *normalizer, row.record);
  HOLDLINE_TRY(store->add_words(shape, row.seq, keys.words));
  for (LookupKey& lookup : keys.lookups) counted.lookups.push_back({std::move(lookup), shape.collection->no, row.seq});
  if (counted.lookups.size() < lookups_per_run) return {};
  HOLDLINE_TRY(store->add_lookups(counted.lookups));
  counted.lookups.clear();
  return {};
}

Result<void> Replica::Builder::Impl::check(const sync::DigestTable& counted) const {
  std::set<sync::DigestKey> told;
  for (const sync::DigestRoot& root : manifest.digests) {
    told.insert(root.key);
    const auto at = counted.all().find(root.key);
    if (sync::root_of(at == counted.all().end() ? sync::Leaves{} : at->second) != root.root) return differs();
  }
  for (const auto& [counted_key, leaves] : counted.all())
    if (!told.contains(counted_key)) return differs();
  return {};
}

Result<void> Replica::Builder::Impl::discard() {
  store.reset();
  return options.remove(next_path(options));
}

}  // namespace holdline::agent
