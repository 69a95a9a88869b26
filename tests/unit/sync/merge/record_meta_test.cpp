#include <utility>

#include <gtest/gtest.h>

#include "sync/merge/stamps.hpp"
#include "tests/unit/sync/merge/world.hpp"

namespace holdline::sync {
namespace {

using namespace merge_world;

TEST(Meta, ReadsBackWhatWasWrittenAndRefusesTheRest) {
  RecordMeta meta{id(4), 300, {}};
  for (std::uint8_t i = 0; i < 40; ++i)
    put_stamp(meta, i % 2, sha256(std::string(1, static_cast<char>(i))), {-i, id(i)});
  EXPECT_EQ(meta.stamps.size(), 2 * stamps_per_unit);
  const Bytes bytes = encode_meta(meta);
  EXPECT_EQ(*decode_meta(bytes), meta);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_meta(bytes.substr(0, size)));
  std::swap(meta.stamps[0], meta.stamps[1]);
  EXPECT_EQ(decode_meta(encode_meta(meta)).error().code, "malformed-meta");
}

TEST(Stamps, KeepTheLaterTimeOfAValueAndDropTheOldest) {
  RecordMeta meta;
  const auto name = [](int i) { return sha256(std::to_string(i)); };
  for (int i = 0; i < static_cast<int>(stamps_per_unit); ++i)
    EXPECT_TRUE(put_stamp(meta, 1, name(i), {100 + i, id(1)}));
  EXPECT_FALSE(put_stamp(meta, 1, name(99), {1, id(1)}));
  EXPECT_FALSE(put_stamp(meta, 1, name(3), {50, id(1)}));
  EXPECT_TRUE(put_stamp(meta, 1, name(0), {500, id(1)}));
  EXPECT_TRUE(put_stamp(meta, 1, name(98), {400, id(1)}));
  EXPECT_FALSE(stamp_of(meta, 1, name(1)));
  EXPECT_EQ(stamp_of(meta, 1, name(0))->ms, 500);
  EXPECT_TRUE(drop_stamp(meta, 1, name(0)));
  EXPECT_FALSE(drop_stamp(meta, 1, name(0)));
}

TEST(Stamps, NameAValueTheSameWhetherItTravelsOrItsHash) {
  const Value words = std::string(200, 'x');
  EXPECT_EQ(stamp_name({Base{words}}), stamp_name({make_base(words)}));
  EXPECT_NE(stamp_name({Base{words}}), stamp_name({Base{text("x")}}));
  EXPECT_FALSE(stamp_name({unknown}));
}

}  // namespace
}  // namespace holdline::sync
