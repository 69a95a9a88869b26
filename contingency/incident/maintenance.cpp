#include "contingency/incident/maintenance.hpp"

#include <algorithm>
#include <array>

#include "contingency/states/decide.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::contingency {

namespace {

constexpr std::array notice_names{"day-before", "hour-before", "soon", "starts", "ends"};
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t window_max_ms = 31LL * 24 * 60 * minute_ms;

struct Warning {
  Notice notice;
  std::int64_t before_ms;
};
constexpr std::array warnings{Warning{Notice::day_before, 24 * 60 * minute_ms},
                              Warning{Notice::hour_before, 60 * minute_ms}, Warning{Notice::soon, 10 * minute_ms}};

}  // namespace

std::string_view name_of(Notice notice) { return notice_names[static_cast<std::size_t>(notice)]; }

Result<void> check(const MaintenanceWindow& window, std::int64_t now_ms) {
  if (window.ends_ms <= window.starts_ms || window.ends_ms - window.starts_ms > window_max_ms ||
      window.ends_ms <= now_ms)
    return fail(ErrorKind::ask_person, "window-malformed",
                "A window ends after it starts, later than now, and lasts at most 31 days.");
  if (window.scopes.empty() || window.scopes.size() > sync::limits::scopes_per_grant ||
      !std::ranges::all_of(window.scopes, sync::is_scope))
    return fail(ErrorKind::ask_person, "scope-malformed",
                "Name what it concerns: one to 64 scopes like 'acme/london'.");
  return check_reason(window.reason);
}

std::vector<WindowNotice> due_notices(const std::vector<MaintenanceWindow>& windows, std::int64_t from_ms,
                                      std::int64_t to_ms) {
  std::vector<WindowNotice> due;
  const auto within = [=](std::int64_t at_ms) { return at_ms > from_ms && at_ms <= to_ms; };
  for (const MaintenanceWindow& window : windows) {
    if (window.cancelled) continue;
    std::optional<WindowNotice> warning;
    for (const auto& [notice, before_ms] : warnings)
      if (within(window.starts_ms - before_ms)) warning = {window.id, notice, window.starts_ms - before_ms};
    if (warning && to_ms < window.starts_ms) due.push_back(*warning);
    if (within(window.starts_ms)) due.push_back({window.id, Notice::starts, window.starts_ms});
    if (within(window.ends_ms)) due.push_back({window.id, Notice::ends, window.ends_ms});
  }
  std::ranges::stable_sort(due, {}, &WindowNotice::due_ms);
  return due;
}

}  // namespace holdline::contingency
