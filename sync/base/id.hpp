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
  // Computed from a parent and a key (natural_id), as anybody can who knows both.
  bool is_natural() const { return bytes[6] >> 4 == 8; }
  // When a record of a workstation was made, by its own clock; says nothing of a natural id.
  std::int64_t made_ms() const;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static Id from(std::string_view raw);  // exactly 16 bytes, else nil
  std::string text() const;              // lower-case 8-4-4-4-12
  static std::optional<Id> parse(std::string_view text);
};

using Lane = std::uint8_t;  // 0 withdrawal, do-not-call · 1 callbacks · 2 entries, complaints · 3 edits
inline constexpr Lane lane_count = 4;

// Random bytes of one action, drawn from the kernel when it is saved and kept beside its payload.
using Salt = std::array<std::uint8_t, 8>;

// Where and when an action was made first, and its salt. Two machines of one disk count the same numbers, and those
// that go on from one memory have one boot and one clock: only what each draws for itself tells them apart.
struct Origin {
  Id device;
  Id incarnation;
  Lane lane = 0;
  std::uint64_t number = 0;  // dense from 1 per (device, incarnation, lane)
  std::int64_t wall_ms = 0;  // Unix milliseconds, uncorrected
  Salt salt{};
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
