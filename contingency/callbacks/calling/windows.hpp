// When somebody may be called: by the clock of where they are, under every rule that may hold for them. A moment is
// open when the clock there shows a time within the hours of its day: so nothing has to be said about nights on which
// clocks are put forward or back. Pure; what zones there are and how their clocks go comes in. Unix milliseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/schema/schema.hpp"

namespace holdline::contingency {

// What has to be looked up outside; each may be asked often.
struct ZoneRules {
  // How far east of UTC a zone's clocks are at a moment; nothing when there is no such zone. They change at most once
  // within twelve hours.
  std::function<std::optional<std::int64_t>(std::string_view zone, std::int64_t unix_ms)> offset;
  std::function<std::vector<std::string>(std::string_view country)> zones_of;  // ISO 3166; none: not known
  std::function<std::string(std::string_view number)> country_of;              // of a number in E.164; may be empty
};

struct Span {
  std::int64_t from_ms = 0, until_ms = 0;  // [from, until)
  bool operator==(const Span&) const = default;
};
using Spans = std::vector<Span>;  // ascending, apart from each other

Spans both(const Spans& a, const Spans& b);

// The open spans within `within`, of one zone under the hours of one country (the schema's calling_hours; empty: those
// for everywhere). None when the zone or the hours are not known.
Spans open_spans(const sync::Schema& schema, const ZoneRules& rules, std::string_view country, std::string_view zone,
                 Span within);

// Where somebody may be: each combination has to allow the call.
struct Whereabouts {
  enum class Source : std::uint8_t { told, address, number, site };
  Source source = Source::site;
  std::vector<std::string> zones, countries;
  bool operator==(const Whereabouts&) const = default;
  auto operator<=>(const Whereabouts&) const = default;
};
std::string_view name_of(Whereabouts::Source source);

// The spans of places, each worked out once; for one preview or one screening run. Keeps references to its arguments.
class CallingWindows {
 public:
  CallingWindows(const sync::Schema& schema, const ZoneRules& rules, Span within)
      : schema_(schema), rules_(rules), within_(within) {}

  const Spans& of(const Whereabouts& where);
  // The first moment from `from_ms` on that is open; nothing within the time that is looked at.
  std::optional<std::int64_t> next_open(const Whereabouts& where, std::int64_t from_ms);
  // Until when it stays open from an open moment on; nothing when it is not open then.
  std::optional<std::int64_t> open_until(const Whereabouts& where, std::int64_t at_ms);
  // Where the one who is called is, by the best that is known: a zone that was told, the country of the address, that
  // of the number, the site's zone. Asks the rules each time: give it ones that remember.
  Whereabouts whereabouts(std::string_view told_zone, std::string_view address_country, std::string_view number,
                          std::string_view site_zone);

 private:
  const sync::Schema& schema_;
  const ZoneRules& rules_;
  const Span within_;
  std::map<Whereabouts, Spans> spans_;
};

}  // namespace holdline::contingency
