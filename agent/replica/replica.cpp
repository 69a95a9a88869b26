#include "agent/replica/replica.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "agent/replica/files.hpp"
#include "agent/replica/impl.hpp"

namespace holdline::agent {

namespace {

tl::unexpected<Error> unknown_schema() {
  return fail(ErrorKind::start_over, "unknown-schema",
              "The hub sent a record that does not fit the schema; fetching the schema again.");
}

StoreMeta empty_meta(const Layout& layout) {
  StoreMeta meta;
  meta.schema = layout.schema().hash();
  return meta;
}

std::string names_of(const std::vector<sync::DigestKey>& keys, const sync::Schema& schema) {
  std::string text;
  for (const sync::DigestKey& key : keys) {
    const auto* collection = schema.collection(key.collection);
    const std::string name = collection == nullptr ? std::to_string(key.collection) : collection->name;
    if (text.find(name) == std::string::npos) text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::vector<sync::DigestKey> differences(const sync::DigestTable& a, const sync::DigestTable& b) {
  std::vector<sync::DigestKey> keys;
  for (const auto& [key, leaves] : a.all()) {
    const auto other = b.all().find(key);
    if (other == b.all().end() || other->second != leaves) keys.push_back(key);
  }
  for (const auto& [key, leaves] : b.all())
    if (!a.all().contains(key)) keys.push_back(key);
  return keys;
}

}  // namespace

bool says_damaged(const Error& error) {
  return error.code == "database-corrupt" || error.code == "wrong-key" || error.code == "malformed-body";
}

bool is_unreadable(const Error& error) { return error.code == "disk-unreadable"; }

bool is_about_the_file(const Error& error) {
  static constexpr std::string_view codes[] = {"database-missing", "database-not-encrypted", "replica-outdated",
                                               "database-error", "constraint"};
  return says_damaged(error) || is_unreadable(error) || std::ranges::find(codes, error.code) != std::end(codes);
}

Result<sync::Record> changed(const Shape& shape, const sync::Record* before, const sync::Change& change) {
  const std::size_t fields = shape.collection->fields.size();
  if (change.record.fields.size() != fields || (fields < 64 && change.mask >> fields != 0)) return unknown_schema();
  sync::Record after = before != nullptr ? *before : sync::Record{};
  after.key = change.record.key;
  after.scope = change.record.scope;
  after.deleted = change.record.deleted;
  after.deletion_asked = change.record.deletion_asked;
  after.fields.resize(fields);
  for (std::size_t i = 0; i < fields; ++i)
    if ((change.mask >> i & 1) != 0) after.fields[i] = change.record.fields[i];
  return after;
}

Replica::Replica(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Replica::~Replica() = default;

Result<std::unique_ptr<Replica>> Replica::open(const ReplicaOptions& options, const platform::SecretKey& key,
                                               const sync::Schema& schema, std::string* rebuilt_because) {
  auto impl = std::make_unique<Impl>(options, key, schema);
  auto opened = impl->open_current();
  // A moment's failure must not cost what there is to look things up in when the hub is away. For good, an empty
  // replica is better than none: nothing could be saved without it.
  if (!opened && is_unreadable(opened.error())) opened = impl->open_current();
  // Where a full disk stands in the way of taking it over, the copy stays: the next start goes on.
  if (!opened && opened.error().code == "replica-outdated")
    if (auto taken = impl->take_over(); taken || !is_about_the_file(taken.error())) opened = std::move(taken);
  if (!opened) {
    if (!is_about_the_file(opened.error())) return fail(std::move(opened));
    if (rebuilt_because != nullptr && opened.error().code != "database-missing")
      *rebuilt_because = opened.error().message;
    HOLDLINE_ASSIGN(impl->store, ReplicaStore::create(current_store(options), impl->key, *impl->layout,
                                                      *impl->normalizer, empty_meta(*impl->layout)));
  }
  return std::unique_ptr<Replica>(new Replica(std::move(impl)));
}

Result<void> Replica::Impl::open_current() {
  HOLDLINE_ASSIGN(auto opened, ReplicaStore::open(current_store(options), key, *layout, *normalizer));
  if (opened->meta().state != StoreState::usable)
    return fail(ErrorKind::start_over, "replica-outdated", "The local copy was never finished.");
  store = std::move(opened);
  return {};
}

ReplicaPosition Replica::position() const { return impl_->store->meta().position; }
const sync::Schema& Replica::schema() const { return impl_->layout->schema(); }
const sync::DigestTable& Replica::digests() const { return impl_->store->digests(); }
void Replica::mark_corrupt() { impl_->corrupt = true; }
bool Replica::is_corrupt() const { return impl_->corrupt; }
std::uint64_t Replica::file_number() const { return impl_->file_number; }
void Replica::release_cache() { impl_->store->database().release_memory(); }

template <class Write>
Result<void> Replica::Impl::in_transaction(const Write& write) {
  const StoreMeta before = store->meta();
  auto result = [&]() -> Result<void> {
    HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(store->database()));
    HOLDLINE_TRY(write());
    HOLDLINE_TRY(store->save_digests());
    return transaction.commit();
  }();
  if (result) return {};
  // What cannot be read may be readable the next time: Engine decides.
  corrupt = corrupt || (is_about_the_file(result.error()) && !is_unreadable(result.error()));
  if (!store->load()) {
    // Neither what was written nor what the file holds is known now; a place further on would leave changes out.
    store->go_back_to(before);
    corrupt = true;
  }
  return result;
}

Result<void> Replica::change_schema(const sync::Schema& schema) { return impl_->change_schema(schema); }

Result<void> Replica::apply(const sync::Cut& cut, std::int64_t hub_wall_ms) {
  Impl& impl = *impl_;
  // What was opened for reading is not locked by whoever reads it either, so nobody is in the way; they reopen.
  if (impl.store->database().is_read_only() && platform::check_writable(replica_path(impl.options))) {
    HOLDLINE_TRY(impl.open_current());
    ++impl.file_number;
  }
  return impl.apply(cut, hub_wall_ms);
}

Result<void> Replica::Impl::apply(const sync::Cut& cut, std::int64_t hub_wall_ms) {
  StoreMeta meta = store->meta();
  if (meta.position.epoch.is_nil() || cut.from != meta.position.cursor.cn || cut.to.cn < cut.from) {
    return fail(ErrorKind::start_over, "cut-gap", "Changes from the hub are missing; fetching them again.");
  }
  return in_transaction([&]() -> Result<void> {
    for (const sync::Change& change : cut.changes) HOLDLINE_TRY(apply(change));
    meta.position.cursor = cut.to;
    meta.position.as_of_ms = hub_wall_ms;
    return store->save_meta(meta);
  });
}

Result<void> Replica::Impl::apply(const sync::Change& change) {
  const Shape* shape = layout->shape(change.record.key.collection);
  if (shape == nullptr) return unknown_schema();
  HOLDLINE_ASSIGN(const auto stood, store->find(*shape, change.record.key.id));
  if (change.leave || change.record.deleted) {
    // A record that moved between two scopes of this workstation is told to the new one and leaves the old one, in
    // either order.
    const bool moved_on =
        change.leave && !change.record.scope.empty() && stood && stood->record.scope != change.record.scope;
    if (stood && !change.leave) HOLDLINE_TRY(store->remember_deleted(*shape, stood->record));
    return stood && !moved_on ? store->remove(*shape, *stood) : Result<void>{};
  }
  HOLDLINE_ASSIGN(const auto after, changed(*shape, stood ? &stood->record : nullptr, change));
  return store->put(*shape, stood ? &*stood : nullptr, after, change.cn);
}

std::vector<sync::DigestKey> Replica::differing(std::span<const sync::DigestRoot> ledger) const {
  std::set<sync::DigestKey> told;
  std::vector<sync::DigestKey> keys;
  for (const sync::DigestRoot& root : ledger) {
    told.insert(root.key);
    if (impl_->store->root(root.key) != root.root) keys.push_back(root.key);
  }
  if (told.empty()) return keys;
  for (const auto& [key, own] : digests().all())
    if (!told.contains(key) && own != sync::Leaves{}) keys.push_back(key);
  return keys;
}

sync::Leaves Replica::leaves(const sync::DigestKey& key) const {
  const auto at = digests().all().find(key);
  return at == digests().all().end() ? sync::Leaves{} : at->second;
}

Result<void> Replica::repair(const sync::DigestKey& key, std::uint8_t leaf, std::span<const sync::Change> rows) {
  return impl_->in_transaction([&] { return impl_->repair(key, leaf, rows); });
}

Result<void> Replica::Impl::repair(const sync::DigestKey& digest, std::uint8_t leaf,
                                   std::span<const sync::Change> rows) {
  const Shape* shape = layout->shape(digest.collection);
  if (shape == nullptr) return unknown_schema();
  std::vector<sync::Id> wanted;
  for (const sync::Change& change : rows) {
    if (change.record.key.collection != digest.collection || change.record.scope != digest.scope ||
        sync::leaf_of(change.record.key.id) != leaf || change.leave)
      return fail(ErrorKind::ask_person, "malformed-repair", "The hub repaired rows that were not asked for.");
    wanted.push_back(change.record.key.id);
    HOLDLINE_ASSIGN(const auto stood, store->find(*shape, change.record.key.id));
    HOLDLINE_ASSIGN(const auto whole, changed(*shape, nullptr, change));
    HOLDLINE_TRY(store->put(*shape, stood ? &*stood : nullptr, whole, change.cn));
  }
  std::sort(wanted.begin(), wanted.end());
  std::vector<StoredRow> kept, surplus;
  HOLDLINE_TRY(store->each(*shape, [&](StoredRow&& row) -> Result<void> {
    if (row.record.scope != digest.scope || sync::leaf_of(row.record.key.id) != leaf) return {};
    const bool is_wanted = std::binary_search(wanted.begin(), wanted.end(), row.record.key.id);
    (is_wanted ? kept : surplus).push_back(std::move(row));
    return {};
  }));
  for (const StoredRow& row : surplus) HOLDLINE_TRY(store->remove(*shape, row));
  // The kept sum itself may be what was wrong, so it is counted anew from these rows, in every group.
  for (std::uint8_t group = 0; group < 8; ++group) {
    sync::Sum sum;
    for (const StoredRow& row : kept) sum += sync::row_digest(*shape->collection, row.record, group);
    store->set_leaf({digest.scope, digest.collection, group}, leaf, sum);
  }
  return {};
}

Result<void> Replica::check_rows() {
  if (auto whole = impl_->store->database().full_check(); !whole) {
    if (!says_damaged(whole.error()) && !is_unreadable(whole.error())) return whole;
    return fail(ErrorKind::ask_person, "replica-damaged", whole.error().message);
  }
  sync::DigestTable counted;
  for (const Shape& shape : impl_->layout->shapes()) {
    auto visited = impl_->store->each(shape, [&](StoredRow&& row) -> Result<void> {
      counted.change(*shape.collection, nullptr, &row.record);
      return {};
    });
    if (!visited && (says_damaged(visited.error()) || is_unreadable(visited.error())))
      return fail(ErrorKind::ask_person, "replica-damaged", visited.error().message);
    HOLDLINE_TRY(std::move(visited));
  }
  const auto differ = differences(counted, digests());
  if (differ.empty()) return {};
  return fail(ErrorKind::ask_person, "replica-damaged",
              "Rows of the local copy are not what was written (" + names_of(differ, schema()) +
                  "). It is fetched again from the hub; unsent entries are not affected. If it happens again, have the "
                  "disk checked.");
}

Result<std::unique_ptr<Replica::Builder>> Replica::build(const sync::Manifest& manifest) {
  HOLDLINE_ASSIGN(auto impl, Builder::Impl::open(impl_->options, impl_->key, schema(), impl_->normalizer, manifest));
  return std::unique_ptr<Builder>(new Builder(std::move(impl)));
}

Result<void> Replica::swap(std::unique_ptr<Builder> built) {
  if (!built || !built->impl_->finished()) throw std::logic_error("swapped in a replica that was not finished");
  return impl_->take_place(std::move(built->impl_->store));
}

Result<void> Replica::Impl::take_place(std::unique_ptr<ReplicaStore> built, std::unique_ptr<const Layout> next) {
  HOLDLINE_TRY(built->remember_deleted_of(*store));
  // The old file's log must be empty before it is unlinked: a crash in between would leave a file without its log.
  // A file that is no good is no reason to keep it, and goes before its log does.
  if (auto emptied = store->database().checkpoint_truncate(); !emptied) {
    if (!is_about_the_file(emptied.error())) return emptied;
    HOLDLINE_TRY(options.remove(replica_path(options)));
  }
  built.reset();
  store.reset();
  ++file_number;
  auto moved = [&]() -> Result<void> {
    // Readers of the old file keep log and index under no name; the new file must not meet them under its own. (When
    // such a reader closes, SQLite sees that its file has moved and leaves the names alone.)
    const std::string path = replica_path(options).string();
    HOLDLINE_TRY(options.remove(path + "-wal"));
    HOLDLINE_TRY(options.remove(path + "-shm"));
    return options.publish(next_path(options), path);
  }();
  if (moved && next) layout = std::move(next);
  auto opened = ReplicaStore::open(current_store(options), key, *layout, *normalizer);
  if (!opened && is_about_the_file(opened.error())) {  // empty, it asks for another bootstrap
    opened = ReplicaStore::create(current_store(options), key, *layout, *normalizer, empty_meta(*layout));
  }
  if (!opened) throw std::runtime_error("no replica can be opened or made: " + opened.error().message);
  store = std::move(*opened);
  if (moved) corrupt = false;  // otherwise it may be the corrupt file
  return moved;
}

}  // namespace holdline::agent
