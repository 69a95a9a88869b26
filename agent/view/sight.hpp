// What of the workstation's data a person is shown: the one place where scope, role and class of field are applied to
// what is read. Whatever answers a person reads through it, so that hits, lists, counts and exports agree.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "agent/view/view.hpp"
#include "sync/action/rights.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

// The action as the person may see it, without the values of fields that they may not; nothing when one of its records
// is not theirs to see. What an agent saved stays visible to that agent whatever was taken away since.
std::optional<sync::Action> permitted(const sync::Schema& schema, const sync::Rights& who, const sync::Id& person,
                                      sync::Action action);
// What the person may take away in an export: their own, for a supervisor all of their scopes.
bool may_export(const sync::Rights& who, const sync::Id& person, const sync::Action& action);

// A View as one person sees it, for one request on the reading thread. A record and its children are shown with all
// that the role sees; lists and hits leave sensitive fields out. What hangs on a record that was merged into another
// one is shown with that one (see sync/action/merged.hpp). Lists, searches and whatever counts by them are without what
// was for practice unless the request asks for it.
class PersonView {
 public:
  PersonView(View& view, sync::Rights who) : view_(view), who_(std::move(who)) {}

  Result<View::RecordResult> find(const sync::RecordKey& key) { return view_.find(key, sight(sync::Reading::one)); }
  Result<bool> knows_deleted(const sync::Collection& collection, sync::FieldIndex field, const std::string& scope,
                             const std::string& value) {
    return view_.knows_deleted(collection, field, scope, value);
  }
  // Of the same number or address of a record and its alias, the record's own.
  Result<View::RecordList> children(const sync::Collection& collection, const sync::Id& parent);
  Result<View::RecordList> about(const sync::Collection& collection, const sync::Id& root, std::size_t limit);
  // What was merged into a record, directly or through others; at most most_aliases.
  Result<std::vector<Shown>> aliases(const sync::RecordKey& survivor);
  Result<View::RecordList> list(const sync::Collection& collection, const sync::Id& before, std::size_t limit) {
    return view_.list(collection, before, limit, sight(sync::Reading::many));
  }
  // As list(), for exports: with sensitive fields where the person asked for them.
  Result<View::RecordList> page(const sync::Collection& collection, const sync::Id& before, std::size_t limit,
                                sync::Reading reading) {
    return view_.list(collection, before, limit, sight(reading));
  }
  Result<View::Hits> search(std::string_view typed, std::size_t limit, std::optional<sync::CollectionNo> only = {},
                            View::Asking asking = {}) {
    return view_.search(typed, limit, only, sight(sync::Reading::many), asking);
  }
  void sort_as_listed(const sync::Collection& collection, std::vector<Shown>& shown) const {
    view_.sort_as_listed(collection, shown);
  }
  const NameNormalizer& normalizer() const { return view_.normalizer(); }
  const sync::Rights& who() const { return who_; }
  // From now on.
  void show_practice(Practice practice) { practice_ = practice; }
  // The same eyes, for what is named and for what has to be accounted for whatever it is.
  PersonView with_practice() const {
    PersonView all = *this;
    all.practice_ = Practice::with;
    return all;
  }

 private:
  static constexpr std::size_t most_aliases = 32;

  Sight sight(sync::Reading reading) const { return {&who_, reading, practice_}; }

  View& view_;
  sync::Rights who_;
  Practice practice_ = Practice::without;
};

// Calls `take` with the records of a collection as list() (Reading::many) or page() answers them, newest first, in
// portions, until `take` answers false. False: there are more than `most`, which were not looked at.
template <class Take>
Result<bool> each_shown(PersonView& view, const sync::Collection& collection, std::size_t most, Take take,
                        sync::Reading reading = sync::Reading::many) {
  constexpr std::size_t portion = 500;
  sync::Id before;
  for (std::size_t seen = 0; seen < most; seen += portion) {
    HOLDLINE_ASSIGN(const auto many, view.page(collection, before, portion, reading));
    for (const Shown& shown : many.shown)
      if (!take(shown)) return true;
    if (many.shown.size() < portion) return true;
    before = many.shown.back().record.key.id;
  }
  return false;
}

// What a person writes down points to what this workstation shows them ("unknown-record"): not to a record of another
// kind, nor to nothing. What was not read, as before the first copy of the data is here, is not judged.
void refuse_unknown_targets(PersonView& view, const sync::Schema& schema, std::span<const sync::Op> ops,
                            std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
