#include "hub/ledger/feed_news.hpp"

#include <algorithm>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

void FeedNews::note(const ChangeSet& changes) {
  const platform::MutexLock lock(mutex_);
  ++commits_;
  const std::string* last = nullptr;  // most commits are about one scope
  for (const RecordWrite& write : changes.records) {
    if (!write.fed) continue;
    const std::string& scope = write.next.record.scope;
    if (write.before && write.before->scope != scope) touch(write.before->scope);
    if (last == nullptr || *last != scope) touch(scope);
    last = &scope;
  }
  for (const KeptResult& result : changes.results) devices_[result.device] = commits_;
}

void FeedNews::note_for_all() {
  const platform::MutexLock lock(mutex_);
  for_all_ = ++commits_;
}

News FeedNews::of(const sync::Id& device, const std::vector<std::string>& scopes) const {
  const platform::MutexLock lock(mutex_);
  News news{for_all_, 0};
  for (const std::string& scope : scopes)
    if (const auto found = scopes_.find(scope); found != scopes_.end()) news.rows = std::max(news.rows, found->second);
  if (const auto found = devices_.find(device); found != devices_.end()) news.results = found->second;
  return news;
}

}  // namespace holdline::hub
