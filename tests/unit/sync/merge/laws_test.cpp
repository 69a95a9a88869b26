// Laws 1 to 3, 5 and 6 of sync/merge/LAWS.md over every history of a small world.
#include <cstdio>

#include "tests/unit/sync/merge/families.hpp"

namespace holdline::sync {
namespace {

using namespace merge_world;

using AtEnd = std::function<void(const History&, const std::vector<State>& ends)>;

// Whether everything a step has seen is part of the history.
bool possible(const History& history) {
  return std::all_of(history.begin(), history.end(), [&history](const Script& script) {
    return std::all_of(script.begin(), script.end(),
                       [&history](const Step& step) { return step.needs_count <= history[step.needs_device].size(); });
  });
}

Counts enumerate(const State& initial, const std::array<Scripts, devices>& choices, const AtEnd& at_end) {
  Counts counts;
  for (const Script& first : choices[0])
    for (const Script& second : choices[1])
      for (const Script& third : choices[2]) {
        const History history = {first, second, third};
        if (!possible(history)) continue;
        at_end(history, explore(initial, history, counts));
        if (::testing::Test::HasFailure()) return counts;
      }
  return counts;
}

Counts enumerate(const State& initial, const Family& family, FieldIndex field, const AtEnd& at_end) {
  return enumerate(initial, {family(0, field), family(1, field), family(2, field)}, at_end);
}

void report(const char* what, const Counts& counts) {
  std::printf("  %-42s %8zu histories %12.0f orders %10zu merges\n", what, counts.histories, counts.orders,
              counts.merges);
}

int rank(const Value& value) { return is_null(value) ? -1 : std::get<std::string>(value)[0]; }

// Whether anybody changed the field knowing that it was `value`.
bool seen_and_changed(const History& history, const Value& value) {
  for (const Script& script : history)
    for (const Step& step : script)
      if (step.arrived.op.changes[0].base == Base{value}) return true;
  return false;
}

void expect_strict_enough(const Value& initial, const History& history, const std::vector<State>& ends) {
  std::vector<Value> written = {initial};
  for (const Script& script : history)
    for (const Step& step : script) written.push_back(step.arrived.op.changes[0].value);
  for (const Value& value : written) {
    if (seen_and_changed(history, value)) continue;
    for (const State& end : ends) EXPECT_GE(rank(value_in(end, use)), rank(value)) << "law 6";
  }
}

// What holds at the end of histories without deletes, beside what holds at every step.
AtEnd law_6_of(FieldIndex field) {
  return [field](const History& history, const std::vector<State>& ends) {
    if (field == use) expect_strict_enough(initial_value, history, ends);
  };
}

void no_more(const History&, const std::vector<State>&) {}

std::string field_name(const ::testing::TestParamInfo<FieldIndex>& of) { return things().fields[of.param].name; }

class EveryPolicy : public ::testing::TestWithParam<FieldIndex> {};
INSTANTIATE_TEST_SUITE_P(Laws, EveryPolicy, ::testing::Values(note, lang, tier, state, use, street, seat), field_name);

TEST_P(EveryPolicy, EditsAreDeterministicLoseNothingAndRepeatWithoutEffect) {
  report("edits", enumerate(start(GetParam()), plain_edits, GetParam(), law_6_of(GetParam())));
}

TEST_P(EveryPolicy, EditsFromUnknownBasesObeyTheSameLaws) {
  report("edits from unknown bases", enumerate(start(GetParam()), unknown_bases, GetParam(), law_6_of(GetParam())));
}

TEST_P(EveryPolicy, EditsFromWhatAnotherDeviceWroteObeyTheSameLaws) {
  report("edits from what others wrote",
         enumerate(start(GetParam()), seen_from_first, GetParam(), law_6_of(GetParam())));
}

TEST_P(EveryPolicy, DeletesAndCreatesAmongEditsObeyTheSameLaws) {
  report("edits, deletes, creates", enumerate(start(GetParam()), with_deletes, GetParam(), no_more));
}

TEST_P(EveryPolicy, DeletesWhereOneIsAskedAboutOrDoneObeyTheSameLaws) {
  State asked = start(GetParam()), gone = start(GetParam());
  asked.stored->record.deletion_asked = true;
  gone.stored->record.deleted = true;
  report("edits, deletes, creates where one is asked", enumerate(asked, with_deletes, GetParam(), no_more));
  report("edits, deletes, creates where one is gone", enumerate(gone, with_deletes, GetParam(), no_more));
}

TEST_P(EveryPolicy, CreatesOfOneNaturalKeyObeyTheSameLaws) {
  report("creates", enumerate({}, creates, GetParam(), no_more));
}

TEST_P(EveryPolicy, EditsOfWhatIsNotThereObeyTheSameLaws) {
  report("edits of nothing", enumerate({}, edits_of_nothing, GetParam(), no_more));
}

class EveryGroup : public ::testing::TestWithParam<FieldIndex> {};
INSTANTIATE_TEST_SUITE_P(Laws, EveryGroup, ::testing::Values(street, seat), field_name);

TEST_P(EveryGroup, PartsOfAGroupObeyTheSameLaws) {
  report("parts of a group", enumerate(start(GetParam()), parts, GetParam(), no_more));
}

class EveryElementField : public ::testing::TestWithParam<FieldIndex> {};
INSTANTIATE_TEST_SUITE_P(Laws, EveryElementField, ::testing::Values(tags, log), field_name);

TEST_P(EveryElementField, ElementsDoNotDependOnTheOrderOfArrivalAndAreNeverLost) {
  const auto one_end = [](const History&, const std::vector<State>& ends) { EXPECT_EQ(ends.size(), 1u) << "law 5"; };
  report("adds and removes", enumerate({standing({}), 0}, elements, GetParam(), one_end));
}

TEST_P(EveryElementField, ElementsAmongDeletesObeyTheSameLaws) {
  State asked{standing({}), 0};
  asked.stored->record.deletion_asked = true;
  report("adds, removes, deletes", enumerate({standing({}), 0}, elements_with_deletes, GetParam(), no_more));
  report("adds, removes, deletes where one is asked", enumerate(asked, elements_with_deletes, GetParam(), no_more));
}

void add_up(Counts& all, const Counts& counts) {
  all.histories += counts.histories;
  all.orders += counts.orders;
  all.merges += counts.merges;
}

class LatestUnit : public ::testing::TestWithParam<FieldIndex> {};
INSTANTIATE_TEST_SUITE_P(Laws, LatestUnit, ::testing::Values(lang, seat), field_name);

TEST_P(LatestUnit, DoesNotDependOnTheOrderOfArrivalWhenEveryValueIsWrittenOnce) {
  Arrival origin = create(0, 9, changes(GetParam(), Value{}, text("d")));
  origin.at_ms = 2;
  const State initial = {apply(nullptr, origin).next, 0};
  const Slots values = {{{text("a"), text("b")}, {text("c"), text("e")}, {text("f"), text("g")}}};
  const auto one_end = [](const History&, const std::vector<State>& ends) { EXPECT_EQ(ends.size(), 1u) << "law 5"; };
  constexpr std::array<Clocks, 4> clocks = {{{1, 3}, {3, 1}, {2, 2}, {3, 3}}};
  Counts all;
  for (const Clocks& first : clocks)
    for (const Clocks& second : clocks)
      for (const Clocks& third : clocks)
        add_up(all, enumerate(initial,
                              {own_values(0, GetParam(), text("d"), values, first),
                               own_values(1, GetParam(), text("d"), values, second),
                               own_values(2, GetParam(), text("d"), values, third)},
                              one_end));
  report("latest, values written once", all);
}

// The condition of law 5 is needed: when values repeat, some histories end differently by order of arrival.
TEST(LatestUnitWithRepeatedValues, DependsOnTheOrderOfArrivalInSomeHistoriesThatWriteAValueTwice) {
  std::size_t dependent = 0;
  const auto count = [&](const History&, const std::vector<State>& ends) { dependent += ends.size() > 1; };
  report("latest, values written twice", enumerate({}, creates, lang, count));
  EXPECT_GT(dependent, 0u);
}

TEST(StrictestUnit, DoesNotDependOnTheOrderOfArrivalWhenEveryValueIsWrittenOnce) {
  const auto check = [](const History& history, const std::vector<State>& ends) {
    EXPECT_EQ(ends.size(), 1u) << "law 5";
    expect_strict_enough(text("d"), history, ends);
  };
  std::string letters = "abcefg";
  Counts all;
  for (int permutation = 0; std::next_permutation(letters.begin(), letters.end()); ++permutation) {
    if (permutation % 24 != 0) continue;
    Slots values;
    for (std::size_t slot = 0; slot < letters.size(); ++slot) values[slot / 2][slot % 2] = letters.substr(slot, 1);
    const auto scripts = [&](std::size_t device) { return own_values(device, use, text("d"), values, {1, 2}); };
    add_up(all, enumerate({standing({{use, text("d")}}), 0}, {scripts(0), scripts(1), scripts(2)}, check));
  }
  report("strictest, values written once", all);
}

}  // namespace
}  // namespace holdline::sync
