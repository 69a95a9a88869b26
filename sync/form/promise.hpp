// Times that somebody is told: read by the clock of their time zone, and questioned where a clock does not show them
// once. Pure; the rules of the zones come in (Site::offset).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sync/action/validate.hpp"
#include "sync/form/form.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// What a clock in a zone shows, as a moment.
struct LocalMoment {
  enum class Kind : std::uint8_t {
    unknown_zone,
    once,
    skipped,  // clocks are put forward over it: `first` is when they are
    twice,    // clocks are put back: at `first`, and an hour or so later again at `second`
  };
  Kind kind = Kind::unknown_zone;
  std::int64_t first = 0, second = 0;  // Unix milliseconds
};
// `clock_ms`: date and time as the clock shows them, as if it showed UTC.
LocalMoment moment_of(const Site& site, std::string_view zone, std::int64_t clock_ms);

// A text typed for a time field whose zone is `zone` (empty: not given): the moment, with what is to be said about it.
// Nothing with a finding when it cannot be one. Without an offset it is local time of the zone; with an offset that the
// zone's clocks do not have then, it is asked about.
std::optional<std::int64_t> read_zoned_time(const Field& field, const Site& site, std::string_view zone,
                                            std::string_view typed, std::vector<Finding>& findings);

// A hint for every changed time that lies outside the hours in which people may be called, by the clock of who is
// called: the zone of the field, else `zone_of_customer`. Nothing is said where no zone or no hours are known.
std::vector<Finding> outside_hours(const Schema& schema, const Collection& collection, const Record& record,
                                   const std::vector<FieldChange>& changes, const Site& site,
                                   std::string_view zone_of_customer);

}  // namespace holdline::sync
