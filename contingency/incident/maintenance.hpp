// Planned maintenance: a window in which a scope works by hand, announced beforehand. Its end is a question to a
// person, never a switch. Pure; times are Unix milliseconds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

struct MaintenanceWindow {
  sync::Id id;
  std::vector<std::string> scopes;
  std::int64_t starts_ms = 0, ends_ms = 0;
  std::string reason;
  std::string person;
  bool cancelled = false;
};

enum class Notice : std::uint8_t {
  day_before,
  hour_before,  // copies are pulled and forms printed now
  soon,         // ten minutes
  starts,       // ask for ServiceTrigger::window_starts
  ends,         // ask a supervisor: are systems back? Nothing happens by itself
};
std::string_view name_of(Notice notice);

struct WindowNotice {
  sync::Id window;
  Notice notice = Notice::starts;
  std::int64_t due_ms = 0;
};

// At most 31 days long, and it ends after it starts and after `now_ms`. ask_person: "window-malformed",
// "scope-malformed", "reason-missing".
Result<void> check(const MaintenanceWindow& window, std::int64_t now_ms);

// What became due after `from_ms` and up to `to_ms`, by time. Of warnings that were missed while nobody looked only the
// latest of each window is told: three at once tell nothing more. A start is told even if the end is due as well.
std::vector<WindowNotice> due_notices(const std::vector<MaintenanceWindow>& windows, std::int64_t from_ms,
                                      std::int64_t to_ms);

}  // namespace holdline::contingency
