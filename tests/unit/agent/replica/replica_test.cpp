#include "agent/replica/replica.hpp"

#include <gtest/gtest.h>

#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

const auto anna = key_in("customer", 1);

TEST(Replica, IsEmptyAndSaysNothingOnAFirstStart) {
  ReplicaStation station;
  EXPECT_TRUE(station.replica->position().epoch.is_nil());
  EXPECT_EQ(station.rebuilt_because, "");
}

TEST(Replica, KeepsRowsDigestsAndPositionOverARestart) {
  ReplicaStation station;
  station.bootstrap();
  const auto record = customer_of(1, "Anna", "Schmidt");
  must(station.replica->apply(cut_of(10, 12, {told(11, record)}), 900));
  station.start();
  EXPECT_EQ(station.rebuilt_because, "");
  EXPECT_EQ(station.replica->position().cursor, (sync::Cursor{12, 12007}));
  EXPECT_EQ(station.replica->position().epoch, test_epoch);
  EXPECT_EQ(station.replica->position().grants, 1u);
  EXPECT_EQ(station.replica->position().as_of_ms, 900);
  EXPECT_EQ(station.replica->digests(), digests_of({record}));
  const auto rows = station.rows(anna);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].record, record);
  EXPECT_EQ(rows[0].cn, 11u);
}

TEST(Replica, RefusesACutThatDoesNotFollowAndChangesNothing) {
  ReplicaStation station;
  station.bootstrap();
  const auto change = told(12, customer_of(1, "Anna", "Schmidt"));
  for (const sync::ChangeNumber from : {9u, 11u}) {
    const auto applied = station.replica->apply(cut_of(from, 12, {change}), 900);
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, "cut-gap");
    EXPECT_EQ(applied.error().kind, ErrorKind::start_over);
  }
  EXPECT_EQ(station.replica->position().cursor.cn, 10u);
  EXPECT_TRUE(station.rows(anna).empty());
}

TEST(Replica, TakesNoCutBeforeItWasEverFilled) {
  ReplicaStation station;
  EXPECT_EQ(code_of(station.replica->apply(cut_of(0, 1, {}), 900)), "cut-gap");
}

TEST(Replica, AdvancesWithAnEmptyCut) {
  ReplicaStation station;
  station.bootstrap();
  must(station.replica->apply(cut_of(10, 40, {}), 900));
  EXPECT_EQ(station.replica->position().cursor.cn, 40u);
  EXPECT_EQ(station.replica->position().as_of_ms, 900);
}

TEST(Replica, LeavesFieldsOutsideTheMaskAsTheyWere) {
  ReplicaStation station;
  station.bootstrap();
  must(station.replica->apply(cut_of(10, 11, {told(11, customer_of(1, "Anna", "Schmidt"))}), 1));
  must(station.replica->apply(
      cut_of(11, 12, {told_fields(12, "customer", 1, {{"family", text("Meier")}, {"ref", sync::Null{}}})}), 1));
  const auto rows = station.rows(anna);
  EXPECT_EQ(rows.at(0).record, customer_of(1, "Anna", "Meier"));
  EXPECT_EQ(rows.at(0).cn, 12u);
}

TEST(Replica, EmptiesAFieldThatIsToldAsNull) {
  ReplicaStation station;
  station.bootstrap();
  must(station.replica->apply(cut_of(10, 11, {told(11, customer_of(1, "Anna", "Schmidt", "KD-1"))}), 1));
  must(station.replica->apply(cut_of(11, 12, {told_fields(12, "customer", 1, {{"ref", sync::Null{}}})}), 1));
  EXPECT_EQ(station.rows(anna).at(0).record, customer_of(1, "Anna", "Schmidt"));
}

TEST(Replica, ForgetsARecordThatLeavesOrIsDeleted) {
  ReplicaStation station;
  station.bootstrap();
  auto deleted = customer_of(2, "Ben", "Krug");
  must(station.replica->apply(cut_of(10, 11, {told(11, customer_of(1, "Anna", "Schmidt")), told(11, deleted)}), 1));
  deleted.deleted = true;
  must(station.replica->apply(cut_of(11, 12, {left(12, anna), told(12, deleted)}), 1));
  EXPECT_TRUE(station.rows(anna).empty());
  EXPECT_TRUE(station.rows(key_in("customer", 2)).empty());
  EXPECT_EQ(station.replica->digests(), sync::DigestTable{});
}

TEST(Replica, KeepsARecordWhoseDeletionIsOnlyAsked) {
  ReplicaStation station;
  station.bootstrap();
  auto asked = customer_of(1, "Anna", "Schmidt");
  asked.deletion_asked = true;
  must(station.replica->apply(cut_of(10, 11, {told(11, asked)}), 1));
  EXPECT_TRUE(station.rows(anna).at(0).record.deletion_asked);
}

TEST(Replica, FollowsARecordThatMovesBetweenTwoOfItsScopesInEitherOrder) {
  const auto here = record_of("customer", 1, {{"family", text("Schmidt")}}, "acme/berlin/a");
  const auto there = record_of("customer", 1, {{"family", text("Schmidt")}}, "acme/berlin/b");
  const auto leave = left(12, anna, "acme/berlin/a");
  for (const auto& changes : {std::vector{leave, told(12, there)}, std::vector{told(12, there), leave}}) {
    ReplicaStation station;
    station.bootstrap();
    must(station.replica->apply(cut_of(10, 11, {told(11, here)}), 1));
    must(station.replica->apply(cut_of(11, 12, changes), 1));
    EXPECT_EQ(station.rows(anna).at(0).record.scope, "acme/berlin/b");
    EXPECT_EQ(station.replica->digests(), digests_of({there}));
  }
}

TEST(Replica, UndoesACutThatFailsHalfWay) {
  ReplicaStation station;
  station.bootstrap();
  auto foreign = told(12, customer_of(2, "Ben", "Krug"));
  foreign.record.key.collection = 999;
  EXPECT_EQ(code_of(station.replica->apply(cut_of(10, 12, {told(11, customer_of(1, "Anna", "Schmidt")), foreign}), 1)),
            "unknown-schema");
  EXPECT_TRUE(station.rows(anna).empty());
  EXPECT_EQ(station.replica->digests(), sync::DigestTable{});
  EXPECT_EQ(station.replica->position().cursor.cn, 10u);
  EXPECT_TRUE(station.replica->apply(cut_of(10, 12, {told(11, customer_of(1, "Anna", "Schmidt"))}), 1));
}

TEST(Replica, KeepsDigestsEqualToThoseCountedFromTheRows) {
  ReplicaStation station;
  station.bootstrap();
  std::vector<sync::Change> changes;
  for (std::uint32_t i = 0; i < 300; ++i) changes.push_back(told(11, customer_of(i, "Given", std::to_string(i))));
  must(station.replica->apply(cut_of(10, 11, changes), 1));
  changes.clear();
  for (std::uint32_t i = 0; i < 300; i += 3)
    changes.push_back(told_fields(12, "customer", i, {{"family", text("Changed")}}));
  for (std::uint32_t i = 1; i < 300; i += 3) changes.push_back(left(12, key_in("customer", i)));
  must(station.replica->apply(cut_of(11, 12, changes), 1));
  EXPECT_TRUE(station.replica->check_rows());
  std::vector<sync::Record> expected;
  for (std::uint32_t i = 0; i < 300; ++i) {
    if (i % 3 != 1) expected.push_back(customer_of(i, "Given", i % 3 == 0 ? "Changed" : std::to_string(i)));
  }
  EXPECT_EQ(station.replica->digests(), digests_of(expected));
  EXPECT_TRUE(station.replica->differing(roots_of(digests_of(expected))).empty());
}

TEST(Replica, ComparesItsDigestsAsTheyAreAfterEachCut) {
  ReplicaStation station;
  station.bootstrap();
  const auto first = roots_of(digests_of({customer_of(1, "Anna", "Schmidt")}));
  const auto second = roots_of(digests_of({customer_of(1, "Ada", "Schmidt")}));
  must(station.replica->apply(cut_of(10, 11, {told(11, customer_of(1, "Anna", "Schmidt"))}), 1));
  ASSERT_TRUE(station.replica->differing(first).empty());
  must(station.replica->apply(cut_of(11, 12, {told_fields(12, "customer", 1, {{"given", text("Ada")}})}), 1));
  EXPECT_FALSE(station.replica->differing(first).empty());
  EXPECT_TRUE(station.replica->differing(second).empty());
  station.start();
  EXPECT_TRUE(station.replica->differing(second).empty());
}

// Changes a stored body behind the replica's back, as a page that went back to an older state would.
void tamper(const ReplicaStation& station, std::uint32_t customer, std::string_view family) {
  platform::DatabaseOptions options;
  options.pragmas = platform::pragmas_for(platform::Durability::normal);
  auto db = must(platform::Database::open(station.options.directory / "replica.db", station.key, options));
  auto update = must(db.prepare("UPDATE customer SET body = ? WHERE id = ?"));
  const auto body = sync::encode_body(collection_of("customer"), customer_of(customer, "Anna", family));
  must(update.run(platform::Blob{body}, platform::Blob{id_of(customer).view()}));
}

TEST(Replica, FindsARowThatChangedBehindItsBack) {
  ReplicaStation station;
  station.bootstrap();
  must(station.replica->apply(cut_of(10, 11, {told(11, customer_of(1, "Anna", "Schmidt"))}), 1));
  tamper(station, 1, "Stale");
  const auto checked = station.replica->check_rows();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, "replica-damaged");
  EXPECT_NE(checked.error().message.find("customer"), std::string::npos);
  EXPECT_EQ(checked.error().message.find("Stale"), std::string::npos);
}

TEST(Replica, RepairsOneLeafToWhatTheHubTells) {
  ReplicaStation station;
  station.bootstrap();
  const auto good = customer_of(1, "Anna", "Schmidt");
  const auto missing = customer_of(257, "Ben", "Krug");    // same leaf
  const auto surplus = customer_of(513, "Eva", "Falsch");  // same leaf
  const auto other = customer_of(2, "Ida", "Wolf");
  must(station.replica->apply(cut_of(10, 11, {told(11, good), told(11, surplus), told(11, other)}), 1));
  tamper(station, 1, "Stale");
  const auto ledger = digests_of({good, missing, other});
  const auto differing = station.replica->differing(roots_of(ledger));
  ASSERT_EQ(differing.size(), 1u);
  must(station.replica->repair(differing[0], 1, std::vector{told(11, good), told(11, missing)}));
  EXPECT_TRUE(station.replica->check_rows());
  EXPECT_EQ(station.replica->digests(), ledger);
  EXPECT_EQ(station.rows(anna).at(0).record, good);
  EXPECT_TRUE(station.rows(surplus.key).empty());
}

TEST(Replica, FindsRowsOfACollectionInWhichTheLedgerHasNone) {
  ReplicaStation station;
  station.bootstrap();
  const auto phone = phone_of(11, 1, "+442075518700");
  const auto good = customer_of(1, "Anna", "Schmidt");
  must(station.replica->apply(cut_of(10, 11, {told(11, good), told(11, phone)}), 1));
  const auto differing = station.replica->differing(roots_of(digests_of({good})));
  ASSERT_EQ(differing.size(), 1u);
  EXPECT_EQ(differing[0].collection, phone.key.collection);
}

TEST(Replica, RefusesRepairsThatWereNotAskedFor) {
  ReplicaStation station;
  station.bootstrap();
  const sync::DigestKey key{test_scope, collection_of("customer").no, 0};
  EXPECT_EQ(code_of(station.replica->repair(key, 5, std::vector{told(11, customer_of(1, "Anna", "Schmidt"))})),
            "malformed-repair");
}

TEST(Replica, StartsEmptyAndSaysWhyWhenTheFileIsUnreadable) {
  for (const bool foreign_key : {true, false}) {
    ReplicaStation station;
    station.bootstrap(Snapshot(10, {customer_of(1, "Anna", "Schmidt")}));
    if (foreign_key) {
      station.key = platform::key_of(9);
    } else {
      station.replica.reset();
      platform::write_contents(station.options.directory / "replica.db", std::string(8192, 'x'));
    }
    station.start();
    EXPECT_NE(station.rebuilt_because, "");
    EXPECT_TRUE(station.replica->position().epoch.is_nil());
    EXPECT_TRUE(station.rows(anna).empty());
  }
}

TEST(Replica, StartsEmptyForAnotherSchema) {
  ReplicaStation station;
  station.bootstrap(Snapshot(10, {customer_of(1, "Anna", "Schmidt")}));
  station.replica.reset();
  const auto other = must(sync::Schema::parse(std::string(sync::default_schema_text()) + "\n# changed\n"));
  std::string why;
  const auto replica = must(Replica::open(station.options, station.key, other, &why));
  EXPECT_NE(why, "");
  EXPECT_TRUE(replica->position().epoch.is_nil());
}

TEST(Replica, StartsEmptyWithoutComplaintWhenTheFileIsGone) {
  ReplicaStation station;
  station.bootstrap();
  station.replica.reset();
  std::filesystem::remove(station.options.directory / "replica.db");
  station.start();
  EXPECT_EQ(station.rebuilt_because, "");
  EXPECT_TRUE(station.replica->position().epoch.is_nil());
}

}  // namespace
}  // namespace holdline::agent
