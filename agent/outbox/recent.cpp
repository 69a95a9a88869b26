#include "agent/outbox/recent.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "agent/outbox/impl.hpp"

namespace holdline::agent {

std::optional<RecentActions::Listed> RecentActions::list(const std::optional<sync::ActionRef>& before) const {
  const platform::MutexLock lock(mutex_);
  auto first = items_.begin();
  if (before) first = std::ranges::find(items_, *before, &Item::ref);
  if (!known_ || (before && first == items_.end())) return std::nullopt;
  return Listed{{before ? std::next(first) : first, items_.end()}, all_};
}

std::optional<RecentActions::Item> RecentActions::find(sync::ActionRef ref) const {
  const platform::MutexLock lock(mutex_);
  const auto found = std::ranges::find(items_, ref, &Item::ref);
  if (found != items_.end()) return *found;
  const auto refused = std::ranges::find(attention_, ref, &Item::ref);
  return refused == attention_.end() ? std::nullopt : std::optional(*refused);
}

std::optional<std::vector<RecentActions::Item>> RecentActions::needing_attention() const {
  const platform::MutexLock lock(mutex_);
  return known_ ? std::optional(attention_) : std::nullopt;
}

void RecentActions::begin(Listed listed) {
  const platform::MutexLock lock(mutex_);
  items_.assign(std::make_move_iterator(listed.items.begin()), std::make_move_iterator(listed.items.end()));
  attention_.clear();
  all_ = listed.all;
  known_ = true;
}

void RecentActions::add(Item item) {
  const platform::MutexLock lock(mutex_);
  items_.push_front(std::move(item));
  if (items_.size() <= limit) return;
  items_.pop_back();
  all_ = false;
}

template <class Change>
void RecentActions::change(sync::ActionRef ref, const Change& to) {
  const platform::MutexLock lock(mutex_);
  for (Item& item : items_)
    if (item.ref == ref) to(item);
  for (Item& item : attention_)
    if (item.ref == ref) to(item);
}

void RecentActions::settle(const sync::ActionResult& result) {
  change({result.lane, result.number}, [&](Item& item) { item.result = result; });
}

void RecentActions::decide(sync::ActionRef on, sync::ActionRef by) {
  change(on, [&](Item& item) { item.decided_by = by; });
}

void RecentActions::attend(std::vector<Item> oldest_first) {
  const platform::MutexLock lock(mutex_);
  attention_ = std::move(oldest_first);
}

const RecentActions& Outbox::recent() const { return impl_->recent; }

Result<std::optional<RecentActions::Item>> Outbox::listed(const sync::Schema& schema, sync::ActionRef ref) {
  HOLDLINE_ASSIGN(auto found, find(schema, ref));
  if (!found) return std::optional<RecentActions::Item>();
  return std::optional(RecentActions::Item{ref, std::make_shared<const sync::Action>(std::move(found->action)),
                                           result_of(ref), decided_by(ref)});
}

void Outbox::schema_changed() { impl_->recent_known = impl_->attention_known = false; }

Result<void> Outbox::derive_recent(const sync::Schema& schema) {
  Impl& impl = *impl_;
  std::map<sync::ActionRef, RecentActions::Item> known;
  const auto read = [&](const std::vector<sync::ActionRef>& refs) {
    std::vector<RecentActions::Item> items;
    for (const sync::ActionRef& ref : refs) {
      if (const auto there = known.find(ref); there != known.end())
        items.push_back(there->second);
      else if (auto item = listed(schema, ref); item && *item)
        items.push_back(**std::move(item));
    }
    return items;
  };
  if (!impl.recent_known) {
    HOLDLINE_ASSIGN(const auto refs, list(RecentActions::limit));
    impl.recent.begin({read(refs), refs.size() < RecentActions::limit});
    // What is out of reach of the scan is looked for in the file each time.
    auto unsettled = read_unsettled(schema);
    if (unsettled && !impl.state.damage)
      impl.unsettled.begin(*std::move(unsettled));
    else
      impl.unsettled.forget();
    impl.recent_known = true;
  }
  if (impl.attention_known) return {};
  // A hub may refuse thousands, and tell it in many answers: each is read once.
  for (RecentActions::Item& item : impl.recent.needing_attention().value_or(std::vector<RecentActions::Item>{}))
    known.emplace(item.ref, std::move(item));
  impl.recent.attend(read(needing_attention()));
  impl.attention_known = true;
  return {};
}

void Outbox::Impl::show_saved(const Saved& saved, std::shared_ptr<const sync::Action> action, Unsettled::Item item) {
  if (action->header.decision) {
    for (const sync::ActionRef& on : action->header.decision->on) recent.decide(on, saved.ref);
    attention_known = false;
  }
  if (!recent_known) return;
  recent.add({saved.ref, std::move(action)});
  unsettled.add(std::move(item));
}

void Outbox::Impl::show_result(const sync::ActionResult& result) {
  recent.settle(result);
  unsettled.settle({result.lane, result.number}, settlement_of(result.verdict) == Settlement::settled);
  attention_known = false;
}

}  // namespace holdline::agent
