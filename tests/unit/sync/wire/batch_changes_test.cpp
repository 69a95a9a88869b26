#include <gtest/gtest.h>

#include "sync/base/limits.hpp"
#include "sync/wire/batch.hpp"
#include "tests/support/generator_ops.hpp"
#include "tests/unit/sync/action/random_actions.hpp"
#include "tests/unit/sync/wire/allocations.hpp"

namespace holdline::sync {
namespace {

using allocations::mebibyte;

class BatchChangesTest : public testing::Test {
 protected:
  const Schema schema = *Schema::parse(default_schema_text());

  static Change change_of(const Schema& schema, const Op& op, ChangeNumber cn) {
    Change change;
    change.cn = cn;
    change.record = generator::record_of(schema, op);
    for (const FieldChange& field : op.changes) change.mask |= FieldMask{1} << field.field;
    return change;
  }

  std::vector<Change> customers(std::uint32_t count) const {
    std::vector<Change> changes;
    for (std::uint32_t i = 0; i < count; ++i)
      for (const Op& op : generator::customer_ops(schema, generator::customer(i), "acme/north/team-1"))
        changes.push_back(change_of(schema, op, 500 + i));
    return changes;
  }

  // Changes of any collection with any fields, leaves and deletions.
  std::vector<Change> random_changes(std::uint64_t seed, std::size_t count) const {
    RandomActions random(schema, seed);
    std::vector<Change> changes;
    while (changes.size() < count) {
      for (Op& op : random.next(3, 1 + changes.size()).ops) {
        if (op.kind == OpKind::erase_row) continue;
        op.kind = OpKind::create;  // so that the record gets its key and scope
        Change change = change_of(schema, op, random.below(1'000'000));
        change.record.deleted = random.chance(9);
        change.record.deletion_asked = random.chance(9);
        change.leave = random.chance(9);
        if (change.leave) change.record.fields.clear();
        if (change.leave) change.mask = 0;
        changes.push_back(std::move(change));
      }
    }
    return changes;
  }
};

TEST_F(BatchChangesTest, CustomersAndTheirChildrenComeBackInOrder) {
  const std::vector<Change> changes = customers(1'000);
  const auto read = decode_changes(schema, encode_changes(schema, changes));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, changes);
}

TEST_F(BatchChangesTest, ArbitraryChangesLeavesAndDeletionsComeBack) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::vector<Change> changes = random_changes(seed, seed % 30);
    const auto read = decode_changes(schema, encode_changes(schema, changes));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, changes);
  }
}

TEST_F(BatchChangesTest, MoreShapesThanTheTableHoldsTravelWhole) {
  const std::vector<Change> changes = random_changes(77, 6'000);  // hardly two alike
  const auto read = decode_changes(schema, encode_changes(schema, changes));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, changes);
}

TEST_F(BatchChangesTest, EveryTruncationIsRefused) {
  const Bytes whole = encode_changes(schema, random_changes(3, 8));
  for (std::size_t n = 0; n < whole.size(); ++n)
    ASSERT_FALSE(decode_changes(schema, std::string_view(whole).substr(0, n))) << n;
  EXPECT_FALSE(decode_changes(schema, whole + '\0'));
}

TEST_F(BatchChangesTest, MutatedChangesAreRefusedOrStayWithinTheSchemaAndTakeLittleMemory) {
  RandomActions random(schema, 4);
  const Bytes encoded = encode_changes(schema, random_changes(4, 20));
  std::size_t refused = 0;
  allocations::start();
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = encoded;
    bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<char>(random.below(256));
    const auto read = decode_changes(schema, bytes);
    refused += read ? 0 : 1;
    if (read) {
      EXPECT_TRUE(decode_changes(schema, encode_changes(schema, *read)));
    }
  }
  EXPECT_GT(refused, 1'000u);
  EXPECT_LT(allocations::peak_bytes(), 32 * mebibyte);
}

TEST_F(BatchChangesTest, ChangesOfAnotherSchemaAreRefused) {
  const Bytes encoded = encode_changes(schema, customers(3));
  std::string text(default_schema_text());
  text.replace(text.find("family = { no = 4,"), 18, "family = { no = 99,");
  const Schema other = *Schema::parse(text);
  EXPECT_EQ(decode_changes(other, encoded).error().code, "malformed-batch");
}

}  // namespace
}  // namespace holdline::sync
