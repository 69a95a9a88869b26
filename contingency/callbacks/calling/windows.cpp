#include "contingency/callbacks/calling/windows.hpp"

#include <algorithm>
#include <array>

namespace holdline::contingency {

namespace {

constexpr std::int64_t window_minute_ms = 60'000, window_day_ms = 24 * 60 * window_minute_ms;
constexpr std::int64_t offset_step_ms = window_day_ms / 2;

std::int64_t day_at(std::int64_t clock_ms) {
  return clock_ms >= 0 ? clock_ms / window_day_ms : (clock_ms - window_day_ms + 1) / window_day_ms;
}

// 1970-01-01 was a Thursday.
std::size_t weekday_of(std::int64_t day) { return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7); }

// The first moment in (from, until] whose offset is another than at `from`; `until` when there is none.
std::int64_t next_change(const ZoneRules& rules, std::string_view zone, std::int64_t from, std::int64_t until) {
  const auto offset = rules.offset(zone, from);
  if (rules.offset(zone, until) == offset) return until;
  std::int64_t same = from, other = until;
  while (other - same > 1) {
    const std::int64_t middle = same + (other - same) / 2;
    (rules.offset(zone, middle) == offset ? same : other) = middle;
  }
  return other;
}

void add(Spans& spans, Span span) {
  if (span.from_ms >= span.until_ms) return;
  if (!spans.empty() && spans.back().until_ms == span.from_ms)
    spans.back().until_ms = span.until_ms;
  else
    spans.push_back(span);
}

}  // namespace

Spans both(const Spans& a, const Spans& b) {
  Spans spans;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    add(spans, {std::max(a[i].from_ms, b[j].from_ms), std::min(a[i].until_ms, b[j].until_ms)});
    a[i].until_ms < b[j].until_ms ? ++i : ++j;
  }
  return spans;
}

// Piece by piece of equal offset: within one, the clock runs like any other.
Spans open_spans(const sync::Schema& schema, const ZoneRules& rules, std::string_view country, std::string_view zone,
                 Span within) {
  Spans spans;
  if (!rules.offset) return spans;
  for (std::int64_t from = within.from_ms; from < within.until_ms;) {
    const auto offset = rules.offset(zone, from);
    if (!offset) return {};
    const std::int64_t until = next_change(rules, zone, from, std::min(from + offset_step_ms, within.until_ms));
    for (std::int64_t day = day_at(from + *offset); day <= day_at(until - 1 + *offset); ++day) {
      const sync::CallingHours* hours = schema.calling_hours(country, static_cast<std::int32_t>(day));
      if (hours == nullptr) continue;
      const auto& on = hours->on[weekday_of(day)];
      const std::int64_t midnight = day * window_day_ms - *offset;
      add(spans, {std::max(from, midnight + on.from * window_minute_ms),
                  std::min(until, midnight + on.until * window_minute_ms)});
    }
    from = until;
  }
  return spans;
}

std::string_view name_of(Whereabouts::Source source) {
  constexpr std::array<std::string_view, 4> names{"told", "address", "number", "site"};
  return names[static_cast<std::size_t>(source)];
}

const Spans& CallingWindows::of(const Whereabouts& where) {
  const auto [found, added] = spans_.try_emplace(where);
  if (!added) return found->second;
  bool first = true;
  for (const std::string& zone : where.zones)
    for (const std::string& country : where.countries) {
      Spans spans = open_spans(schema_, rules_, country, zone, within_);
      found->second = first ? std::move(spans) : both(found->second, spans);
      first = false;
    }
  return found->second;
}

std::optional<std::int64_t> CallingWindows::next_open(const Whereabouts& where, std::int64_t from_ms) {
  const Spans& spans = of(where);
  const auto next = std::ranges::upper_bound(spans, from_ms, {}, &Span::until_ms);
  if (next == spans.end()) return std::nullopt;
  return std::max(from_ms, next->from_ms);
}

std::optional<std::int64_t> CallingWindows::open_until(const Whereabouts& where, std::int64_t at_ms) {
  const Spans& spans = of(where);
  const auto now = std::ranges::upper_bound(spans, at_ms, {}, &Span::until_ms);
  if (now == spans.end() || now->from_ms > at_ms) return std::nullopt;
  return now->until_ms;
}

Whereabouts CallingWindows::whereabouts(std::string_view told_zone, std::string_view address_country,
                                        std::string_view number, std::string_view site_zone) {
  std::string country(address_country);
  if (country.empty() && rules_.country_of) country = rules_.country_of(number);
  Whereabouts where;
  where.countries = {country};
  if (!told_zone.empty() && rules_.offset(told_zone, within_.from_ms)) {
    where.source = Whereabouts::Source::told;
    where.zones = {std::string(told_zone)};
    return where;
  }
  if (!country.empty() && rules_.zones_of) where.zones = rules_.zones_of(country);
  if (!where.zones.empty())
    where.source = address_country.empty() ? Whereabouts::Source::number : Whereabouts::Source::address;
  else
    where.zones = {std::string(site_zone)};
  return where;
}

}  // namespace holdline::contingency
