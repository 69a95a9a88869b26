#include "sync/wire/columns.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace holdline::sync {
namespace {

using Ints = std::vector<std::int64_t>;
using Texts = std::vector<std::string_view>;

// What one column needs, all parts together; checks that it comes back.
std::size_t round_trip(const Ints& values) {
  ColumnSink sink;
  write_ints(sink, values);
  const Bytes body = join(sink);
  ColumnSource source = split(body);
  IntReader reader(source);
  for (const std::int64_t value : values) EXPECT_EQ(reader.next(), value);
  EXPECT_TRUE(reader.done());
  EXPECT_TRUE(source.done());
  return body.size();
}

std::size_t round_trip(const Texts& values) {
  ColumnSink sink;
  write_texts(sink, values);
  const Bytes body = join(sink);
  ColumnSource source = split(body);
  TextReader reader(source);
  for (const auto value : values) EXPECT_EQ(reader.next(), value);
  EXPECT_TRUE(reader.done());
  EXPECT_TRUE(source.done());
  return body.size();
}

std::size_t round_trip(const std::vector<Id>& values) {
  ColumnSink sink;
  write_ids(sink, values);
  const Bytes body = join(sink);
  ColumnSource source = split(body);
  IdReader reader(source);
  for (const Id& value : values) EXPECT_EQ(reader.next(), value);
  EXPECT_TRUE(reader.done());
  EXPECT_TRUE(source.done());
  return body.size();
}

TEST(Columns, NumbersThatAreAllEqualCostAHandfulOfBytes) { EXPECT_LE(round_trip(Ints(1'000, -77)), 6u); }

TEST(Columns, RisingNumbersCostTheirDifferences) {
  Ints times;
  for (std::int64_t i = 0; i < 1'000; ++i) times.push_back(1'763'700'000'000 + i * 50);
  EXPECT_LT(round_trip(times), 1'020u);
}

TEST(Columns, ExtremeNumbersComeBack) {
  const auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  round_trip(Ints{});
  round_trip(Ints{least, most});
  round_trip(Ints{most, least, 0, -1, most});
  std::mt19937_64 random(1);
  for (int bits = 1; bits < 64; ++bits) {
    Ints values(50);
    for (auto& v : values) v = static_cast<std::int64_t>(random() >> (64 - bits)) - (1 << 20);
    round_trip(values);
  }
}

TEST(Columns, FewDifferentTextsBecomeADictionary) {
  Texts values;
  for (int i = 0; i < 1'000; ++i) values.push_back(i % 3 ? "follow_up" : "escalated");
  EXPECT_LT(round_trip(values), 1'040u);
}

TEST(Columns, PhoneNumbersCostFourBytes) {
  std::mt19937 random(1);
  std::vector<std::string> numbers;
  for (int i = 0; i < 1'000; ++i) numbers.push_back("+4915" + std::to_string(10'000'000 + random() % 90'000'000));
  EXPECT_LT(round_trip(Texts(numbers.begin(), numbers.end())), 4'800u);
}

TEST(Columns, TextsThatOnlyLookLikePhoneNumbersComeBack) {
  round_trip(Texts{"+49150000001", "+4915000000x", "+49150000002"});
  round_trip(Texts{"+00000000000", "+000000000", "+999999999999999"});
  round_trip(Texts{"+4915", "+49150000001"});
  round_trip(Texts{});
  round_trip(Texts{"", "", "x"});
}

TEST(Columns, ManyDifferentTextsCostTheirBytesAndLengths) {
  std::vector<std::string> texts;
  for (int i = 0; i < 1'000; ++i) texts.push_back("text number " + std::to_string(i));
  round_trip(Texts(texts.begin(), texts.end()));
}

TEST(Columns, IdsOfEveryKindComeBack) {
  std::mt19937_64 random(1);
  std::vector<Id> v7(300), v8(300), few(300);
  for (std::size_t i = 0; i < 300; ++i) {
    Origin origin;
    origin.number = i;
    origin.wall_ms = 1'763'700'000'000 + static_cast<std::int64_t>(random() >> 28);  // two years
    v7[i] = derive_id(origin, 0);
    v8[i] = natural_id(3, v7[i], "key");
    few[i] = v8[i % 5];
  }
  EXPECT_LT(round_trip(v7), 300 * 14 + 40u);
  round_trip(v8);
  EXPECT_LT(round_trip(few), 5 * 16 + 320u);
  EXPECT_LT(round_trip(std::vector<Id>(300, v8[0])), 40u);
  round_trip(std::vector<Id>{});
  v7[0] = v8[0];
  round_trip(v7);
}

TEST(Columns, ReadingPastTheEndFails) {
  ColumnSink sink;
  write_ints(sink, Ints{1, 2, 500});
  write_texts(sink, Texts{"a", "bc"});
  const Bytes body = join(sink);
  ColumnSource source = split(body);
  IntReader ints(source);
  TextReader texts(source);
  for (int i = 0; i < 3; ++i) ints.next();
  EXPECT_TRUE(ints.done());
  ints.next();
  EXPECT_FALSE(ints.done());
  texts.next();
  EXPECT_FALSE(texts.done());
  texts.next();
  EXPECT_TRUE(texts.done());
  texts.next();
  EXPECT_FALSE(texts.done());
}

}  // namespace
}  // namespace holdline::sync
