#include <algorithm>
#include <set>
#include <utility>

#include "agent/view/view.hpp"
#include "sync/action/merged.hpp"

namespace holdline::agent {

namespace {

// Of each word that was typed; of each of two.
constexpr std::size_t most_guesses = 8, most_guesses_of_two = 5;
// Of those with the name that was typed beside a town, when nobody has all of it in the name.
constexpr std::size_t most_beside = 2'048;

}  // namespace

// One search: hits so far, one per root.
struct View::Search {
  View& view;
  const OverlaySnapshot& snapshot;
  SearchQuery query;
  std::optional<sync::CollectionNo> only;
  Sight sight;
  std::size_t wanted;  // one more than asked for, to know whether there is more
  const sync::Filter* filter = nullptr;
  SearchQuery::Words name{}, town{};  // what whoever is found has to have as well (SearchReading)
  std::size_t most_candidates = View::most_candidates;
  std::vector<Hit> hits{};
  std::set<sync::RecordKey> roots{};

  const Layout& layout() const { return view.reader_->layout(); }
  bool enough() const { return hits.size() >= wanted; }
  std::optional<Match> matches(const std::optional<Shown>& shown) const;
  sync::RecordKey root_of(const Shown& shown) const;
  // What `query` finds, here and in the replica. True: there is more than was looked at.
  Result<bool> run(AsOf& as_of);
  // As run(), with what else may be meant by these words, until somebody is found.
  Result<bool> read_otherwise(const SearchQuery::Words& words, AsOf& as_of);
  bool has_all(const sync::Record& root) const;
  // The same words with one letter of one of them as it may have been meant; of two of them at once.
  Result<SearchQuery> misspelt(const SearchQuery::Words& words, bool two) const;
  Result<void> take(std::optional<Shown> root, const sync::RecordKey& matched, Match why);
  // Whom a hit on a merged record is about; the record itself while that one is not here.
  Result<std::optional<Shown>> survivor(std::optional<Shown> root);
  Result<void> take_pending(std::span<const sync::RecordKey> keys, AsOf& at);
  Result<void> take_candidate(ReplicaReader::Candidate candidate, sync::ChangeNumber cursor);
};

std::optional<Match> View::Search::matches(const std::optional<Shown>& shown) const {
  if (!is_live(shown)) return std::nullopt;
  const Shape* shape = layout().shape(shown->record.key.collection);
  return shape == nullptr ? std::nullopt : match(*shape, view.reader_->normalizer(), query, shown->record);
}

sync::RecordKey View::Search::root_of(const Shown& shown) const {
  const Shape* shape = layout().shape(shown.record.key.collection);
  const auto parent = shape->parent_of(shown.record);
  if (!parent) return shown.record.key;
  return {shape->collection->fields[*shape->collection->parent].target, *parent};
}

Result<std::optional<Shown>> View::Search::survivor(std::optional<Shown> root) {
  const sync::Collection& collection = *layout().schema().collection(root->record.key.collection);
  if (!sync::merged_into(collection, root->record)) return root;
  AsOf at;
  std::optional<Shown> found;
  const auto find = [&](const sync::RecordKey& key) -> Result<const sync::Record*> {
    HOLDLINE_ASSIGN(auto all, view.show_all(sight, snapshot, {&key, 1}, at));
    if (!is_live(all.front())) return nullptr;
    found = std::move(all.front());
    return &found->record;
  };
  HOLDLINE_ASSIGN(const sync::RecordKey key, sync::survivor_of(layout().schema(), root->record.key, find));
  return found && found->record.key == key ? std::move(found) : std::move(root);
}

Result<void> View::Search::take(std::optional<Shown> root, const sync::RecordKey& matched, Match why) {
  if (enough() || !is_live(root) || (only && root->record.key.collection != *only)) return {};
  HOLDLINE_ASSIGN(root, survivor(std::move(root)));
  if (!sight.lists(layout().schema(), root)) return {};
  if (filter != nullptr) {
    const sync::Collection& collection = *layout().schema().collection(root->record.key.collection);
    if (!sync::passes(view.reader_->normalizer(), collection, *filter, root->record)) return {};
  }
  if (!has_all(root->record)) return {};
  if (roots.insert(root->record.key).second) hits.push_back({*std::move(root), matched, std::move(why)});
  return {};
}

bool View::Search::has_all(const sync::Record& root) const {
  const Shape* shape = layout().shape(root.key.collection);
  if (shape == nullptr || (name.empty() && town.empty())) return true;
  const NameNormalizer& normalizer = view.reader_->normalizer();
  SearchQuery named;
  named.words = name;
  if (!name.empty() && !match(*shape, normalizer, named, root)) return false;
  const auto city = shape->collection->field("city");
  const auto* text = city ? std::get_if<std::string>(&root.fields[*city]) : nullptr;
  const auto words = text != nullptr ? normalizer.index_words(*text) : SearchQuery::Words{};
  return std::ranges::all_of(town, [&](const std::string& typed) {
    return std::ranges::any_of(words, [&](const std::string& word) { return word.starts_with(typed); });
  });
}

Result<void> View::Search::take_pending(std::span<const sync::RecordKey> keys, AsOf& at) {
  HOLDLINE_ASSIGN(auto shown, view.show_all(sight, snapshot, keys, at));
  for (auto& one : shown) {
    auto why = matches(one);
    if (!why) continue;
    const sync::RecordKey matched = one->record.key;
    const sync::RecordKey root = root_of(*one);
    if (root == matched) {
      HOLDLINE_TRY(take(std::move(one), matched, *std::move(why)));
    } else if (!enough() && !roots.contains(root)) {
      HOLDLINE_ASSIGN(auto found, view.show_all(sight, snapshot, {&root, 1}, at));
      // A child whose root is elsewhere is better than nothing.
      HOLDLINE_TRY(take(found.front() ? std::move(found.front()) : std::move(one), matched, *std::move(why)));
    }
  }
  return {};
}

Result<void> View::Search::take_candidate(ReplicaReader::Candidate candidate, sync::ChangeNumber cursor) {
  const sync::RecordKey matched = candidate.matched.record.key;
  auto shown = view.show(sight, snapshot, matched, &candidate.matched, cursor);
  auto why = matches(shown);  // a pending edit may have changed what the index knows
  if (!why) return {};
  const sync::RecordKey root = root_of(*shown);
  if (root == matched) {
    return take(std::move(shown), matched, *std::move(why));
  }
  ReplicaRow* row = candidate.root && candidate.root->record.key == root ? &*candidate.root : nullptr;
  auto found = view.show(sight, snapshot, root, row, cursor);
  return take(found ? std::move(found) : std::move(shown), matched, *std::move(why));
}

Result<bool> View::Search::run(AsOf& as_of) {
  const auto pending = snapshot.candidates(query);
  for (std::size_t at = 0; at < pending.size() && !enough(); at += portion) {
    const std::size_t count = std::min(portion, pending.size() - at);
    HOLDLINE_TRY(take_pending({pending.data() + at, count}, as_of));
  }
  // Pending edits may take some of the candidates away, and pending hits stand for others; what the person may not see
  // goes as well, and may be most of a common name. So more of them are read until there is enough.
  const std::size_t spare = std::min(snapshot.actions(), max_hits);
  for (std::size_t asked = wanted;;) {
    HOLDLINE_ASSIGN(auto seen, view.reader_->search(query, asked, only));
    as_of = {seen.cursor, seen.as_of_ms};
    for (ReplicaReader::Candidate& candidate : seen.rows)
      HOLDLINE_TRY(take_candidate(std::move(candidate), seen.cursor.cn));
    if (enough() || seen.rows.size() < asked) return false;
    if (asked >= most_candidates) return true;
    asked = std::min(most_candidates, 4 * asked + spare);
  }
}

Result<bool> View::Search::read_otherwise(const SearchQuery::Words& words, AsOf& as_of) {
  const std::size_t most = std::exchange(most_candidates, most_beside);
  bool more = false;
  for (SearchReading& reading : other_readings(words)) {
    query = std::move(reading.query);
    name = std::move(reading.name);
    town = std::move(reading.town);
    HOLDLINE_ASSIGN(more, run(as_of));
    if (!hits.empty()) break;
  }
  name.clear();
  town.clear();
  most_candidates = most;
  return more && !hits.empty();
}

Result<SearchQuery> View::Search::misspelt(const SearchQuery::Words& words, bool two) const {
  SearchQuery guesses;
  guesses.near = true;
  std::vector<SearchQuery::Words> known;
  for (const std::string& word : words) {
    HOLDLINE_ASSIGN(auto near, view.reader_->known_near(word, two ? most_guesses_of_two : most_guesses));
    known.push_back(std::move(near));
  }
  for (std::size_t i = 0; i < words.size(); ++i)
    for (const std::string& word : known[i]) {
      SearchQuery::Words meant = words;
      meant[i] = word;
      if (!two) guesses.spellings.push_back(meant);
      for (std::size_t other = i + 1; two && other < words.size(); ++other)
        for (const std::string& second : known[other]) {
          guesses.spellings.push_back(meant);
          guesses.spellings.back()[other] = second;
        }
    }
  return guesses;
}

Result<View::Hits> View::search(std::string_view typed, std::size_t limit, std::optional<sync::CollectionNo> only,
                                Sight sight, Asking asking) {
  limit = std::min(limit, max_hits);
  const auto snapshot = snapshots_();
  const std::size_t wanted = (asking.count ? most_counted : limit) + 1;
  Search search{*this,  *snapshot,    parse_query(reader_->normalizer(), typed, asking.region), only, sight,
                wanted, asking.filter};
  Hits answer;
  HOLDLINE_ASSIGN(answer.more, search.run(answer.as_of));
  const SearchQuery::Words words = search.query.words;
  if (!answer.more && search.hits.empty()) {
    HOLDLINE_ASSIGN(answer.more, search.read_otherwise(words, answer.as_of));
  }
  for (const bool two : {false, true}) {
    if (answer.more || search.hits.size() > limit || (two && !search.hits.empty())) break;
    HOLDLINE_ASSIGN(search.query, search.misspelt(words, two));
    if (!search.query.empty()) {
      HOLDLINE_ASSIGN(answer.more, search.run(answer.as_of));
    }
  }
  if (asking.count && !answer.more && search.hits.size() <= most_counted) answer.total = search.hits.size();
  answer.more = answer.more || search.hits.size() > limit;
  answer.hits = std::move(search.hits);
  answer.hits.resize(std::min(answer.hits.size(), limit));
  return answer;
}

}  // namespace holdline::agent
