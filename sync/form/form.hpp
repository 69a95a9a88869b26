// What a person types into a form, or what a cell of an imported file holds, put right or questioned while it can still
// be asked about. Used where something is typed: at a workstation, and by the hub's import. What it makes of a text is
// stored, so both sides judge the same value afterwards (sync/action/validate.hpp), whatever versions of numbering
// plans and time zones they have. Pure; what has to be looked up outside comes in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// Where it is typed.
struct Site {
  // ISO 3166, whose national spellings of numbers are understood; empty: only numbers with their country code.
  std::string region;
  // The right spelling of a time zone's name; nothing when there is no such zone. Empty: every name is taken.
  std::function<std::optional<std::string>(std::string_view)> time_zone;
  // How far east of UTC a zone's clocks are at a moment, in milliseconds; nothing when there is no such zone. Empty: no
  // zone is known.
  std::function<std::optional<std::int64_t>(std::string_view zone, std::int64_t unix_ms)> offset = {};
  // Of whoever the record is about, where it is known: a national spelling that is a number there is that number.
  std::string country = {};
};
// The site for what hangs on a record with these values, which were put right: by the country that it names.
Site site_beside(const Site& site, const Collection& collection, std::span<const FieldChange> changes);

// Puts the new values of `changes` right, which are those that were typed: blanks at the ends, invisible characters,
// telephone numbers (to E.164, with spelling and extension in the fields that the schema names), domains of e-mail
// addresses, countries, time zones. `shown`: the record an edit was decided on, null for a new one. A text that is
// empty afterwards is no value. Answers what could not be put right, and what is worth a word.
std::vector<Finding> put_right(const Collection& collection, const Site& site, const Record* shown,
                               std::vector<FieldChange>& changes);

// What is worth asking about values that were put right: a name that looks like a number or an address, a promise that
// has passed by now; and for edits (`shown`) the rules between fields that the record would break as a whole.
// `event_ms`: when it happened.
std::vector<Finding> look_over(const Collection& collection, std::span<const FieldChange> changes, const Record* shown,
                               std::int64_t event_ms, std::int64_t now_ms);

// Everything to be said about ops whose values were put right: `findings` so far, and what the schema says of the
// values and of the rules between them. What is refused is not refused a second time.
std::vector<Finding> judge(const Schema& schema, std::span<const Op> ops, std::vector<Finding> findings,
                           std::int64_t event_ms);

// What of `findings` keeps it from being saved: what is refused, and what is asked but not accepted.
std::vector<Finding> unanswered(std::vector<Finding> findings, const std::optional<Acceptance>& acceptance);
// What was asked and accepted, to be kept with the action; nothing when nothing of it was asked.
std::optional<Acceptance> answered(std::span<const Finding> findings, const std::optional<Acceptance>& acceptance);

}  // namespace holdline::sync
