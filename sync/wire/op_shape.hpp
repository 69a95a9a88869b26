// Takes the ops of a stored payload apart into literals and holes, without knowing the schema: a hub reads the actions
// of every schema version before it looks at them.
// Internal to sync/wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sync/base/bytes.hpp"
#include "sync/schema/value.hpp"
#include "sync/wire/shapes.hpp"

namespace holdline::sync {

// What a column holds of a field or an op.
enum class Slot : std::uint8_t { target, seen, digest, base, base_hash, value, created, adds, removes };

constexpr std::uint64_t column_field(std::uint64_t collection, std::uint64_t field, Slot slot) {
  return collection << 24 | field << 8 | static_cast<std::uint64_t>(slot);
}

// One canonical value: its tag is part of the shape, what follows it fills a hole. `shape_value` fails the reader on
// malformed input; texts are shown, not copied.
void shape_value(ShapeWriter& shapes, std::uint64_t field, ByteReader& in, std::string_view all);

// The ops of one payload; their number, or none when this is not the payload of an action as this version writes it
// (items may then be half collected: drop them).
std::optional<std::size_t> shape_ops(ShapeWriter& shapes, std::string_view payload);

}  // namespace holdline::sync
