#include "agent/view/view.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "sync/table/practice.hpp"
#include "sync/text/text.hpp"

namespace holdline::agent {

namespace {

template <class Seen>
AsOf as_of(const Seen& seen) {
  return {seen.cursor, seen.as_of_ms};
}

}  // namespace

View::View(std::unique_ptr<ReplicaReader> reader, Snapshots snapshots)
    : reader_(std::move(reader)), snapshots_(std::move(snapshots)) {}

std::optional<Shown> View::show(const Sight& sight, const OverlaySnapshot& snapshot, const sync::RecordKey& key,
                                ReplicaRow* row, sync::ChangeNumber cursor) const {
  Shown shown;
  std::optional<sync::Record> stood;
  if (row != nullptr) {
    stood = std::move(row->record);
    shown.cn = row->cn;
  }
  auto folded = snapshot.fold(reader_->layout().schema(), key, std::move(stood), cursor);
  if (!folded) return std::nullopt;
  shown.record = *std::move(folded);
  for (const auto& op : snapshot.ops(key)) {
    if (op->refused && (shown.attention.empty() || shown.attention.back() != op->ref))
      shown.attention.push_back(op->ref);
    if (!op->shows_at(cursor)) continue;
    if (shown.pending.empty() || shown.pending.back() != op->ref) shown.pending.push_back(op->ref);
    for (const sync::FieldChange& change : op->op.changes) shown.own |= sync::FieldMask{1} << change.field;
  }
  return sight.permitted(reader_->layout().schema(), std::move(shown));
}

// In the order of `keys`; nullopt where there is nothing.
Result<std::vector<std::optional<Shown>>> View::show_all(const Sight& sight, const OverlaySnapshot& snapshot,
                                                         std::span<const sync::RecordKey> keys, AsOf& at) {
  HOLDLINE_ASSIGN(auto seen, reader_->find(keys));
  at = as_of(seen);
  std::vector<std::optional<Shown>> all;
  all.reserve(keys.size());
  auto row = seen.rows.begin();
  for (const sync::RecordKey& key : keys) {
    const bool stands = row != seen.rows.end() && row->record.key == key;
    all.push_back(show(sight, snapshot, key, stands ? &*row : nullptr, seen.cursor.cn));
    if (stands) ++row;
  }
  return all;
}

Result<View::RecordResult> View::find(const sync::RecordKey& key, Sight sight) {
  const auto snapshot = snapshots_();
  RecordResult one;
  HOLDLINE_ASSIGN(auto shown, show_all(sight, *snapshot, {&key, 1}, one.as_of));
  one.shown = std::move(shown.front());
  return one;
}

Result<bool> View::knows_deleted(const sync::Collection& collection, sync::FieldIndex field, const std::string& scope,
                                 const std::string& value) {
  HOLDLINE_ASSIGN(const bool known, reader_->knows_deleted(collection, scope, value));
  if (known) return true;
  SearchQuery query;
  query.reference = fold_reference(value);
  if (query.reference.empty()) return false;
  const auto snapshot = snapshots_();
  HOLDLINE_ASSIGN(auto seen, reader_->search(query, max_hits, collection.no));
  for (ReplicaReader::Candidate& candidate : seen.rows) {
    const sync::Record& record = candidate.matched.record;
    const auto* text = std::get_if<std::string>(&record.fields[field]);
    if (!text || record.scope != scope || sync::fold_key(*text) != sync::fold_key(value)) continue;
    const sync::RecordKey key = record.key;
    const auto shown = show({}, *snapshot, key, &candidate.matched, seen.cursor.cn);
    if (shown && shown->record.deleted) return true;
  }
  return false;
}

Result<View::RecordList> View::children(const sync::Collection& collection, const sync::Id& parent, Sight sight) {
  const auto snapshot = snapshots_();
  const Shape* shape = reader_->layout().shape(collection.no);
  HOLDLINE_ASSIGN(auto seen, reader_->children(collection, parent));
  RecordList many{{}, as_of(seen)};
  std::set<sync::RecordKey> taken;
  const auto take = [&](std::optional<Shown> shown) {
    if (is_live(shown) && shape->parent_of(shown->record) == parent) many.shown.push_back(*std::move(shown));
  };
  for (ReplicaRow& row : seen.rows) {
    const sync::RecordKey key = row.record.key;
    taken.insert(key);
    take(show(sight, *snapshot, key, &row, seen.cursor.cn));
  }
  auto pending = snapshot->under(collection.no, parent);
  std::erase_if(pending, [&](const sync::RecordKey& key) { return taken.contains(key); });
  if (pending.empty()) return many;
  AsOf later;
  HOLDLINE_ASSIGN(auto shown, show_all(sight, *snapshot, pending, later));
  for (auto& one : shown) take(std::move(one));
  return many;
}

Result<View::RecordList> View::about(const sync::Collection& collection, const sync::Id& root, std::size_t limit,
                                     Sight sight) {
  const auto snapshot = snapshots_();
  const Shape* shape = reader_->layout().shape(collection.no);
  // What the person may not see, and what pending changes take away, stands for nothing: more is read until there is
  // enough.
  for (std::size_t asked = limit + std::min(snapshot->actions(), max_hits);; asked *= 4) {
    HOLDLINE_ASSIGN(auto seen, reader_->about(collection, root, asked));
    const bool all = seen.rows.size() < asked || asked >= most_candidates;
    RecordList many{{}, as_of(seen)};
    std::set<sync::RecordKey> taken;
    const auto take = [&](std::optional<Shown> shown) {
      if (sight.lists(schema(), shown) && shape->is_about(shown->record, root)) many.shown.push_back(*std::move(shown));
    };
    for (ReplicaRow& row : seen.rows) {
      const sync::RecordKey key = row.record.key;
      taken.insert(key);
      take(show(sight, *snapshot, key, &row, seen.cursor.cn));
    }
    if (many.shown.size() < limit && !all) continue;
    auto pending = snapshot->about(collection.no, root);
    std::erase_if(pending, [&](const sync::RecordKey& key) { return taken.contains(key); });
    AsOf later;
    HOLDLINE_ASSIGN(auto shown, show_all(sight, *snapshot, pending, later));
    for (auto& one : shown) take(std::move(one));
    sort_as_listed(collection, many.shown);
    many.shown.resize(std::min(limit, many.shown.size()));
    return many;
  }
}

void View::sort_as_listed(const sync::Collection& collection, std::vector<Shown>& shown) const {
  const Shape* shape = reader_->layout().shape(collection.no);
  std::ranges::sort(shown, std::greater{},
                    [&](const Shown& one) { return std::pair(one.cn == 0, shape->place_of(one.record)); });
}

bool View::lists(const Sight& sight, const OverlaySnapshot& snapshot, const std::optional<Shown>& shown) {
  if (!is_live(shown)) return false;
  const sync::Collection& collection = *schema().collection(shown->record.key.collection);
  if (sight.practice == Practice::with || collection.built_in || sync::bears_practice_mark(collection))
    return sight.lists(schema(), shown);
  const auto find = [&](const sync::RecordKey& key) -> std::optional<sync::Record> {
    AsOf at;
    auto found = show_all({}, snapshot, {&key, 1}, at);
    if (!found || !found->front()) return std::nullopt;
    return std::move(found->front()->record);
  };
  return sync::is_of_practice(schema(), shown->record, find) == (sight.practice == Practice::only);
}

// What is not at the hub yet, the last saved first.
Result<void> View::list_own(const sync::Collection& collection, const OverlaySnapshot& snapshot, sync::Id before,
                            std::size_t limit, const Sight& sight, RecordList& many) {
  while (many.shown.size() < limit) {
    const auto ids = snapshot.created(collection.no, before, portion);
    std::vector<sync::RecordKey> keys;
    for (const sync::Id& id : ids) keys.push_back({collection.no, id});
    if (keys.empty()) return {};
    HOLDLINE_ASSIGN(auto all, show_all(sight, snapshot, keys, many.as_of));
    for (auto& one : all)
      if (lists(sight, snapshot, one) && one->cn == 0 && many.shown.size() < limit)
        many.shown.push_back(*std::move(one));
    before = ids.back();
  }
  return {};
}

Result<View::RecordList> View::list(const sync::Collection& collection, const sync::Id& before, std::size_t limit,
                                    Sight sight) {
  const auto snapshot = snapshots_();
  const Shape* shape = reader_->layout().shape(collection.no);
  const sync::RecordKey last{collection.no, before};
  std::optional<ListPlace> after;
  RecordList many;
  if (!before.is_nil()) {
    HOLDLINE_ASSIGN(const auto seen, reader_->find({&last, 1}));
    if (!seen.rows.empty())
      after = shape->place_of(seen.rows.front().record);
    else if (!snapshot->creates(last))
      after = shape->place_of(before);
  }
  if (!after) HOLDLINE_TRY(list_own(collection, *snapshot, before, limit, sight, many));
  std::set<sync::Id> taken;  // between the two reads the hub may have taken some
  for (const Shown& shown : many.shown) taken.insert(shown.record.key.id);
  // What was practised is among the newest, and few: nobody is kept waiting for a walk through everything else.
  for (std::size_t looked_at = 0; many.shown.size() < limit; looked_at += limit) {
    if (sight.practice == Practice::only && looked_at >= most_candidates) break;
    HOLDLINE_ASSIGN(auto seen, reader_->list(collection, after, limit));
    many.as_of = as_of(seen);
    for (ReplicaRow& row : seen.rows) {
      const sync::RecordKey key = row.record.key;
      after = shape->place_of(row.record);
      if (many.shown.size() == limit || taken.contains(key.id)) continue;
      auto shown = show(sight, *snapshot, key, &row, seen.cursor.cn);
      if (lists(sight, *snapshot, shown)) many.shown.push_back(*std::move(shown));
    }
    if (seen.rows.size() < limit) break;
  }
  return many;
}

}  // namespace holdline::agent
