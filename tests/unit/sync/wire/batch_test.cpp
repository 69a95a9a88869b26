#include "sync/wire/batch.hpp"

#include <gtest/gtest.h>

#include "sync/base/limits.hpp"
#include "tests/support/generator_ops.hpp"
#include "tests/unit/sync/action/random_actions.hpp"
#include "tests/unit/sync/wire/allocations.hpp"

namespace holdline::sync {
namespace {

using allocations::mebibyte;

class BatchTest : public testing::Test {
 protected:
  const Schema schema = *Schema::parse(default_schema_text());

  ActionBatch entries(std::size_t count, generator::NoteSet notes = generator::NoteSet::grammar) const {
    return generator::entry_actions(schema, generator::entries(count, notes), "acme/north/team-1");
  }

  ActionBatch random_batch(std::uint64_t seed, std::size_t count) const {
    RandomActions random(schema, seed);
    ActionBatch batch{test_maker, 3, sha256("before"), {}};
    Hash last = batch.predecessor;
    for (std::size_t i = 0; i < count; ++i) {
      batch.actions.push_back(*store_action(schema, test_maker, random.next(3, 41 + i), last));
      last = batch.actions.back().hash;
    }
    return batch;
  }

  // Links the actions again after their bytes were changed.
  static void relink(ActionBatch& batch) {
    Hash last = batch.predecessor;
    for (StoredAction& a : batch.actions) last = a.hash = chain_hash(last, a.header, a.salt, a.payload);
  }

  static void expect_same(const ActionBatch& batch, const Result<ActionBatch>& read) {
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->maker, batch.maker);
    EXPECT_EQ(read->lane, batch.lane);
    EXPECT_EQ(read->predecessor, batch.predecessor);
    EXPECT_EQ(read->actions, batch.actions);  // with every hash, which the reader computed itself
  }
};

TEST_F(BatchTest, EntriesComeBackAsStoredWithTheirHashes) {
  for (const auto notes : {generator::NoteSet::grammar, generator::NoteSet::free})
    for (const std::size_t count : {1, 2, 100, 2'000}) {
      const ActionBatch batch = entries(count, notes);
      expect_same(batch, decode_actions(encode_actions(batch)));
    }
}

// The action of PROTOCOL.md, chapter 3, as number 7 and 8 of its lane. Schemas come and go; these bytes stay.
TEST_F(BatchTest, BytesOnTheWireStayWhatTheyAre) {
  Bytes header, payload;
  ASSERT_TRUE(
      from_hex("010307018094b2cbd466bfa907000109000000000000000000000000000000904e"
               "04000000000000000000000000000000000000",
               header));
  ASSERT_TRUE(
      from_hex("020001000a61636d652f6e6f7274680001030004034164610003020a61636d652f6e6f727468"
               "00020104000200040d2b343432303735353138373030",
               payload));
  ActionBatch batch{test_maker, 3, sha256("before"), {{3, 7, header, Salt{1}, payload, {}}}};
  header[2] = 8;
  batch.actions.push_back({3, 8, header, Salt{2}, payload, {}});
  relink(batch);
  const Bytes bytes = encode_actions(batch);
  expect_same(batch, decode_actions(bytes));
  EXPECT_EQ(to_hex(sha256(bytes).view()), "7bf3ccc619b570f829ffc22befc3e35fca708d9a18a207457959589535c70c46");
}

TEST_F(BatchTest, AnEmptyBatchComesBackEmpty) {
  const ActionBatch batch{test_maker, 2, sha256("before"), {}};
  expect_same(batch, decode_actions(encode_actions(batch)));
}

TEST_F(BatchTest, ArbitraryActionsComeBackAsStored) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const ActionBatch batch = random_batch(seed, 1 + seed % 40);
    expect_same(batch, decode_actions(encode_actions(batch)));
  }
}

TEST_F(BatchTest, ActionsOfAnotherFormTravelWholeAmongTheOthers) {
  RandomActions random(schema, 5);
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    ActionBatch batch = random_batch(seed, 20);
    for (StoredAction& action : batch.actions) {
      if (random.chance(2)) continue;
      Bytes& part = random.chance(2) ? action.header : action.payload;
      part[random.below(static_cast<std::uint32_t>(part.size()))] ^= static_cast<char>(1 << random.below(8));
    }
    relink(batch);
    expect_same(batch, decode_actions(encode_actions(batch)));
  }
}

TEST_F(BatchTest, AnEntryCostsLessThanTwoThirdsOfItsStoredBytesBeforeCompression) {
  const ActionBatch batch = entries(1'000);
  std::size_t stored = 0;
  for (const StoredAction& action : batch.actions) stored += action.header.size() + action.payload.size();
  EXPECT_LT(encode_actions(batch).size() * 3, stored * 2);
}

TEST_F(BatchTest, EveryTruncationIsRefused) {
  for (const ActionBatch& batch : {entries(3), random_batch(9, 5)}) {
    const Bytes whole = encode_actions(batch);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const auto read = decode_actions(std::string_view(whole).substr(0, n));
      ASSERT_FALSE(read) << n;
      EXPECT_EQ(read.error().code, "malformed-batch");
    }
    EXPECT_FALSE(decode_actions(whole + '\0'));
  }
}

TEST_F(BatchTest, AMutatedBatchIsRefusedOrMeansTheSameAndTakesLittleMemory) {
  RandomActions random(schema, 6);
  const ActionBatch batches[] = {entries(10), random_batch(10, 10)};
  const Bytes encoded[] = {encode_actions(batches[0]), encode_actions(batches[1])};
  std::size_t refused = 0;
  allocations::start();
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = encoded[i % 2];
    for (std::uint32_t k = 0, flips = 1 + random.below(3); k < flips; ++k)
      bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<char>(random.below(256));
    const auto read = decode_actions(bytes);
    refused += read ? 0 : 1;
    if (read) {
      EXPECT_EQ(read->actions, batches[i % 2].actions);
      EXPECT_EQ(read->maker, batches[i % 2].maker);
    }
  }
  EXPECT_GT(refused, 19'000u);
  EXPECT_LT(allocations::peak_bytes(), 16 * mebibyte);
}

TEST_F(BatchTest, ACountThatTheBytesCannotHoldAllocatesNothing) {
  Bytes bytes = encode_actions(entries(1));
  ByteReader in(bytes);
  const std::uint64_t random = in.varint();
  in.varint();
  const std::size_t count_at = in.position() + static_cast<std::size_t>(random) + 3;  // version, lane, first number
  ASSERT_EQ(bytes[count_at], 1);
  Bytes padded = bytes;
  padded[count_at] = 0x7f;
  allocations::start();
  EXPECT_FALSE(decode_actions(padded));
  EXPECT_LT(allocations::peak_bytes(), 4'096u);
}

TEST_F(BatchTest, ASmallBatchThatUnfoldsBeyondAMessageIsRefusedBeforeItDoes) {
  // 2,000 actions with the same 16 KiB text are a dictionary of one: about 40 KiB that unfold to 32 MiB.
  Action action =
      generator::entry_action(schema, test_maker, generator::entries(1, generator::NoteSet::free)[0], 1, "a");
  const Collection& entry = *schema.collection("manual_entry");
  action.ops[0].changes = {{*entry.field("note"), BaseUnknown{}, std::string(limits::text_bytes, 'x'), {}, {}}};
  ActionBatch batch{test_maker, 2, {}, {}};
  for (std::uint64_t number = 1; number <= limits::actions_per_push; ++number) {
    action.header.number = number;
    batch.actions.push_back(*store_action(schema, test_maker, action, Hash{}));
  }
  relink(batch);
  const Bytes bytes = encode_actions(batch);
  EXPECT_LT(bytes.size(), 64u * 1024);
  allocations::start();
  EXPECT_FALSE(decode_actions(bytes));
  EXPECT_LT(allocations::peak_bytes(), limits::message_bytes * 3 / 2);
}

}  // namespace
}  // namespace holdline::sync
