#include "contingency/callbacks/release/preview.hpp"

#include <algorithm>

#include "contingency/incident/incidents.hpp"

namespace holdline::contingency {

namespace {

constexpr double preview_hour_ms = 3'600'000, preview_minute_ms = 60'000;

bool names(const std::vector<std::string>& wanted, const std::vector<std::string>& has) {
  return wanted.empty() || std::ranges::any_of(has, [&](const std::string& one) {
           return std::ranges::find(wanted, one) != wanted.end();
         });
}

void count(std::map<std::string, std::size_t>& into, const std::vector<std::string>& texts, const char* none) {
  for (const std::string& text : texts) ++into[text];
  if (texts.empty()) ++into[none];
}

std::string zone_text(const Whereabouts& where) {
  if (where.zones.empty()) return "unknown";
  if (where.zones.size() == 1) return where.zones.front();
  return where.countries.front() + ", one of " + std::to_string(where.zones.size()) + " zones";
}

// One call after another at this pace, no sooner than each may be made.
void look_ahead(const std::vector<const ListedCase*>& callable, double apart_ms, std::int64_t now_ms, Preview& into) {
  auto free_ms = static_cast<double>(now_ms);
  into.finish_ms = now_ms;
  for (const ListedCase* listed : callable) {
    const auto ready = static_cast<double>(*listed->screening.ready_ms);
    // Who may only be called later does not keep the others waiting.
    const double called = std::max(free_ms, ready);
    free_ms = (ready > free_ms ? free_ms : called) + apart_ms;
    into.finish_ms = std::max(into.finish_ms, static_cast<std::int64_t>(called + apart_ms));
    const std::int64_t promised = listed->of->promise_end_ms;
    if (promised != 0 && called > static_cast<double>(promised)) into.breaking.push_back(listed->of->id);
  }
}

}  // namespace

bool fits(const ReleaseFilter& filter, const CallbackCase& of, const Whereabouts& where) {
  return (filter.scope.empty() || scope_holds(filter.scope, of.scope)) && names(filter.reasons, of.reasons) &&
         names(filter.zones, where.zones) && names(filter.languages, of.languages) &&
         (filter.purposes & of.purposes) != 0;
}

std::vector<ListedCase> list_cases(const Cases& cases, const CallRules& rules, CallingWindows& windows,
                                   std::int64_t now_ms, const OrderOptions& order) {
  std::vector<ListedCase> listed;
  for (const CallbackCase* of : in_order(cases, now_ms, order))
    listed.push_back({of, screen(*of, cases, rules, windows, now_ms)});
  return listed;
}

Preview preview(const std::vector<ListedCase>& listed, const ReleaseFilter& filter, const Floor& floor,
                std::uint32_t per_minute, std::int64_t now_ms) {
  Preview told;
  std::vector<const ListedCase*> callable;
  for (const ListedCase& one : listed) {
    if (!fits(filter, *one.of, one.screening.where)) continue;
    ++told.cases;
    told.requests += one.of->requests.size();
    count(told.by_reason, one.of->reasons, "none");
    count(told.by_language, one.of->languages, "any");
    ++told.by_zone[zone_text(one.screening.where)];
    for (const Block& block : one.screening.blocks) ++told.by_why[std::string(name_of(block.why))];
    if (one.screening.now())
      ++told.now;
    else
      ++(one.screening.ready_ms ? told.scheduled : told.blocked);
    if (one.screening.ready_ms) callable.push_back(&one);
  }
  double apart_ms = preview_hour_ms / std::max<std::uint32_t>(1, floor.agents * floor.calls_an_hour);
  if (per_minute != 0) apart_ms = std::max(apart_ms, preview_minute_ms / per_minute);
  look_ahead(callable, apart_ms, now_ms, told);
  return told;
}

}  // namespace holdline::contingency
