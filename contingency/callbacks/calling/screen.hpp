// Whether a case may be called now, on which number, and if not: why, and from when. Asked when a list is released and
// once more when somebody is about to dial. Pure; Unix milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/callbacks/calling/windows.hpp"
#include "contingency/callbacks/cases.hpp"

namespace holdline::contingency {

enum class BlockedWhy : std::uint8_t {
  do_not_call,  // every number that is left is on the list, for what this call is about
  no_consent,   // refused or withdrawn; or advertising that nobody agreed to
  restricted,   // their data may only be stored
  deceased,
  review,         // a person decides first
  no_number,      // nothing that can be dialled: see how else they can be reached
  after_another,  // the same customer's other case is called first
  attempts,       // as often as is allowed
  gap,            // too soon after the last call
  number_day,     // this number was called as often as it may be in 24 hours
  promised_later,
  agreed_later,  // they asked for another time
  hours,         // outside the hours in which people may be called there
  zone_unknown,  // nobody knows what the clock shows there
};
inline constexpr std::size_t blocked_why_count = 14;
std::string_view name_of(BlockedWhy why);

struct Block {
  BlockedWhy why = BlockedWhy::hours;
  std::int64_t until_ms = 0;  // 0: until somebody decides or something becomes known
  bool operator==(const Block&) const = default;
};

struct Screening {
  std::string number;         // to be dialled; empty: none may be
  std::vector<Block> blocks;  // none: now
  Whereabouts where;
  // When it may be called as far as is known; nothing while a block has no end.
  std::optional<std::int64_t> ready_ms;
  bool now() const { return blocks.empty(); }
};

// How often somebody may be called.
struct CallLimits {
  std::uint32_t attempts = 3;           // in one matter
  std::uint32_t attempts_a_day = 2;     // of one number, in 24 hours
  std::int64_t gap_ms = 2 * 3'600'000;  // between two calls
};

// What calls are judged by; the hours are those of the schema.
struct CallRules {
  const sync::Schema& schema;
  std::string site_zone;  // where nothing else says what the clock shows
  CallLimits limits = {};
};

// `cases`: for what must be called before it.
Screening screen(const CallbackCase& of, const Cases& cases, const CallRules& rules, CallingWindows& windows,
                 std::int64_t now_ms);

}  // namespace holdline::contingency
