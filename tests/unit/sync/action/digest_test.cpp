#include "sync/action/digest.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

Field field(std::uint16_t no, std::uint8_t visibility, Replication replication = Replication::full) {
  Field made;
  made.name = "f" + std::to_string(no);
  made.no = no;
  made.visibility = visibility;
  made.replication = replication;
  return made;
}

// Two visibility groups; one field of each replication class beside plain ones.
Collection customers() {
  Collection made;
  made.name = "customer";
  made.no = 7;
  made.fields = {field(1, 0), field(2, 0), field(3, 0, Replication::never), field(4, 2, Replication::masked),
                 field(9, 2)};
  return made;
}

Record row(std::uint8_t tail, std::vector<Value> fields, std::string scope = "acme/leeds") {
  Record made;
  made.key = {7, {}};
  made.key.id.bytes[0] = 1;
  made.key.id.bytes[15] = tail;
  made.scope = std::move(scope);
  made.fields = std::move(fields);
  return made;
}

Record full_row() { return row(5, {"Ann", Null{}, "hidden", "4929001234", std::int64_t{3}}); }

Sum sum_of_words(std::uint64_t w0, std::uint64_t w1, std::uint64_t w2, std::uint64_t w3) {
  Sum sum;
  sum.words = {w0, w1, w2, w3};
  return sum;
}

constexpr std::uint64_t ones = ~std::uint64_t{0};

TEST(RowDigest, SeesThatADeletionIsAskedFor) {
  Record asked = full_row();
  asked.deletion_asked = true;
  EXPECT_NE(row_digest(customers(), asked, 0), row_digest(customers(), full_row(), 0));
}

TEST(Sum, CarriesThroughEveryWordAndWrapsModuloTwoToThe256) {
  Sum sum = sum_of_words(ones, ones, ones, ones);
  sum += sum_of_words(1, 0, 0, 0);
  EXPECT_EQ(sum, Sum{});
}

TEST(Sum, BorrowsThroughEveryWordBelowZero) {
  Sum sum;
  sum -= sum_of_words(1, 0, 0, 0);
  EXPECT_EQ(sum, sum_of_words(ones, ones, ones, ones));
}

TEST(Sum, KeepsTheCarryWhenTheOtherWordIsAllOnes) {
  Sum sum = sum_of_words(ones, 5, 0, 0);
  sum += sum_of_words(1, ones, 0, 0);
  EXPECT_EQ(sum, sum_of_words(0, 5, 1, 0));
  sum -= sum_of_words(1, ones, 0, 0);
  EXPECT_EQ(sum, sum_of_words(ones, 5, 0, 0));
}

TEST(Sum, SubtractingUndoesAddingForRandomNumbers) {
  std::mt19937_64 draw(1);
  for (int round = 0; round < 10'000; ++round) {
    // Words near the edges make carries and borrows common.
    const auto word = [&draw] { return draw() % 3 == 0 ? ones - draw() % 2 : draw() % 3 == 0 ? draw() % 2 : draw(); };
    const Sum a = sum_of_words(word(), word(), word(), word());
    const Sum b = sum_of_words(word(), word(), word(), word());
    Sum ab = a;
    ab += b;
    Sum ba = b;
    ba += a;
    ASSERT_EQ(ab, ba);
    ab -= b;
    ASSERT_EQ(ab, a);
  }
}

TEST(Sum, BytesAreLittleEndianAndReadBack) {
  const Sum sum = sum_of_words(0x0102030405060708, 0, 0, 0xff00000000000000);
  const auto bytes = sum.bytes();
  EXPECT_EQ(bytes[0], 8);
  EXPECT_EQ(bytes[7], 1);
  EXPECT_EQ(bytes[31], 0xff);
  EXPECT_EQ(Sum::from({reinterpret_cast<const char*>(bytes.data()), bytes.size()}), sum);
  EXPECT_EQ(Sum::from("short"), Sum{});
}

TEST(RowDigest, IsTheSameOverTheLedgersRowAndOverWhatAWorkstationHolds) {
  const Collection collection = customers();
  const Record ledger = full_row();
  for (const std::uint8_t group : {std::uint8_t{0}, std::uint8_t{2}}) {
    const Record held = project(collection, ledger, static_cast<VisibilitySet>(1 << group));
    EXPECT_EQ(row_digest(collection, held, group), row_digest(collection, ledger, group));
    EXPECT_NE(row_digest(collection, ledger, group), Sum{});
  }
}

TEST(RowDigest, DependsOnTheFieldsOfItsOwnGroupOnly) {
  const Collection collection = customers();
  Record other = full_row();
  other.fields[4] = std::int64_t{4};
  EXPECT_EQ(row_digest(collection, other, 0), row_digest(collection, full_row(), 0));
  EXPECT_NE(row_digest(collection, other, 2), row_digest(collection, full_row(), 2));
}

TEST(RowDigest, IgnoresWhatNoWorkstationMaySee) {
  const Collection collection = customers();
  Record other = full_row();
  other.fields[2] = Null{};
  other.fields[3] = "5555551234";
  EXPECT_EQ(row_digest(collection, other, 0), row_digest(collection, full_row(), 0));
  EXPECT_EQ(row_digest(collection, other, 2), row_digest(collection, full_row(), 2));
}

TEST(RowDigest, TellsApartTheSameValueInAnotherFieldOrRow) {
  const Collection collection = customers();
  const Record first = row(5, {"Ann", Null{}, Null{}, Null{}, Null{}});
  EXPECT_NE(row_digest(collection, first, 0),
            row_digest(collection, row(5, {Null{}, "Ann", Null{}, Null{}, Null{}}), 0));
  EXPECT_NE(row_digest(collection, first, 0),
            row_digest(collection, row(6, {"Ann", Null{}, Null{}, Null{}, Null{}}), 0));
}

TEST(RowDigest, IsZeroForADeletedRecordAndForAGroupWithoutValues) {
  const Collection collection = customers();
  Record deleted = full_row();
  deleted.deleted = true;
  EXPECT_EQ(row_digest(collection, deleted, 0), Sum{});
  EXPECT_EQ(row_digest(collection, row(5, {"Ann", Null{}, Null{}, Null{}, Null{}}), 2), Sum{});
  EXPECT_EQ(row_digest(collection, full_row(), 1), Sum{});
}

TEST(Leaves, ARecordBelongsToTheLeafOfItsLastByteAndChangesTheRoot) {
  const Collection collection = customers();
  DigestTable table;
  const Record record = full_row();
  table.change(collection, nullptr, &record);
  const Leaves& leaves = table.all().at({"acme/leeds", 7, 0});
  EXPECT_EQ(leaves[5], row_digest(collection, record, 0));
  EXPECT_EQ(std::count(leaves.begin(), leaves.end(), Sum{}), 255);
  EXPECT_NE(root_of(leaves), root_of(Leaves{}));
}

TEST(DigestTable, ARowThatMovesToAnotherScopeLeavesNothingBehind) {
  const Collection collection = customers();
  DigestTable table, expected;
  const Record before = full_row();
  Record after = before;
  after.scope = "acme/york";
  table.change(collection, nullptr, &before);
  table.change(collection, &before, &after);
  expected.change(collection, nullptr, &after);
  EXPECT_EQ(table, expected);
}

// A random row: few ids, values and scopes, so that creates, changes, moves and deletes all hit the same rows.
Record random_row(std::mt19937& draw, std::uint8_t tail) {
  const auto value = [&draw]() -> Value {
    if (draw() % 3 == 0) return Null{};
    return std::string("value ") + std::to_string(draw() % 4);
  };
  Record made = row(tail, {value(), value(), value(), value(), value()}, draw() % 2 ? "acme/leeds" : "acme/york");
  made.deleted = draw() % 5 == 0;
  return made;
}

TEST(DigestTable, KeptIncrementallyEqualsRecomputedInAnyOrderAfterRandomChanges) {
  const Collection collection = customers();
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 draw(seed);
    DigestTable kept;
    std::map<std::uint8_t, Record> rows;
    for (int step = 0; step < 200; ++step) {
      const auto tail = static_cast<std::uint8_t>(draw() % 6);
      const auto at = rows.find(tail);
      const Record* before = at == rows.end() ? nullptr : &at->second;
      if (before != nullptr && draw() % 4 == 0) {
        kept.change(collection, before, nullptr);
        rows.erase(at);
        continue;
      }
      const Record after = random_row(draw, tail);
      kept.change(collection, before, &after);
      rows.insert_or_assign(tail, after);
    }
    std::vector<Record> shuffled;
    for (const auto& [tail, record] : rows) shuffled.push_back(record);
    std::shuffle(shuffled.begin(), shuffled.end(), draw);
    DigestTable recomputed;
    for (const Record& record : shuffled) recomputed.change(collection, nullptr, &record);
    ASSERT_EQ(kept, recomputed) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdline::sync
