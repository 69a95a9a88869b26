#include "contingency/manual/limits.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace holdline::contingency {

namespace {

constexpr std::array access_names{"full", "full-warned", "read-only", "locked", "destroyed"};

using LimitWords = std::pair<std::string_view, std::string_view>;
constexpr std::array<LimitWords, 11> limit_words{{
    {"entries-near", "You have nearly taken as many entries by hand as one person may in a shift."},
    {"entries-over", "More entries were taken by hand than one person may in a shift: a supervisor looks at this one."},
    {"item-over", "The amount is beyond what may be promised by hand: a supervisor approves it first."},
    {"shift-near", "The amounts of this shift are near what one person may promise by hand."},
    {"shift-over",
     "The amounts of this shift are beyond what one person may promise by hand: a supervisor approves it "
     "first."},
    {"currency-unknown", "The plan has no limit for amounts of a shift: a supervisor approves it first."},
    {"amount-negative", "The amount is below zero: a supervisor approves it first."},
    {"lease-over", "This workstation has had no contact for so long that a supervisor looks at what it takes."},
    {"disclosures-near", "You have nearly told as much about customers as one person may in an hour."},
    {"disclosures-over", "More was told about customers than one person may in an hour: a supervisor looks at it."},
    {"queue-long", "Very many entries wait here for the hub. Tell IT."},
}};

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

void judge_money(const ManualLimits& limits, const TakenByHand& before, const ManualEntry& entry, Judged& judged) {
  if (entry.minor_units < 0) return mark(judged, Verdict::approval, "amount-negative");
  const auto item = limits.item_money.find(entry.currency);
  const auto shift = limits.shift_money.find(entry.currency);
  if (item == limits.item_money.end() || shift == limits.shift_money.end())
    return mark(judged, Verdict::approval, "currency-unknown");
  if (entry.minor_units > item->second) mark(judged, Verdict::approval, "item-over");
  const auto taken = before.money.find(entry.currency);
  const std::int64_t sum = added(taken == before.money.end() ? 0 : taken->second, entry.minor_units);
  judge_count(judged, sum, shift->second, limits.warn_percent, "shift");
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

Judged judge_by_hand(const ManualLimits& limits, const TakenByHand& before, const ManualEntry& entry,
                     std::int64_t without_contact_ms, std::size_t queued) {
  Judged judged;
  judge_count(judged, static_cast<std::int64_t>(before.entries) + 1, static_cast<std::int64_t>(limits.entries),
              limits.warn_percent, "entries");
  if (!entry.currency.empty()) judge_money(limits, before, entry, judged);
  if (lease_access(limits, without_contact_ms) >= LeaseAccess::read_only) mark(judged, Verdict::approval, "lease-over");
  if (queued >= limits.queued) mark(judged, Verdict::warn, "queue-long");
  return judged;
}

Judged judge_disclosure(const ManualLimits& limits, std::size_t before) {
  Judged judged;
  judge_count(judged, static_cast<std::int64_t>(before) + 1, static_cast<std::int64_t>(limits.disclosures),
              limits.warn_percent, "disclosures");
  return judged;
}

std::string currency_of_amounts(const ManualLimits& limits) {
  const auto lowest = std::ranges::min_element(limits.item_money, {}, [](const auto& one) { return one.second; });
  return lowest == limits.item_money.end() ? std::string() : lowest->first;
}

std::string_view words_of_limit(std::string_view code) {
  const auto found = std::ranges::find(limit_words, code, &LimitWords::first);
  return found == limit_words.end() ? std::string_view() : found->second;
}

}  // namespace holdline::contingency
