#include "agent/view/overlay.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace holdline::agent {

namespace {

// Actions of several lanes meet on one record; the hybrid time is the order in which one workstation made them.
using SavedAt = std::tuple<sync::HybridTime, sync::ActionRef, std::uint32_t>;
SavedAt saved_at(const OverlayOp& op) { return {op.header.hybrid, op.ref, op.index}; }
bool made_before(const OverlayOp& a, const OverlayOp& b) { return saved_at(a) < saved_at(b); }

FoundBy found_by(LookupKind kind) {
  switch (kind) {
    case LookupKind::phone:
      return FoundBy::phone;
    case LookupKind::phone_start:
      return FoundBy::phone_start;
    case LookupKind::about:
      return FoundBy::about;
    case LookupKind::reference:
    case LookupKind::deleted:
      break;
  }
  return FoundBy::reference;
}

// When this workstation created the record; nullopt: no pending op creates it.
std::optional<SavedAt> created_at(const OverlayOps& ops) {
  for (const auto& op : ops)
    if (op->op.kind == sync::OpKind::create) return saved_at(*op);
  return std::nullopt;
}

}  // namespace

std::size_t OverlaySnapshot::hash_of(const sync::RecordKey& key) {
  return std::hash<sync::Id>()(key.id) ^ key.collection;
}

const OverlaySnapshot::Entry* OverlaySnapshot::entry(const sync::RecordKey& key) const {
  for (const auto& candidate : entries_.at(hash_of(key)))
    if (candidate->key == key) return candidate.get();
  return nullptr;
}

std::optional<sync::Record> OverlaySnapshot::fold(const sync::Schema& schema, const sync::RecordKey& key,
                                                  std::optional<sync::Record> stood, sync::ChangeNumber cursor) const {
  const sync::Collection* collection = schema.collection(key.collection);
  if (collection == nullptr) return stood;
  for (const auto& pending : ops(key)) {
    if (!pending->shows_at(cursor)) continue;
    if (!stood) {
      // An edit of a record that is not here (any more) has nothing to stand on.
      if (pending->op.kind != sync::OpKind::create) continue;
      stood.emplace();
      stood->key = key;
      stood->fields.resize(collection->fields.size());
    }
    // While a workstation goes back to an older schema, a later one's fields have no place.
    if (std::ranges::any_of(pending->op.changes,
                            [&](const sync::FieldChange& change) { return change.field >= stood->fields.size(); }))
      continue;
    sync::overlay(*collection, pending->origin, pending->index, pending->op, *stood);
  }
  return stood;
}

bool OverlaySnapshot::touches(const sync::RecordKey& key) const { return entry(key) != nullptr; }

const OverlayOps& OverlaySnapshot::ops(const sync::RecordKey& key) const {
  static const OverlayOps none;
  const Entry* found = entry(key);
  return found == nullptr ? none : found->ops;
}

std::vector<sync::Id> OverlaySnapshot::created(sync::CollectionNo collection, const sync::Id& before,
                                               std::size_t limit) const {
  using Place = std::pair<SavedAt, sync::Id>;
  const auto bound = created_at(ops({collection, before}));
  std::vector<Place> all;
  entries_.each([&](const Entry& entry) {
    if (entry.key.collection != collection) return;
    const auto at = created_at(entry.ops);
    if (at && (!bound || *at < *bound)) all.emplace_back(*at, entry.key.id);
  });
  const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()));
  std::partial_sort(all.begin(), last, all.end(), std::greater<>());
  std::vector<sync::Id> ids;
  std::transform(all.begin(), last, std::back_inserter(ids), [](const Place& place) { return place.second; });
  return ids;
}

bool OverlaySnapshot::creates(const sync::RecordKey& key) const { return created_at(ops(key)).has_value(); }

std::vector<sync::RecordKey> OverlaySnapshot::touched(sync::CollectionNo collection,
                                                      std::vector<sync::RecordKey> keys) const {
  std::erase_if(keys, [&](const sync::RecordKey& key) { return key.collection != collection || !touches(key); });
  return keys;
}

std::vector<sync::RecordKey> OverlaySnapshot::under(sync::CollectionNo collection, const sync::Id& parent) const {
  return touched(collection, index_.under(parent));
}

std::vector<sync::RecordKey> OverlaySnapshot::about(sync::CollectionNo collection, const sync::Id& root) const {
  return touched(collection, index_.about(root));
}

std::vector<sync::RecordKey> OverlaySnapshot::candidates(const SearchQuery& query) const {
  auto keys = index_.candidates(query);
  std::erase_if(keys, [&](const sync::RecordKey& key) { return !touches(key); });
  return keys;
}

Overlay::Overlay(const sync::Schema& schema) : layout_(schema), published_(std::make_shared<const OverlaySnapshot>()) {}

void Overlay::change_schema(const sync::Schema& schema) {
  const platform::MutexLock lock(mutex_);
  layout_ = Layout(schema);
}

std::shared_ptr<const OverlaySnapshot> Overlay::snapshot() const { return published_.load(); }

void Overlay::publish() {
  draft_.actions_ = actions_.size();
  published_.store(std::make_shared<const OverlaySnapshot>(draft_));
}

void Overlay::add(const sync::Maker& maker, const PendingAction& pending) {
  const platform::MutexLock lock(mutex_);
  std::vector<OverlayPosting> postings;
  take(maker, pending, postings);
  draft_.index_.add(std::move(postings));
  publish();
}

void Overlay::take(const sync::Maker& maker, const PendingAction& pending, std::vector<OverlayPosting>& postings) {
  const sync::ActionHeader& header = pending.action.header;
  const auto [at, is_new] = actions_.try_emplace({header.lane, header.number});
  if (!is_new) return;
  incarnation_ = maker.incarnation;
  const sync::Origin origin = sync::origin_of(maker, pending.action);
  const std::size_t before = postings.size();
  for (std::uint32_t index = 0; index < pending.action.ops.size(); ++index) {
    auto op =
        std::make_shared<const OverlayOp>(OverlayOp{at->first, origin, header, index, pending.action.ops[index], 0});
    at->second.ops.push_back(op);
    put(std::move(op), postings);
  }
  at->second.postings = postings.size() - before;
  if (header.decision)
    for (const sync::ActionRef& ref : header.decision->on)
      if (const auto decided = actions_.find(ref); decided != actions_.end()) drop(decided);
}

void Overlay::settle(std::span<const sync::ActionResult> results) {
  const platform::MutexLock lock(mutex_);
  for (const sync::ActionResult& result : results)
    if (result.incarnation == incarnation_) apply(result);
  publish();
}

void Overlay::apply(const sync::ActionResult& result) {
  const auto at = actions_.find({result.lane, result.number});
  if (at == actions_.end()) return;
  switch (result.verdict) {
    case sync::Verdict::applied:
    case sync::Verdict::merged:
    case sync::Verdict::conflict:
      if (result.at.cn <= cursor_) return drop(at);
      return mark_settled(at->first, at->second, result.at.cn);
    case sync::Verdict::quarantined:
      return mark_refused(at->second);
    case sync::Verdict::discarded:
      return drop(at);
    case sync::Verdict::waiting:
      return;
  }
}

void Overlay::mark_settled(const sync::ActionRef& ref, Known& known, sync::ChangeNumber settled_at) {
  if (known.settled_at == settled_at) return;
  settled_.erase({known.settled_at, ref});
  settled_.insert({settled_at, ref});
  known.settled_at = settled_at;
  mark(known, [&](OverlayOp& op) {
    op.settled_at = settled_at;
    op.refused = false;
  });
}

void Overlay::mark_refused(Known& known) {
  mark(known, [](OverlayOp& op) { op.refused = true; });
}

// Ops are shared with snapshots: changed ones take the place of those that were there.
template <class Mark>
void Overlay::mark(Known& known, const Mark& change) {
  for (auto& op : known.ops) {
    auto marked = std::make_shared<OverlayOp>(*op);
    change(*marked);
    edit(op->op.record,
         [&](OverlayOps& ops) { std::replace(ops.begin(), ops.end(), op, std::shared_ptr<const OverlayOp>(marked)); });
    op = std::move(marked);
  }
}

void Overlay::drop(std::map<sync::ActionRef, Known>::iterator at) {
  settled_.erase({at->second.settled_at, at->first});
  for (const auto& op : at->second.ops) edit(op->op.record, [&](OverlayOps& ops) { std::erase(ops, op); });
  const std::size_t retired = at->second.postings;
  actions_.erase(at);
  const auto alive = [this](const sync::ActionRef& ref) HOLDLINE_REQUIRES(mutex_) { return actions_.contains(ref); };
  draft_.index_.retire(retired, alive);
}

void Overlay::reached(sync::ChangeNumber cursor) {
  const platform::MutexLock lock(mutex_);
  cursor_ = cursor;
  if (settled_.empty() || settled_.begin()->first > cursor) return;
  while (!settled_.empty() && settled_.begin()->first <= cursor) drop(actions_.find(settled_.begin()->second));
  publish();
}

void Overlay::rebuild(const sync::Maker& maker, sync::ChangeNumber cursor, std::span<const PendingAction> pending,
                      const ResultOf& result_of) {
  const platform::MutexLock lock(mutex_);
  actions_.clear();
  settled_.clear();
  draft_ = {};
  incarnation_ = maker.incarnation;
  cursor_ = cursor;
  std::vector<OverlayPosting> postings;
  for (const PendingAction& action : pending) take(maker, action, postings);
  draft_.index_.add(std::move(postings));
  for (const PendingAction& action : pending) {
    const auto result = result_of({action.action.header.lane, action.action.header.number});
    if (result && result->incarnation == incarnation_) apply(*result);
  }
  publish();
}

void Overlay::put(std::shared_ptr<const OverlayOp> op, std::vector<OverlayPosting>& postings) {
  add_postings(*op, postings);
  edit(op->op.record, [&](OverlayOps& ops) {
    const auto place =
        std::upper_bound(ops.begin(), ops.end(), op, [](const auto& a, const auto& b) { return made_before(*a, *b); });
    ops.insert(place, op);
  });
}

// Changes a copy of the ops of one record; without ops there is no entry.
template <class Change>
void Overlay::edit(const sync::RecordKey& key, const Change& change) {
  draft_.entries_.edit(OverlaySnapshot::hash_of(key), [&](auto& bucket) {
    const auto at = std::find_if(bucket.begin(), bucket.end(), [&](const auto& entry) { return entry->key == key; });
    auto entry = std::make_shared<OverlaySnapshot::Entry>();
    entry->key = key;
    if (at != bucket.end()) entry->ops = (*at)->ops;
    change(entry->ops);
    if (at != bucket.end()) bucket.erase(at);
    if (!entry->ops.empty()) bucket.push_back(std::move(entry));
  });
}

void Overlay::add_postings(const OverlayOp& op, std::vector<OverlayPosting>& into) const {
  const Shape* shape = layout_.shape(op.op.record.collection);
  if (shape == nullptr) return;
  sync::Record told;  // what this op alone says
  told.fields.resize(shape->collection->fields.size());
  for (const sync::FieldChange& change : op.op.changes)
    if (change.field < told.fields.size()) told.fields[change.field] = change.value;
  const auto add = [&](FoundBy by, std::string key) {
    into.push_back({by, op.op.kind == sync::OpKind::create, std::move(key), op.op.record, op.ref});
  };
  SearchKeys keys = search_keys(*shape, normalizer_, told);
  for (std::string& word : keys.words) add(FoundBy::word, std::move(word));
  for (LookupKey& lookup : keys.lookups) add(found_by(lookup.kind), std::move(lookup.key));
  if (const auto parent = shape->parent_of(told)) add(FoundBy::parent, std::string(parent->view()));
}

}  // namespace holdline::agent
