// Merging one field or merge group of an op: compared by value, decided by its policy, losing values kept.
#include <algorithm>

#include "sync/merge/policy.hpp"
#include "sync/merge/steps.hpp"

namespace holdline::sync {

namespace {

// How the mentioned fields of a unit lie to what stands; the names are those of LAWS.md.
enum class Fit {
  idle,      // base = new: nothing was changed
  equal,     // the new values stand already
  matching,  // what stands is what the change was made from
  conflict,
};

std::optional<Hash> name_of(const std::vector<Value>& values) { return stamp_name({values.begin(), values.end()}); }

class UnitMerge {
 public:
  UnitMerge(const Collection& collection, std::uint8_t number, const Incoming& incoming, MergeOutcome& outcome)
      : collection_(collection),
        number_(number),
        unit_(collection.units[number]),
        in_(incoming),
        outcome_(outcome),
        meta_(outcome.next.meta) {
    for (const FieldChange& change : incoming.op.changes)
      if (collection.unit_of[change.field] == number) changes_.push_back(&change);
  }

  void join() {
    Joined joined;
    joined.unit = number_;
    joined.value.resize(unit_.fields.size());
    for (const FieldChange* change : changes_) {
      joined.told |= bit(change->field);
      joined.value[place(change->field)] = change->value;
    }
    outcome_.joined.push_back(std::move(joined));
  }

  void compare() {
    const Fit fit = this->fit();
    if (fit == Fit::idle) return;
    if (unit_.policy == MergePolicy::latest) return compare_times(fit);
    if (unit_.policy == MergePolicy::strictest) return compare_strictness(fit);
    if (fit == Fit::matching) apply();
    if (fit == Fit::conflict) contend({}, {});
  }

 private:
  bool creates() const { return in_.op.kind == OpKind::create; }
  const Value& standing(FieldIndex field) const { return outcome_.next.record.fields[field]; }
  std::size_t place(FieldIndex field) const {
    return static_cast<std::size_t>(std::find(unit_.fields.begin(), unit_.fields.end(), field) - unit_.fields.begin());
  }

  // A create was made from nothing, whatever its bases say.
  bool made_from(const FieldChange& change, const Value& value) const {
    return creates() ? is_null(value) : base_matches(change.base, value);
  }

  Fit fit() const {
    bool idle = true, equal = true, matching = true;
    for (const FieldChange* change : changes_) {
      const Value& current = standing(change->field);
      const bool same = current == change->value;
      const bool unknown = !creates() && std::holds_alternative<BaseUnknown>(change->base);
      idle = idle && !unknown && made_from(*change, change->value);
      equal = equal && same;
      matching = matching && (made_from(*change, current) || (unknown && same));
    }
    return idle ? Fit::idle : equal ? Fit::equal : matching ? Fit::matching : Fit::conflict;
  }

  std::vector<Value> current() const {
    std::vector<Value> values;
    for (const FieldIndex field : unit_.fields) values.push_back(standing(field));
    return values;
  }

  // The values the unit has if the op wins.
  std::vector<Value> incoming() const {
    std::vector<Value> values = current();
    for (const FieldChange* change : changes_) values[place(change->field)] = change->value;
    return values;
  }

  std::vector<Base> bases() const {
    std::vector<Base> made(unit_.fields.size());
    for (const FieldChange* change : changes_) made[place(change->field)] = creates() ? Base{Value{}} : change->base;
    return made;
  }

  void apply() {
    for (const FieldChange* change : changes_) assign(outcome_, change->field, change->value);
  }

  void lose(LosingState state, bool incoming_lost, std::vector<Value> value, std::vector<Value> winner) {
    outcome_.merged = outcome_.merged || state == LosingState::decided;
    outcome_.losing_values.push_back(
        {number_, state, unit_.policy, std::move(value), std::move(winner), bases(), incoming_lost, false});
  }

  void contend(std::optional<EffectiveTime> current_at, const EffectiveTime& incoming_at) {
    std::vector<Value> here = current(), there = incoming();
    const PolicyDecision verdict = decide({collection_, unit_, here, there, current_at, incoming_at, in_.by_value});
    if (verdict == PolicyDecision::take_incoming) {
      apply();
      lose(LosingState::decided, false, std::move(here), std::move(there));
    } else {
      const LosingState state = verdict == PolicyDecision::ask ? LosingState::open : LosingState::decided;
      lose(state, true, std::move(there), std::move(here));
    }
  }

  void noted(bool changed) { outcome_.stamps_changed = outcome_.stamps_changed || changed; }

  // Policy `latest`. Every value that arrives gets a stamp, whether it wins or not, because a later change of the same
  // author may be made from it.
  void compare_times(Fit fit) {
    const auto time_of = [this](const std::optional<Hash>& name) {
      return name ? stamp_of(meta_, number_, *name) : std::nullopt;
    };
    const std::optional<EffectiveTime> current_at = time_of(name_of(current()));
    const std::optional<EffectiveTime> base_at = fit == Fit::matching ? current_at : time_of(stamp_name(bases()));
    EffectiveTime at{in_.corrected_ms, in_.maker.device};
    if (base_at) at.ms = std::max(at.ms, base_at->ms + 1);
    const std::optional<Hash> name = name_of(incoming());
    if (fit == Fit::matching) apply();
    if (fit == Fit::conflict) contend(current_at, at);
    noted(put_stamp(meta_, number_, *name, at));
  }

  // Policy `strictest`. What a stricter value hides is remembered until somebody changes it knowingly, and stands again
  // when the stricter one is loosened: its author's customer has not been asked.
  void compare_strictness(Fit fit) {
    const FieldChange& change = *changes_.front();
    const Field& field = collection_.fields[change.field];
    forget(stamp_name(bases()));
    const std::optional<Value> hidden = strictest_hidden(field);
    if (fit == Fit::matching && hidden && strictness(field, change.value) < strictness(field, *hidden)) {
      assign(outcome_, change.field, *hidden);
      lose(LosingState::decided, true, {change.value}, {*hidden});
      hide(field, change.value);
    } else if (fit == Fit::matching) {
      apply();
    } else if (fit == Fit::conflict) {
      contend({}, {});
      hide(field, Value{outcome_.losing_values.back().value.front()});
    }
    forget(name_of(current()));
  }

  void forget(const std::optional<Hash>& name) {
    if (name) noted(drop_stamp(meta_, number_, *name));
  }

  void hide(const Field& field, const Value& value) {
    if (strictness(field, value) >= 0) noted(put_stamp(meta_, number_, *name_of({value}), {}));
  }

  std::optional<Value> strictest_hidden(const Field& field) const {
    if (meta_.stamps.empty()) return std::nullopt;
    for (auto option = field.options.rbegin(); option != field.options.rend(); ++option)
      if (stamp_of(meta_, number_, *name_of({Value{*option}}))) return Value{*option};
    return std::nullopt;
  }

  const Collection& collection_;
  const std::uint8_t number_;
  const MergeUnit& unit_;
  const Incoming& in_;
  MergeOutcome& outcome_;
  RecordMeta& meta_;
  std::vector<const FieldChange*> changes_;
};

}  // namespace

void merge_unit(const Collection& collection, std::uint8_t unit, const Incoming& incoming,
                const JoinsOpenConflict& joins, MergeOutcome& outcome) {
  UnitMerge merge(collection, unit, incoming, outcome);
  const bool joined = !incoming.header.depends_on.empty() && joins && joins(unit);
  return joined ? merge.join() : merge.compare();
}

}  // namespace holdline::sync
