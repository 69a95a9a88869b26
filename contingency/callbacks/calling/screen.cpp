#include "contingency/callbacks/calling/screen.hpp"

#include <algorithm>
#include <array>

#include "contingency/callbacks/outcome.hpp"

namespace holdline::contingency {

namespace {

constexpr std::int64_t screen_day_ms = 24 * 3'600'000;

bool counts(const CallAttempt& attempt) {
  const Outcome* outcome = outcome_named(attempt.outcome);
  return outcome == nullptr || outcome->counts;
}

std::int64_t ended(const CallAttempt& attempt) { return std::max(attempt.started_ms, attempt.ended_ms); }

// What holds whatever number is dialled.
void block_case(const CallbackCase& of, const Cases& cases, std::int64_t now_ms, std::vector<Block>& blocks) {
  const Purpose purpose = of.purpose();
  if (of.facts.restricted) blocks.push_back({BlockedWhy::restricted});
  if (of.facts.deceased) blocks.push_back({BlockedWhy::deceased});
  if (of.need == CaseNeed::review && !of.facts.deceased) blocks.push_back({BlockedWhy::review});
  const bool agreed = (of.facts.consented & bit_of(purpose)) != 0;
  if ((of.facts.refused & bit_of(purpose)) != 0 || (purpose == Purpose::marketing && !agreed))
    blocks.push_back({BlockedWhy::no_consent});
  const CallbackCase* before = of.after.is_nil() ? nullptr : cases.find(of.after);
  if (before != nullptr && before->need == CaseNeed::call && before->attempts.empty())
    blocks.push_back({BlockedWhy::after_another});
  if (of.promise_start_ms > now_ms) blocks.push_back({BlockedWhy::promised_later, of.promise_start_ms});
  if (!of.attempts.empty() && of.attempts.back().next_ms > now_ms)
    blocks.push_back({BlockedWhy::agreed_later, of.attempts.back().next_ms});
}

// The first number that nothing forbids; of the numbers that are left over, what is said of the best one.
std::string number_of(const CallbackCase& of, std::vector<Block>& blocks) {
  const PurposeSet purpose = bit_of(of.purpose());
  bool refused = false;
  for (const CaseNumber& number : of.numbers) {
    if (number.off) continue;
    if ((number.refused & purpose) == 0) return number.number;
    refused = true;
  }
  blocks.push_back({refused ? BlockedWhy::do_not_call : BlockedWhy::no_number});
  return {};
}

void block_by_calls(const CallbackCase& of, const std::string& number, const CallLimits& limits, std::int64_t now_ms,
                    std::vector<Block>& blocks) {
  std::size_t counted = 0;
  std::vector<std::int64_t> of_number;
  std::int64_t last = 0;
  for (const CallAttempt& attempt : of.attempts) {
    if (!counts(attempt)) continue;
    // Calls that settled what was asked before do not count against what was asked since.
    if (attempt.started_ms >= of.contact_ms) ++counted;
    last = std::max(last, ended(attempt));
    if (attempt.number == number) of_number.push_back(ended(attempt));
  }
  if (counted >= limits.attempts) return blocks.push_back({BlockedWhy::attempts});
  if (last != 0 && last + limits.gap_ms > now_ms) blocks.push_back({BlockedWhy::gap, last + limits.gap_ms});
  std::ranges::sort(of_number);
  if (of_number.size() < limits.attempts_a_day) return;
  const std::int64_t until = of_number[of_number.size() - limits.attempts_a_day] + screen_day_ms;
  if (until > now_ms) blocks.push_back({BlockedWhy::number_day, until});
}

}  // namespace

std::string_view name_of(BlockedWhy why) {
  constexpr std::array<std::string_view, blocked_why_count> names{
      "do-not-call", "no-consent", "restricted", "deceased",       "review",       "no-number",     "after-another",
      "attempts",    "gap",        "number-day", "promised-later", "agreed-later", "outside-hours", "zone-unknown"};
  return names[static_cast<std::size_t>(why)];
}

Screening screen(const CallbackCase& of, const Cases& cases, const CallRules& rules, CallingWindows& windows,
                 std::int64_t now_ms) {
  Screening screening;
  block_case(of, cases, now_ms, screening.blocks);
  screening.number = number_of(of, screening.blocks);
  const std::string& zone = of.facts.zone.empty() ? of.promise_zone : of.facts.zone;
  screening.where = windows.whereabouts(zone, of.facts.country, screening.number, rules.site_zone);
  block_by_calls(of, screening.number, rules.limits, now_ms, screening.blocks);
  std::int64_t ready = now_ms;
  bool ends = true;
  for (const Block& block : screening.blocks) {
    ends = ends && block.until_ms != 0;
    ready = std::max(ready, block.until_ms);
  }
  const auto open_now = windows.next_open(screening.where, now_ms);
  if (!open_now)
    screening.blocks.push_back({BlockedWhy::zone_unknown});
  else if (*open_now > now_ms)
    screening.blocks.push_back({BlockedWhy::hours, *open_now});
  if (ends && open_now) screening.ready_ms = windows.next_open(screening.where, ready);
  return screening;
}

}  // namespace holdline::contingency
