// Laws 4 and 7 of sync/merge/LAWS.md: ops on different units commute, and a delete against edits ends the same in any
// order.
#include <cstdio>

#include "tests/unit/sync/merge/families.hpp"

namespace holdline::sync {
namespace {

using namespace merge_world;

// Every kind of single change to one unit, by one device.
std::vector<Arrival> changes_to(FieldIndex field, int device) {
  if (things().fields[field].type == FieldType::set || things().fields[field].type == FieldType::list)
    return {edit(device, 1, {add(field, "new")}), edit(device, 1, {take(field, id(9))})};
  std::vector<Arrival> made;
  for (const Base& base : {Base{initial_value}, Base{text("a")}, unknown})
    for (const Value& value : {text("a"), text("c"), Value{}})
      made.push_back(edit(device, 1, changes(field, base, value)));
  return made;
}

bool same_losers(std::vector<LosingValue> one, const std::vector<LosingValue>& other) {
  return std::is_permutation(one.begin(), one.end(), other.begin(), other.end());
}

TEST(DisjointUnits, CommuteInFieldsStampsAndLosers) {
  constexpr std::array units = {note, lang, tier, state, use, tags, log, street, seat};
  StoredRecord initial = standing({});
  for (const FieldIndex field : units)
    if (field != tags && field != log)
      for (const FieldIndex member : unit_fields(field)) initial.record.fields[member] = initial_value;
  initial.record.fields[log] = Elements{{id(9), "old", false}};
  std::size_t pairs = 0;
  for (const FieldIndex one : units)
    for (const FieldIndex other : units) {
      if (one == other) continue;
      for (const Arrival& first : changes_to(one, 0))
        for (const Arrival& second : changes_to(other, 1)) {
          const MergeOutcome a = apply(initial, first), ab = apply(a.next, second);
          const MergeOutcome b = apply(initial, second), ba = apply(b.next, first);
          ++pairs;
          ASSERT_EQ(ab.next.record, ba.next.record);
          ASSERT_EQ(ab.next.meta.stamps, ba.next.meta.stamps);
          ASSERT_TRUE(same_losers(a.losing_values, ba.losing_values) && same_losers(b.losing_values, ab.losing_values));
          ASSERT_EQ(a.changed | ab.changed, b.changed | ba.changed);
        }
    }
  std::printf("  %zu pairs of ops on different units\n", pairs);
}

// How a sequence of ops ends: the record, and how many losers about deletion a person has to decide.
struct End {
  Record record;
  int asked = 0;
  bool operator==(const End&) const = default;
};

// The end of `edits` with `deletion` put in before place `at`.
End end_of(const State& initial, const std::vector<const Step*>& edits, const Step& deletion, std::size_t at) {
  StoredRecord stored = *initial.stored;
  End end;
  const auto run = [&](const Step& step) {
    const MergeOutcome outcome = apply(stored, step.arrived);
    for (const LosingValue& losing : outcome.losing_values)
      end.asked += losing.about_deletion && losing.state == LosingState::open;
    stored = outcome.next;
  };
  for (std::size_t i = 0; i <= edits.size(); ++i) {
    if (i == at) run(deletion);
    if (i < edits.size()) run(*edits[i]);
  }
  end.record = stored.record;
  return end;
}

// Whether the record, once changed, never again is what the deleter saw: only then do the edits count against it in
// every order.
bool stays_changed(const State& initial, const std::vector<const Step*>& edits) {
  StoredRecord stored = *initial.stored;
  bool changed = false;
  for (const Step* step : edits) {
    stored = apply(stored, step->arrived).next;
    const bool differs = stored.record.fields != initial.stored->record.fields;
    if (changed && !differs) return false;
    changed = changed || differs;
  }
  return true;
}

// Every order of two scripts that keeps each script's own.
void interleave(const Script& one, const Script& other, std::size_t i, std::size_t j, std::vector<const Step*>& order,
                const std::function<void(const std::vector<const Step*>&)>& visit) {
  if (i == one.size() && j == other.size()) return visit(order);
  if (i < one.size()) {
    order.push_back(&one[i]);
    interleave(one, other, i + 1, j, order, visit);
    order.pop_back();
  }
  if (j < other.size()) {
    order.push_back(&other[j]);
    interleave(one, other, i, j + 1, order, visit);
    order.pop_back();
  }
}

class DeleteAgainstEdits : public ::testing::TestWithParam<FieldIndex> {};
INSTANTIATE_TEST_SUITE_P(Laws, DeleteAgainstEdits, ::testing::Values(note, lang, tier, state, use, street),
                         [](const ::testing::TestParamInfo<FieldIndex>& of) { return things().fields[of.param].name; });

TEST_P(DeleteAgainstEdits, EndsTheSameWhereverTheDeleteArrives) {
  const State initial = start(GetParam());
  const Step deletion = {erase(2, 1, initial.stored->record)};
  std::size_t orders = 0, asked = 0;
  const auto check = [&](const std::vector<const Step*>& edits) {
    if (!stays_changed(initial, edits)) return;
    const End first = end_of(initial, edits, deletion, 0);
    for (std::size_t at = 1; at <= edits.size(); ++at) EXPECT_EQ(end_of(initial, edits, deletion, at), first);
    const bool changed = first.record.fields != initial.stored->record.fields;
    EXPECT_EQ(first.asked, changed ? 1 : 0);
    EXPECT_EQ(first.record.deletion_asked, changed);
    EXPECT_EQ(first.record.deleted, !changed);
    orders += edits.size() + 1;
    asked += changed;
  };
  for (const Script& one : plain_edits(0, GetParam()))
    for (const Script& other : plain_edits(1, GetParam())) {
      std::vector<const Step*> order;
      interleave(one, other, 0, 0, order, check);
    }
  EXPECT_GT(asked, 0u);
  std::printf("  %zu orders of a delete among edits\n", orders);
}

}  // namespace
}  // namespace holdline::sync
