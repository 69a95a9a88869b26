// Another version of the schema for a replica that is there.

#include "agent/replica/files.hpp"
#include "agent/replica/impl.hpp"

namespace holdline::agent {

namespace {

// The copy is begun anew after a crash, so this only bounds what one transaction holds in memory.
constexpr std::size_t rows_per_transaction = 20'000;

// What both versions know of a record.
sync::Record as_of(const sync::Collection& from, const sync::Collection& to, const sync::Record& record) {
  sync::Record changed = record;
  changed.fields.assign(to.fields.size(), sync::Null{});
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const auto at = to.field_by_no(from.fields[i].no);
    if (at && to.fields[*at].type == from.fields[i].type) changed.fields[*at] = record.fields[i];
  }
  return changed;
}

}  // namespace

Result<void> Replica::Impl::change_schema(const sync::Schema& schema) {
  if (schema.hash() == layout->schema().hash()) return {};
  auto next = std::make_unique<const Layout>(schema);
  return next->extends(*layout) ? extend(std::move(next)) : copy(std::move(next));
}

Result<void> Replica::Impl::extend(std::unique_ptr<const Layout> next) {
  StoreMeta meta = store->meta();
  meta.schema = next->schema().hash();
  const StoreMeta before = store->meta();
  auto changed = [&]() -> Result<void> {
    HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(store->database()));
    HOLDLINE_TRY(store->database().exec(next->added_sql(*layout).c_str()));
    HOLDLINE_TRY(store->save_meta(meta));
    return transaction.commit();
  }();
  if (!changed) {
    if (!store->load()) store->go_back_to(before), corrupt = true;
    return changed;
  }
  store->use(*next);
  layout = std::move(next);
  return {};
}

Result<void> Replica::Impl::copy(std::unique_ptr<const Layout> next) {
  StoreMeta meta = store->meta();
  meta.schema = next->schema().hash();
  meta.state = StoreState::loading;
  meta.manifest = {};
  HOLDLINE_ASSIGN(auto built, ReplicaStore::create(next_store(options, platform::Durability::normal), key, *next,
                                                   *normalizer, meta));
  auto copied = copy_rows(*built, *next);
  if (!copied && is_about_the_file(copied.error())) {
    // Without a place it is fetched again.
    meta.position = {};
    HOLDLINE_ASSIGN(
        built, ReplicaStore::create(next_store(options, platform::Durability::normal), key, *next, *normalizer, meta));
    copied = Result<void>();
  }
  HOLDLINE_TRY(std::move(copied));
  HOLDLINE_TRY(built->database().exec(next->indexes_sql().c_str()));
  meta.state = StoreState::usable;
  HOLDLINE_TRY(built->save_meta(meta));
  HOLDLINE_TRY(built->database().checkpoint_truncate());
  return take_place(std::move(built), std::move(next));
}

Result<void> Replica::Impl::copy_rows(ReplicaStore& into, const Layout& next) {
  std::optional<platform::Transaction> transaction;
  std::size_t rows = 0;
  const auto commit = [&]() -> Result<void> {
    if (!transaction) return {};
    HOLDLINE_TRY(into.save_digests());
    auto done = transaction->commit();
    transaction.reset();
    return done;
  };
  for (const Shape& was : layout->shapes()) {
    const Shape* now = next.shape(was.collection->no);
    if (now == nullptr) continue;
    const auto put = [&](StoredRow&& row) -> Result<void> {
      if (rows++ % rows_per_transaction == 0) {
        HOLDLINE_TRY(commit());
        HOLDLINE_ASSIGN(auto begun, platform::Transaction::begin(into.database()));
        transaction.emplace(std::move(begun));
      }
      return into.put(*now, nullptr, as_of(*was.collection, *now->collection, row.record), row.cn);
    };
    HOLDLINE_TRY(store->each(was, put));
  }
  return commit();
}

// The program ended between keeping which schema holds and changing this file, or was put back from a backup.
Result<void> Replica::Impl::take_over() {
  HOLDLINE_ASSIGN(const sync::Hash hash, ReplicaStore::schema_of(current_store(options), key));
  auto known = options.schema_of ? options.schema_of(hash) : std::nullopt;
  if (!known)
    return fail(ErrorKind::start_over, "replica-outdated", "The local copy is of a schema that is not known here.");
  const sync::Schema& wanted = layout->schema();
  layout = std::make_unique<const Layout>(*known);
  auto done = open_current();
  if (done) done = change_schema(wanted);
  if (!done) {
    store.reset();
    layout = std::make_unique<const Layout>(wanted);
  }
  return done;
}

}  // namespace holdline::agent
