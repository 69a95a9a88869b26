// What the floor of a queue can serve, as somebody set it: windows of a day by the clock of one place, how many calls
// each takes, and the workstations that promise them. It is divided again from a later time on only, so that what desks
// without contact promised under the division before still counts. Pure; Unix milliseconds.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/callbacks/promise/promises.hpp"
#include "sync/action/record.hpp"

namespace holdline::contingency {

// Promises are for a time within three days: whoever divides anew does so from then on.
inline constexpr std::int64_t promised_ahead_ms = 72LL * 3'600'000;

struct PromiseCapacity {
  std::string queue;  // a scope
  std::string zone;
  std::string opens, closes;      // "09:00"; midnight at the end of a day is "24:00"
  std::vector<std::string> days;  // "mon"; none: every day
  std::uint32_t minutes = 60;     // of a window
  std::uint32_t calls = 0;        // in a window
  std::vector<std::string> stations = {};
  std::int64_t since_ms = 0;  // for windows that begin then or later
  bool operator==(const PromiseCapacity&) const = default;
};

// As a record of the ledger has it (collection promise_capacity).
PromiseCapacity capacity_of(const sync::Collection& collection, const sync::Record& record);
// ask_person "capacity-malformed": hours, days or lengths that make no window, or nobody who promises.
Result<void> check_capacity(const PromiseCapacity& capacity);

using ZoneOffset = std::function<std::optional<std::int64_t>(std::string_view zone, std::int64_t unix_ms)>;

// The windows that begin within [from_ms, until_ms), each with the division that holds for it: the newest whose time
// has come by its beginning. In order. On days on which clocks change there may be one more or less.
struct DividedWindow {
  PromiseWindow window;
  std::vector<std::string> stations;
};
std::vector<DividedWindow> windows_between(std::span<const PromiseCapacity> capacities, const ZoneOffset& offset,
                                           std::int64_t from_ms, std::int64_t until_ms);

// What one workstation may promise of the coming windows, before anything is counted.
PromiseRoom room_of(std::span<const PromiseCapacity> capacities, const std::string& station, const ZoneOffset& offset,
                    std::int64_t now_ms);

}  // namespace holdline::contingency
