#include "agent/view/overlay_index.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "agent/replica/layout.hpp"

namespace holdline::agent {

namespace {

// More than this nobody reads, and looking at each costs a read of the replica.
constexpr std::size_t max_candidates = 1'000;
constexpr std::size_t tidy_above = 1'000;

bool before(const OverlayPosting& a, const OverlayPosting& b) { return std::tie(a.by, a.key) < std::tie(b.by, b.key); }

void make_unique(std::vector<sync::RecordKey>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

void OverlayIndex::add(std::vector<OverlayPosting> postings) {
  if (postings.empty()) return;
  size_ += postings.size();
  std::stable_sort(postings.begin(), postings.end(), before);
  while (!runs_.empty() && runs_.back()->size() < 2 * postings.size()) {
    Run merged;
    merged.reserve(runs_.back()->size() + postings.size());
    std::merge(runs_.back()->begin(), runs_.back()->end(), std::make_move_iterator(postings.begin()),
               std::make_move_iterator(postings.end()), std::back_inserter(merged), before);
    postings = std::move(merged);
    runs_.pop_back();
  }
  runs_.push_back(std::make_shared<const Run>(std::move(postings)));
}

void OverlayIndex::retire(std::size_t count, const std::function<bool(const sync::ActionRef&)>& is_live) {
  retired_ += count;
  if (retired_ < size_ && (retired_ < tidy_above || retired_ < size_ / 2)) return;
  Run live;
  if (retired_ < size_) {
    for (const auto& run : runs_)
      std::copy_if(run->begin(), run->end(), std::back_inserter(live), [&](const auto& p) { return is_live(p.ref); });
  }
  runs_.clear();
  size_ = retired_ = 0;
  add(std::move(live));
}

// Until `visit` answers false.
template <class Visit>
void OverlayIndex::each(FoundBy by, std::string_view prefix, const Visit& visit) const {
  for (const auto& run : runs_) {
    auto at = std::lower_bound(run->begin(), run->end(), prefix, [by](const auto& posting, std::string_view wanted) {
      return posting.by != by ? posting.by < by : std::string_view(posting.key) < wanted;
    });
    for (; at != run->end() && at->by == by && at->key.starts_with(prefix); ++at)
      if (!visit(*at)) return;
  }
}

void OverlayIndex::collect(FoundBy by, std::string_view prefix, std::vector<sync::RecordKey>& into) const {
  each(by, prefix, [&](const OverlayPosting& posting) {
    into.push_back(posting.record);
    return into.size() < max_candidates;
  });
}

// A created record has all its words here, so it must be found by each of them. An edited one may have the others in
// the replica: one is enough.
void OverlayIndex::collect_names(const std::vector<std::string>& words, std::vector<sync::RecordKey>& into) const {
  const bool only_letters = std::all_of(words.begin(), words.end(), [](const auto& word) { return word.size() < 2; });
  if (words.size() == 1 || only_letters) {
    if (!words.empty()) collect(FoundBy::word, words.front(), into);
    return;
  }
  std::vector<sync::RecordKey> created;
  bool first = true;
  for (const std::string& word : words) {
    // One letter among longer words is left to those: it would find nearly everything.
    if (word.size() < 2) continue;
    std::vector<sync::RecordKey> here;
    each(FoundBy::word, word, [&](const OverlayPosting& posting) {
      (posting.creates ? here : into).push_back(posting.record);
      return true;
    });
    make_unique(here);
    std::vector<sync::RecordKey> both;
    std::set_intersection(created.begin(), created.end(), here.begin(), here.end(), std::back_inserter(both));
    created = first ? std::move(here) : std::move(both);
    first = false;
  }
  into.insert(into.end(), created.begin(), created.end());
}

std::vector<sync::RecordKey> OverlayIndex::under(const sync::Id& parent) const {
  return all(FoundBy::parent, parent.view());
}

std::vector<sync::RecordKey> OverlayIndex::about(const sync::Id& root) const {
  return all(FoundBy::about, about_key(root));
}

std::vector<sync::RecordKey> OverlayIndex::all(FoundBy by, std::string_view key) const {
  std::vector<sync::RecordKey> keys;
  each(by, key, [&](const OverlayPosting& posting) {
    keys.push_back(posting.record);
    return true;
  });
  make_unique(keys);
  return keys;
}

std::vector<sync::RecordKey> OverlayIndex::candidates(const SearchQuery& query) const {
  std::vector<sync::RecordKey> keys;
  if (!query.reference.empty()) collect(FoundBy::reference, query.reference, keys);
  if (!query.phone.empty()) collect(FoundBy::phone, query.phone, keys);
  if (!query.phone_start.empty()) collect(FoundBy::phone_start, query.phone_start, keys);
  for (const PhoneQuery& phone : query.phones) {
    if (!phone.end.empty()) collect(FoundBy::phone, phone.end, keys);
    if (!phone.start.empty()) collect(FoundBy::phone_start, phone.start, keys);
  }
  for (const SearchQuery::Words& words : query.names()) collect_names(words, keys);
  make_unique(keys);
  return keys;
}

}  // namespace holdline::agent
