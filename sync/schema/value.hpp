// The values a field can hold and their one canonical encoding (equal values have equal bytes, so values are compared,
// hashed and digested as bytes).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sync/base/bytes.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/id.hpp"

namespace holdline::sync {

// An element of a `set` or `list` field. Its tag derives from the action that added it, so folding an add twice changes
// nothing; a removed element stays as a tombstone without text, so that a remove which arrives before its add still
// holds.
struct Element {
  Id tag;
  std::string text;
  bool removed = false;
  bool operator==(const Element&) const = default;
};
using Elements = std::vector<Element>;  // ascending by tag, tags unique

struct Null {
  bool operator==(const Null&) const = default;
};

// Null · bool · integer (also times: Unix milliseconds) · text · reference · elements of a set or list.
using Value = std::variant<Null, bool, std::int64_t, std::string, Id, Elements>;

inline bool is_null(const Value& v) { return std::holds_alternative<Null>(v); }

// The first byte of an encoded value. Part of every hash and stored body: numbers are never reused.
enum class ValueTag : std::uint8_t { null = 0, no = 1, yes = 2, integer = 3, text = 4, id = 5, elements = 6 };

void encode_value(ByteWriter& out, const Value& value);
// Fails the reader (and returns null) on malformed input, texts above `max_text_bytes`, unsorted or duplicate elements.
Value decode_value(ByteReader& in, std::size_t max_text_bytes);
Bytes encode_value(const Value& value);

}  // namespace holdline::sync
