// 128-bit identifiers. Records made by a workstation have UUIDv7s (RFC 9562 §5.7) whose lower bits derive from where
// they were made, so that the receiver rebuilds them and they cost nothing on the wire.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace holdline::sync {

struct Id {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Id&) const = default;

  bool is_nil() const { return *this == Id{}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static Id from(std::string_view raw);  // exactly 16 bytes, else nil
  std::string text() const;              // lower-case 8-4-4-4-12
  static std::optional<Id> parse(std::string_view text);
};

using Lane = std::uint8_t;  // 0 withdrawal, do-not-call · 1 callbacks · 2 entries, complaints · 3 edits
inline constexpr Lane lane_count = 4;

// Where and when an action was made first. Two machines of one disk count the same numbers, so time and boot tell them
// apart.
struct Origin {
  Id device;
  Id incarnation;
  Lane lane = 0;
  std::uint64_t number = 0;  // dense from 1 per (device, incarnation, lane)
  std::int64_t wall_ms = 0;  // Unix milliseconds, uncorrected
  Id boot;
  std::int64_t boot_ms = 0;  // since then
  auto operator<=>(const Origin&) const = default;
};

// The id of the record (or set element) that op `index` of the action at `origin` creates: time bits = `wall_ms`,
// the other 74 bits from SHA-256 over origin and index. Pure; both sides compute it.
Id derive_id(const Origin& origin, std::uint32_t index);

// The id of a natural-key child: same parent and key, same id on every workstation. Not time-ordered.
Id natural_id(std::uint16_t collection, const Id& parent, std::string_view key);

}  // namespace holdline::sync

template <>
struct std::hash<holdline::sync::Id> {
  std::size_t operator()(const holdline::sync::Id& id) const noexcept {
    std::uint64_t tail;  // the random half; the first half is time and would collide
    static_assert(sizeof tail == 8);
    __builtin_memcpy(&tail, id.bytes.data() + 8, sizeof tail);
    return tail;
  }
};
