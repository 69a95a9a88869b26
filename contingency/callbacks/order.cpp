#include "contingency/callbacks/order.hpp"

#include <algorithm>
#include <array>

namespace holdline::contingency {

namespace {

constexpr std::array<std::string_view, 5> severity_names{"", "minor", "moderate", "serious", "critical"};

bool legal_near(const CallbackCase& of, std::int64_t now_ms, const OrderOptions& options) {
  return of.facts.legal_due_ms != 0 && of.facts.legal_due_ms - now_ms <= options.legal_near_ms;
}

std::int64_t due_of(const CallbackCase& of, std::int64_t now_ms, const OrderOptions& options) {
  std::int64_t due = of.promise_end_ms != 0 ? of.promise_end_ms : of.contact_ms + options.unpromised_ms;
  if (legal_near(of, now_ms, options)) due = std::min(due, of.facts.legal_due_ms);
  return due;
}

Band band_by_urgency(const CallbackCase& of, std::int64_t now_ms, const OrderOptions& options) {
  if (of.first) return Band::by_hand;
  if (of.facts.vulnerable || legal_near(of, now_ms, options)) return Band::urgent;
  const std::int64_t due = due_of(of, now_ms, options);
  if (due <= now_ms) return Band::missed;
  return of.promise_end_ms != 0 && due - now_ms <= options.near_ms ? Band::near : Band::others;
}

}  // namespace

Place place_of(const CallbackCase& of, std::int64_t now_ms, const OrderOptions& options) {
  Place place;
  auto band = static_cast<std::int64_t>(band_by_urgency(of, now_ms, options));
  const std::int64_t climbed = std::max<std::int64_t>(0, now_ms - of.contact_ms) / options.climb_ms;
  if (band > 1) band = std::max<std::int64_t>(1, band - climbed);
  place.band = static_cast<Band>(band);
  // Who was put first by hand stays in the order in which that was done.
  if (of.first)
    place.due_ms = of.first->at_ms;
  else if (place.band != Band::others)
    place.due_ms = due_of(of, now_ms, options);
  place.severity = -of.facts.severity;
  const auto tier = std::ranges::find(options.tiers, of.facts.tier);
  place.tier = static_cast<std::int32_t>(tier - options.tiers.begin());
  place.contact_ms = of.contact_ms;
  place.id = of.id;
  return place;
}

std::string_view name_of(WhyHere::Why why) {
  constexpr std::array<std::string_view, 9> names{"put-first",      "vulnerable",   "legal-deadline",
                                                  "promise-missed", "promise-near", "waited",
                                                  "complaint",      "tier",         "first-come"};
  return names[static_cast<std::size_t>(why)];
}

std::vector<WhyHere> why_here(const CallbackCase& of, std::int64_t now_ms, const OrderOptions& options) {
  using Why = WhyHere::Why;
  std::vector<WhyHere> why;
  if (of.first) why.push_back({Why::by_hand, of.first->at_ms, of.first->reason});
  if (of.facts.vulnerable) why.push_back({Why::vulnerable});
  if (legal_near(of, now_ms, options)) why.push_back({Why::legal_deadline, of.facts.legal_due_ms});
  if (of.promise_end_ms != 0 && of.promise_end_ms <= now_ms) why.push_back({Why::promise_missed, of.promise_end_ms});
  if (of.promise_end_ms > now_ms && of.promise_end_ms - now_ms <= options.near_ms)
    why.push_back({Why::promise_near, of.promise_end_ms});
  if (place_of(of, now_ms, options).band < band_by_urgency(of, now_ms, options) ||
      (of.promise_end_ms == 0 && of.contact_ms + options.unpromised_ms <= now_ms))
    why.push_back({Why::waited, of.contact_ms});
  if (of.facts.severity != 0)
    why.push_back({Why::complaint, 0, std::string(severity_names.at(std::min<std::size_t>(of.facts.severity, 4)))});
  if (!of.facts.tier.empty() && of.facts.tier != options.tiers.back()) why.push_back({Why::tier, 0, of.facts.tier});
  if (why.empty()) why.push_back({Why::first_come, of.contact_ms});
  return why;
}

std::vector<const CallbackCase*> in_order(const Cases& cases, std::int64_t now_ms, const OrderOptions& options) {
  std::vector<std::pair<Place, const CallbackCase*>> placed;
  placed.reserve(cases.all().size());
  for (const auto& [id, one] : cases.all())
    if (one.need == CaseNeed::call) placed.emplace_back(place_of(one, now_ms, options), &one);
  std::ranges::sort(placed, {}, &std::pair<Place, const CallbackCase*>::first);
  std::vector<const CallbackCase*> ordered;
  ordered.reserve(placed.size());
  for (const auto& [place, one] : placed) ordered.push_back(one);
  return ordered;
}

}  // namespace holdline::contingency
