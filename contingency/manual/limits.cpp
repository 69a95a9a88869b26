#include "contingency/manual/limits.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace holdline::contingency {

namespace {

constexpr std::array access_names{"full", "full-warned", "read-only", "locked", "destroyed"};
constexpr std::int64_t look_window_ms = 3'600'000;

void mark(Judged& judged, Verdict verdict, std::string why) {
  judged.verdict = std::max(judged.verdict, verdict);
  judged.why.push_back(std::move(why));
}

// Beyond the limit, near it, or neither. No overflow: amounts stop at the largest number.
void judge_count(Judged& judged, std::int64_t value, std::int64_t limit, std::uint32_t warn_percent,
                 const std::string& name) {
  if (value > limit)
    mark(judged, Verdict::approval, name + "-over");
  else if (value >= limit / 100 * warn_percent + limit % 100 * warn_percent / 100)
    mark(judged, Verdict::warn, name + "-near");
}

std::int64_t added(std::int64_t a, std::int64_t b) {
  return a > std::numeric_limits<std::int64_t>::max() - b ? std::numeric_limits<std::int64_t>::max() : a + b;
}

}  // namespace

std::string_view name_of(LeaseAccess access) { return access_names[static_cast<std::size_t>(access)]; }

LeaseAccess lease_access(const ManualLimits& limits, std::int64_t without_contact_ms) {
  if (without_contact_ms >= limits.destroyed_ms) return LeaseAccess::destroyed;
  if (without_contact_ms >= limits.locked_ms) return LeaseAccess::locked;
  if (without_contact_ms >= limits.lease_ms) return LeaseAccess::read_only;
  if (without_contact_ms >= limits.lease_ms * limits.warn_percent / 100) return LeaseAccess::full_warned;
  return LeaseAccess::full;
}

std::int64_t next_step_ms(const ManualLimits& limits, std::int64_t without_contact_ms) {
  for (const std::int64_t at : {limits.lease_ms, limits.locked_ms, limits.destroyed_ms})
    if (without_contact_ms < at) return at - without_contact_ms;
  return 0;
}

Judged ManualTally::take(const ManualEntry& entry, std::int64_t without_contact_ms, std::size_t queued) {
  Judged judged;
  Taken& taken = taken_[{entry.shift, entry.person}];
  ++taken.entries;
  judge_count(judged, static_cast<std::int64_t>(taken.entries), static_cast<std::int64_t>(limits_.entries),
              limits_.warn_percent, "entries");
  if (!entry.currency.empty()) judge_money(entry, taken, judged);
  if (lease_access(limits_, without_contact_ms) >= LeaseAccess::read_only)
    mark(judged, Verdict::approval, "lease-over");
  if (queued >= limits_.queued) mark(judged, Verdict::warn, "queue-long");
  return judged;
}

void ManualTally::judge_money(const ManualEntry& entry, Taken& taken, Judged& judged) const {
  if (entry.minor_units < 0) return mark(judged, Verdict::approval, "amount-negative");
  std::int64_t& sum = taken.money[entry.currency];
  sum = added(sum, entry.minor_units);
  const auto item = limits_.item_money.find(entry.currency);
  const auto shift = limits_.shift_money.find(entry.currency);
  if (item == limits_.item_money.end() || shift == limits_.shift_money.end())
    return mark(judged, Verdict::approval, "currency-unknown");
  if (entry.minor_units > item->second) mark(judged, Verdict::approval, "item-over");
  judge_count(judged, sum, shift->second, limits_.warn_percent, "shift");
}

Judged ManualTally::look(const std::string& person, std::int64_t now_ms) {
  Judged judged;
  std::vector<std::int64_t>& looks = looks_[person];
  std::erase_if(looks, [now_ms](std::int64_t at) { return now_ms - at >= look_window_ms; });
  // Beyond twice the limit each one is over it anyway.
  if (looks.size() < 2 * limits_.disclosures + 1) looks.push_back(now_ms);
  judge_count(judged, static_cast<std::int64_t>(looks.size()), static_cast<std::int64_t>(limits_.disclosures),
              limits_.warn_percent, "disclosures");
  return judged;
}

void ManualTally::forget(const std::string& shift) {
  std::erase_if(taken_, [&shift](const auto& entry) { return entry.first.first == shift; });
}

std::size_t ManualTally::entries(const std::string& person, const std::string& shift) const {
  const auto found = taken_.find({shift, person});
  return found == taken_.end() ? 0 : found->second.entries;
}

}  // namespace holdline::contingency
