#include "sync/merge/merge.hpp"

#include <gtest/gtest.h>

#include "tests/unit/sync/merge/world.hpp"

namespace holdline::sync {
namespace {

using namespace merge_world;

const Value& now(const MergeOutcome& outcome, FieldIndex field) { return outcome.next.record.fields[field]; }

bool no_losers(const MergeOutcome& outcome) { return outcome.losing_values.empty() && outcome.joined.empty(); }

TEST(Create, AppliesWhollyWhereNothingStood) {
  const MergeOutcome outcome = apply(nullptr, create(0, 1, {change(note, Value{}, text("hello")), add(tags, "vip")}));
  EXPECT_TRUE(outcome.created && outcome.changes_record() && !outcome.merged && no_losers(outcome));
  EXPECT_EQ(outcome.next.record.key, (RecordKey{5, id(77)}));
  EXPECT_EQ(outcome.next.record.scope, "acme/leeds");
  EXPECT_EQ(now(outcome, note), text("hello"));
  EXPECT_EQ(outcome.changed, FieldMask{1} << note | FieldMask{1} << tags);
  EXPECT_EQ(outcome.next.meta.last_device, id(1));
  EXPECT_FALSE(outcome.stamps_changed);
}

TEST(Create, StampsUnitsOfPolicyLatestOnly) {
  const MergeOutcome outcome = apply(nullptr, create(0, 1, {change(lang, Value{}, text("en")), change(seat, {}, {})}));
  ASSERT_EQ(outcome.next.meta.stamps.size(), 1u);
  EXPECT_EQ(outcome.next.meta.stamps[0].unit, lang);
  EXPECT_EQ(outcome.next.meta.stamps[0].at_ms, 1'000);
  EXPECT_TRUE(outcome.stamps_changed);
}

TEST(Create, OnALiveRecordFillsWhatIsEmptyAndLeavesWhatDiffersToThePolicy) {
  const StoredRecord stored = standing({{note, text("mine")}, {use, text("a")}, {tier, text("b")}});
  const MergeOutcome outcome =
      apply(stored, create(1, 1,
                           {change(note, Value{}, text("yours")), change(lang, Value{}, text("en")),
                            change(tier, Value{}, text("b")), change(use, Value{}, text("c"))}));
  EXPECT_FALSE(outcome.created);
  EXPECT_EQ(now(outcome, note), text("mine"));
  EXPECT_EQ(now(outcome, lang), text("en"));
  EXPECT_EQ(now(outcome, use), text("c"));
  ASSERT_EQ(outcome.losing_values.size(), 2u);
  EXPECT_EQ(outcome.losing_values[0].state, LosingState::open);
  EXPECT_EQ(outcome.losing_values[0].base, std::vector<Base>{Value{}});
  EXPECT_EQ(outcome.losing_values[1].value, std::vector<Value>{text("a")});
}

TEST(Create, OfADeletedRecordStartsAnewAndKeepsTheDeletionForTheRecord) {
  StoredRecord stored = standing({{note, text("old")}, {lang, text("en")}});
  stored.record.deleted = true;
  stored.record.scope = "acme/york";
  const MergeOutcome outcome = apply(stored, create(1, 1, {change(note, Value{}, text("new"))}));
  EXPECT_TRUE(outcome.created && outcome.flags_changed && outcome.merged);
  EXPECT_FALSE(outcome.next.record.deleted || outcome.next.record.deletion_asked);
  EXPECT_EQ(now(outcome, note), text("new"));
  EXPECT_TRUE(is_null(now(outcome, lang)));
  EXPECT_EQ(outcome.changed, FieldMask{1} << note | FieldMask{1} << lang);
  EXPECT_EQ(outcome.next.record.scope, "acme/york");
  ASSERT_EQ(outcome.losing_values.size(), 1u);
  EXPECT_TRUE(outcome.losing_values[0].about_deletion && !outcome.losing_values[0].incoming_lost);
  EXPECT_EQ(outcome.losing_values[0].state, LosingState::decided);
}

TEST(Edit, AppliesWhenItsBaseStandsAlsoAsAHash) {
  const std::string words(200, 'x');
  const StoredRecord stored = standing({{note, words}});
  const MergeOutcome outcome = apply(stored, edit(0, 1, {change(note, make_base(words), text("short"))}));
  EXPECT_EQ(now(outcome, note), text("short"));
  EXPECT_TRUE(no_losers(outcome));
}

TEST(Edit, SaysMergedWhenAnotherDeviceChangedTheRecordSinceItWasDisplayed) {
  StoredRecord stored = standing({{note, text("a")}});
  stored.meta = {id(2), 10, {}};
  Arrival arrived = edit(0, 1, {change(lang, Value{}, text("en"))});
  arrived.op.seen = 9;
  EXPECT_TRUE(apply(stored, arrived).merged);
  EXPECT_EQ(apply(stored, arrived).next.meta.last_cn, 10u);
  arrived.op.seen = 10;
  EXPECT_FALSE(apply(stored, arrived).merged);
  arrived.op.seen = 9;
  stored.meta.last_device = id(1);
  EXPECT_FALSE(apply(stored, arrived).merged);
}

TEST(Edit, OfAnUnknownBaseAppliesOnlyWhereNothingOrTheSameStands) {
  const Arrival arrived = edit(0, 1, {change(note, unknown, text("new"))});
  EXPECT_EQ(now(apply(standing({}), arrived), note), text("new"));
  EXPECT_TRUE(no_losers(apply(standing({{note, text("new")}}), arrived)));
  const MergeOutcome conflict = apply(standing({{note, text("old")}}), arrived);
  EXPECT_EQ(now(conflict, note), text("old"));
  ASSERT_EQ(conflict.losing_values.size(), 1u);
  EXPECT_EQ(conflict.losing_values[0].value, std::vector<Value>{text("new")});
  EXPECT_EQ(conflict.losing_values[0].base, std::vector<Base>{unknown});
}

TEST(Edit, ThatChangesNothingIsNoConflict) {
  const MergeOutcome outcome =
      apply(standing({{note, text("theirs")}}), edit(0, 1, {change(note, text("mine"), text("mine"))}));
  EXPECT_FALSE(outcome.changes_record());
  EXPECT_TRUE(no_losers(outcome));
}

TEST(Edit, OfARecordNobodyKnowsAppliesWhatWasMadeFromNothing) {
  const MergeOutcome outcome =
      apply(nullptr, edit(0, 1, {change(note, text("old"), text("new")), change(lang, Value{}, text("en"))}));
  EXPECT_TRUE(outcome.created);
  EXPECT_TRUE(is_null(now(outcome, note)));
  EXPECT_EQ(now(outcome, lang), text("en"));
  EXPECT_EQ(outcome.losing_values.size(), 1u);
  EXPECT_FALSE(apply(nullptr, edit(0, 1, {change(note, text("old"), text("new"))})).changes_record());
}

TEST(Group, IsReplacedWholeOrNotAtAll) {
  const StoredRecord stored = standing({{street, text("Oak 1")}, {city, text("York")}});
  const MergeOutcome outcome = apply(
      stored, edit(0, 1, {change(street, text("Elm 2"), text("Ash 3")), change(city, text("York"), text("Leeds"))}));
  EXPECT_EQ(outcome.next.record, stored.record);
  ASSERT_EQ(outcome.losing_values.size(), 1u);
  EXPECT_EQ(outcome.losing_values[0].value, (std::vector<Value>{text("Ash 3"), text("Leeds")}));
  EXPECT_EQ(outcome.losing_values[0].winner, (std::vector<Value>{text("Oak 1"), text("York")}));
}

TEST(Group, TakesFieldsTheOpDoesNotMentionFromWhatStands) {
  const StoredRecord stored = standing({{street, text("Oak 1")}, {city, text("York")}});
  const MergeOutcome applied = apply(stored, edit(0, 1, {change(city, text("York"), text("Leeds"))}));
  EXPECT_EQ(now(applied, street), text("Oak 1"));
  EXPECT_EQ(now(applied, city), text("Leeds"));
  const MergeOutcome lost = apply(stored, edit(0, 1, {change(city, text("Hull"), text("Leeds"))}));
  ASSERT_EQ(lost.losing_values.size(), 1u);
  EXPECT_EQ(lost.losing_values[0].value, (std::vector<Value>{text("Oak 1"), text("Leeds")}));
  EXPECT_EQ(lost.losing_values[0].base, (std::vector<Base>{unknown, text("Hull")}));
}

TEST(Central, KeepsWhatStandsWithoutAsking) {
  const MergeOutcome outcome = apply(standing({{tier, text("b")}}), edit(0, 1, {change(tier, text("a"), text("c"))}));
  EXPECT_EQ(now(outcome, tier), text("b"));
  ASSERT_EQ(outcome.losing_values.size(), 1u);
  EXPECT_EQ(outcome.losing_values[0].state, LosingState::decided);
  EXPECT_TRUE(outcome.losing_values[0].incoming_lost && outcome.merged);
}

TEST(Central, SaysMergedOnceWhenAnotherDeviceChangedTheRecordToo) {
  StoredRecord stored = standing({{tier, text("b")}});
  stored.meta = {id(2), 10, {}};
  const MergeOutcome outcome = apply(stored, edit(0, 1, {change(tier, text("a"), text("c"))}));
  EXPECT_TRUE(outcome.merged);
  EXPECT_EQ(outcome.losing_values.size(), 1u);
}

TEST(Transition, TakesALegalStepFromWhatStandsAndAsksAboutAnyOther) {
  const Arrival arrived = edit(0, 1, {change(state, text("a"), text("c"))});
  const MergeOutcome legal = apply(standing({{state, text("b")}}), arrived);
  EXPECT_EQ(now(legal, state), text("c"));
  ASSERT_EQ(legal.losing_values.size(), 1u);
  EXPECT_EQ(legal.losing_values[0].value, std::vector<Value>{text("b")});
  EXPECT_FALSE(legal.losing_values[0].incoming_lost);
  for (const Value& stands : {text("d"), Value{}}) {
    const MergeOutcome illegal = apply(standing({{state, stands}}), arrived);
    EXPECT_EQ(now(illegal, state), stands);
    ASSERT_EQ(illegal.losing_values.size(), 1u);
    EXPECT_EQ(illegal.losing_values[0].state, LosingState::open);
  }
}

TEST(Strictest, BringsAHiddenValueBackWhenTheStricterIsLoosenedByItsOwnAuthor) {
  const StoredRecord allowed = standing({{use, text("a")}});
  const StoredRecord withdrawn = apply(allowed, edit(0, 1, {change(use, text("a"), text("b"))})).next;
  const StoredRecord blocked = apply(withdrawn, edit(1, 1, {change(use, text("a"), text("c"))})).next;
  const MergeOutcome outcome = apply(blocked, edit(1, 2, {change(use, text("c"), text("a"))}));
  EXPECT_EQ(now(outcome, use), text("b"));
  ASSERT_EQ(outcome.losing_values.size(), 1u);
  EXPECT_EQ(outcome.losing_values[0].value, std::vector<Value>{text("a")});
  // Whoever has seen it may loosen it.
  EXPECT_EQ(now(apply(outcome.next, edit(2, 1, {change(use, text("b"), text("a"))})), use), text("a"));
}

TEST(Latest, PutsAChangeJustAfterTheValueItWasMadeFromWhateverTheClockSays) {
  Arrival origin = create(0, 1, {change(lang, Value{}, text("en"))});
  origin.at_ms = 5'000;
  const StoredRecord first = apply(nullptr, origin).next;
  Arrival slow = edit(1, 1, {change(lang, text("en"), text("fr"))});
  slow.at_ms = 10;
  const StoredRecord second = apply(first, slow).next;
  EXPECT_EQ(second.meta.stamps.back().at_ms, 5'001);
  Arrival between = edit(2, 1, {change(lang, text("en"), text("de"))});
  between.at_ms = 5'000;  // becomes 5,001 as well: the greater device wins
  const MergeOutcome outcome = apply(second, between);
  EXPECT_EQ(now(outcome, lang), text("de"));
  ASSERT_EQ(outcome.losing_values.size(), 1u);
  EXPECT_FALSE(outcome.losing_values[0].incoming_lost);
}

TEST(Latest, BreaksATieOfOneDeviceByTheBytesOfTheValue) {
  const StoredRecord stored = apply(nullptr, create(0, 1, {change(lang, Value{}, text("en"))})).next;
  EXPECT_EQ(now(apply(stored, edit(0, 2, {change(lang, text("xx"), text("fr"))})), lang), text("fr"));
  EXPECT_EQ(now(apply(stored, edit(0, 2, {change(lang, text("xx"), text("de"))})), lang), text("en"));
}

TEST(Latest, DependsOnArrivalWhenAValueIsWrittenTwice) {
  const StoredRecord initial = standing({{lang, text("x")}});
  const auto told = [](int device, int number, const char* base, const char* value, std::int64_t at_ms) {
    Arrival made = edit(device, number, {change(lang, text(base), text(value))});
    made.at_ms = at_ms;
    return made;
  };
  const Arrival first = told(0, 1, "x", "a", 10), again = told(1, 1, "x", "a", 30), from = told(0, 2, "a", "c", 20);
  const StoredRecord a = apply(initial, first).next;
  EXPECT_EQ(now(apply(apply(a, again).next, from), lang), text("c"));
  EXPECT_EQ(now(apply(apply(a, from).next, again), lang), text("a"));
}

TEST(Elements, KeepARemoveThatArrivesBeforeItsAdd) {
  const Arrival added = edit(0, 1, {add(tags, "vip")});
  const StoredRecord removed = apply(standing({}), edit(1, 1, {take(tags, added.tag(tags))})).next;
  const MergeOutcome outcome = apply(removed, added);
  EXPECT_FALSE(outcome.changes_record());
  EXPECT_EQ(now(outcome, tags), (Value{Elements{{added.tag(tags), "", true}}}));
}

TEST(Conflict, IsJoinedByAChangeThatNamesTheOneWhichOpenedIt) {
  Arrival arrived = edit(0, 2, {change(city, text("Hull"), text("Leeds"))});
  const StoredRecord stored = standing({{street, text("Oak 1")}, {city, text("York")}});
  std::vector<int> asked;
  const auto joins = [&](std::uint8_t unit) { return asked.push_back(unit), true; };
  EXPECT_EQ(apply(stored, arrived, joins).losing_values.size(), 1u);
  EXPECT_TRUE(asked.empty());
  arrived.header.depends_on = {{3, 1}};
  const MergeOutcome outcome = apply(stored, arrived, joins);
  EXPECT_FALSE(outcome.changes_record());
  ASSERT_EQ(outcome.joined.size(), 1u);
  EXPECT_EQ(asked, std::vector<int>{outcome.joined[0].unit});
  EXPECT_EQ(outcome.joined[0].told, FieldMask{1} << city);
  EXPECT_EQ(outcome.joined[0].value, (std::vector<Value>{Null{}, text("Leeds")}));
  EXPECT_EQ(apply(stored, arrived, [](std::uint8_t) { return false; }).losing_values.size(), 1u);
  EXPECT_EQ(apply(stored, arrived).losing_values.size(), 1u);
}

// Of a maker who counts no actions.
MergeOutcome told_by_value(const StoredRecord* stored, const Arrival& arrived) {
  return merge(things(), stored, {arrived.op, arrived.maker, arrived.header, 0, arrived.at_ms, {}, true}, {});
}

TEST(ByValue, TheSameTextIsTheSameElementWhateverItComesWith) {
  FieldChange three = add(tags, "vip");
  three.adds.push_back("late");
  three.adds.push_back("loud");
  const MergeOutcome first = told_by_value(nullptr, create(0, 0, {three}));
  ASSERT_EQ(std::get<Elements>(now(first, tags)).size(), 3u);
  FieldChange two = add(tags, "loud");
  two.adds.push_back("new");
  const MergeOutcome second = told_by_value(&first.next, edit(0, 0, {two}));
  ASSERT_EQ(std::get<Elements>(now(second, tags)).size(), 4u);
  EXPECT_FALSE(told_by_value(&second.next, edit(0, 0, {three})).changes_record());
  // Another maker's word is another element.
  EXPECT_EQ(std::get<Elements>(now(told_by_value(&second.next, edit(1, 0, {add(tags, "vip")})), tags)).size(), 5u);
}

TEST(ByValue, WhatWasRemovedStaysRemovedWhenItIsToldAgain) {
  const StoredRecord stored = told_by_value(nullptr, create(0, 0, {add(tags, "vip")})).next;
  const Id tag = std::get<Elements>(stored.record.fields[tags]).front().tag;
  const MergeOutcome removed = told_by_value(&stored, edit(0, 0, {take(tags, tag)}));
  EXPECT_TRUE(std::get<Elements>(now(removed, tags)).front().removed);
  EXPECT_FALSE(told_by_value(&removed.next, edit(0, 0, {add(tags, "vip")})).changes_record());
}

TEST(Delete, TakesEffectWhenItsAuthorSawWhatStands) {
  StoredRecord stored = standing({{note, text("a")}});
  stored.record.deletion_asked = true;
  const MergeOutcome outcome = apply(stored, erase(0, 1, stored.record));
  EXPECT_TRUE(outcome.next.record.deleted && outcome.flags_changed && outcome.changes_record());
  EXPECT_FALSE(outcome.next.record.deletion_asked);
  EXPECT_TRUE(no_losers(outcome));
  EXPECT_FALSE(apply(outcome.next, erase(1, 1, stored.record)).changes_record());
}

TEST(Delete, OfSomethingElseThanStandsAsksEachTime) {
  const StoredRecord seen = standing({{note, text("a")}}), stored = standing({{note, text("b")}});
  const MergeOutcome first = apply(stored, erase(0, 1, seen.record));
  EXPECT_TRUE(first.next.record.deletion_asked && !first.next.record.deleted && first.changes_record());
  ASSERT_EQ(first.losing_values.size(), 1u);
  EXPECT_TRUE(first.losing_values[0].about_deletion && first.losing_values[0].incoming_lost);
  EXPECT_EQ(first.losing_values[0].state, LosingState::open);
  const MergeOutcome second = apply(first.next, erase(1, 1, seen.record));
  EXPECT_EQ(second.losing_values, first.losing_values);
  EXPECT_FALSE(second.changes_record());
}

TEST(Delete, WithoutAKnownDigestAsks) {
  const StoredRecord stored = standing({});
  const Arrival arrived = erase(0, 1, stored.record);
  const MergeOutcome outcome =
      merge(things(), &stored, {arrived.op, arrived.maker, arrived.header, 0, arrived.at_ms}, {});
  EXPECT_TRUE(outcome.next.record.deletion_asked);
}

TEST(Delete, OfWhatIsNotThereIsNothing) {
  const MergeOutcome outcome = apply(nullptr, erase(0, 1, standing({}).record));
  EXPECT_FALSE(outcome.changes_record());
  EXPECT_TRUE(no_losers(outcome));
}

TEST(Delete, MetByAnEditThatChangesSomethingIsAskedAbout) {
  StoredRecord stored = standing({{note, text("a")}});
  stored.record.deleted = true;
  const MergeOutcome outcome = apply(stored, edit(0, 1, {change(note, text("a"), text("b"))}));
  EXPECT_TRUE(outcome.created && outcome.flags_changed && outcome.next.record.deletion_asked);
  EXPECT_FALSE(outcome.next.record.deleted);
  ASSERT_EQ(outcome.losing_values.size(), 1u);
  EXPECT_TRUE(outcome.losing_values[0].about_deletion && !outcome.losing_values[0].incoming_lost);
  EXPECT_FALSE(apply(stored, edit(0, 1, {change(note, text("x"), text("a"))})).changes_record());
}

TEST(SeenDigest, DependsOnRecordAndLiveChildrenNotOnTheirOrder) {
  const Record record = standing({{note, text("a")}}).record;
  Record one = record, two = record, gone = record;
  one.key.id = id(1);
  two.key.id = id(2);
  gone.key.id = id(3);
  gone.deleted = true;
  EXPECT_EQ(seen_digest(things(), record, {one, two}), seen_digest(things(), record, {two, gone, one}));
  EXPECT_NE(seen_digest(things(), record, {one}), seen_digest(things(), record, {two}));
  EXPECT_NE(seen_digest(things(), record, {}), seen_digest(things(), standing({{lang, text("a")}}).record, {}));
}

TEST(Merge, ANewRecordTakesItsPlaceInListsByTheClockOfTheHub) {
  Collection timed = things();
  timed.sort_by = desk;
  const Arrival made = create(1, 1, {change(note, unknown, text("hello"))});
  const auto first = merge(timed, nullptr, {made.op, made.maker, made.header, 0, made.at_ms, {}}, {});
  EXPECT_EQ(first.next.record.fields[desk], Value(made.at_ms));
  EXPECT_NE(first.changed & FieldMask{1} << desk, 0u);
  const Arrival later = edit(2, 1, {change(note, text("hello"), text("again"))});
  const auto edited = merge(timed, &first.next, {later.op, later.maker, later.header, 0, later.at_ms + 5, {}}, {});
  EXPECT_EQ(edited.next.record.fields[desk], Value(made.at_ms)) << "and keeps it";
  // Nobody sees it before the hub has the record, so a deletion of what was just saved does not miss it.
  Record displayed = first.next.record;
  displayed.fields[desk] = Null{};
  EXPECT_EQ(seen_digest(timed, displayed, {}), seen_digest(timed, first.next.record, {}));
}

}  // namespace
}  // namespace holdline::sync
