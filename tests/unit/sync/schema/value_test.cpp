#include "sync/schema/value.hpp"

#include <random>

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

constexpr std::size_t any_length = 1 << 20;

Id id_of(std::uint8_t first, std::uint8_t last) {
  Id id;
  id.bytes.front() = first;
  id.bytes.back() = last;
  return id;
}

std::vector<Value> samples() {
  return {Null{},
          false,
          true,
          std::int64_t{0},
          std::int64_t{-1},
          std::int64_t{1'763'700'000'000},
          std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min(),
          std::string(),
          std::string("García 王"),
          std::string(300, 'x'),
          id_of(1, 2),
          Elements{},
          Elements{{id_of(1, 0), "first", false}, {id_of(1, 1), "", true}, {id_of(2, 0), "", false}}};
}

// Decodes bytes that must be exactly one value.
std::optional<Value> decode_whole(std::string_view bytes, std::size_t max_text_bytes = any_length) {
  ByteReader in(bytes);
  Value value = decode_value(in, max_text_bytes);
  if (!in.done()) return std::nullopt;
  return value;
}

TEST(Value, HasTheBytesThatTheProtocolStates) {
  EXPECT_EQ(to_hex(encode_value(Null{})), "00");
  EXPECT_EQ(to_hex(encode_value(false)), "01");
  EXPECT_EQ(to_hex(encode_value(true)), "02");
  EXPECT_EQ(to_hex(encode_value(std::int64_t{-1})), "0301");
  EXPECT_EQ(to_hex(encode_value(std::int64_t{300})), "03d804");
  EXPECT_EQ(to_hex(encode_value(std::string("ab"))), "04026162");
  EXPECT_EQ(to_hex(encode_value(id_of(1, 2))), "0501000000000000000000000000000002");
  EXPECT_EQ(to_hex(encode_value(Elements{{id_of(1, 2), "a", false}, {id_of(3, 4), "", true}})),
            "0602"
            "01000000000000000000000000000002"
            "00"
            "0161"
            "03000000000000000000000000000004"
            "01");
}

TEST(Value, ComesBackFromItsBytes) {
  for (const Value& value : samples()) EXPECT_EQ(decode_whole(encode_value(value)), value);
}

TEST(Value, ForgetsTheTextOfARemovedElement) {
  const auto back = decode_whole(encode_value(Elements{{id_of(1, 1), "gone", true}}));
  EXPECT_EQ(back, Value(Elements{{id_of(1, 1), "", true}}));
}

TEST(Value, RefusesBytesThatItWouldNotWrite) {
  const std::string one(16, '\1'), two(16, '\2');
  const std::pair<const char*, std::string> refused[] = {
      {"nothing", ""},
      {"unknown tag", "\x07"},
      {"padded integer", std::string("\x03\x80\x00", 3)},
      {"integer of eleven bytes", "\x03" + std::string(10, '\xff') + "\x01"},
      {"text cut off",
       "\x04\x03"
       "ab"},
      {"id cut off", "\x05" + std::string(15, 'x')},
      {"count without elements", "\x06\x01"},
      {"hostile count", "\x06\xff\xff\xff\xff\x0f"},
      {"unknown removed flag", "\x06\x01" + one + "\x02"},
      {"descending tags", std::string("\x06\x02") + two + '\1' + one + '\1'},
      {"duplicate tags", std::string("\x06\x02") + one + '\1' + one + '\1'},
      {"trailing byte", std::string("\0\0", 2)},
  };
  for (const auto& [why, bytes] : refused) EXPECT_FALSE(decode_whole(bytes)) << why;
}

TEST(Value, RefusesTextsAboveTheGivenLength) {
  const Bytes text = encode_value(std::string(5, 'x'));
  const Bytes elements = encode_value(Elements{{id_of(1, 1), "12345", false}});
  EXPECT_TRUE(decode_whole(text, 5));
  EXPECT_FALSE(decode_whole(text, 4));
  EXPECT_TRUE(decode_whole(elements, 5));
  EXPECT_FALSE(decode_whole(elements, 4));
}

TEST(Value, DecodesNoBytesToAValueThatWouldBeWrittenDifferently) {
  std::mt19937_64 random(20'240'501);
  std::vector<Bytes> valid;
  for (const Value& value : samples()) valid.push_back(encode_value(value));
  std::size_t decoded = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes;
    if (round % 2 == 0) {
      bytes.resize(random() % 60);
      for (char& c : bytes) c = static_cast<char>(random());
      if (!bytes.empty()) bytes[0] = static_cast<char>(random() % 8);
    } else {
      bytes = valid[random() % valid.size()];
      for (std::size_t flips = 1 + random() % 3; flips > 0; --flips)
        bytes[random() % bytes.size()] = static_cast<char>(random() % 4 == 0 ? random() : random() % 8);
    }
    ByteReader in(bytes);
    const Value value = decode_value(in, any_length);
    if (!in.ok()) continue;
    ++decoded;
    EXPECT_EQ(encode_value(value), bytes.substr(0, in.position())) << to_hex(bytes);
  }
  EXPECT_GT(decoded, 1'000u);
}

}  // namespace
}  // namespace holdline::sync
