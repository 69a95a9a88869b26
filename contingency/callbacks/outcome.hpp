// How a call may end, and what follows from it. One table.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace holdline::contingency {

enum class NextStep : std::uint8_t {
  close,         // the matter is done
  call_again,    // after the gap of the calling rules
  call_at,       // in the window that was agreed
  other_number,  // this number is of no use: the next one of the case, or a letter
  other_skill,   // by somebody who speaks the language
  review,        // a person decides before anybody calls again
};

struct Outcome {
  std::string_view name;
  std::string_view text;  // for people
  NextStep next = NextStep::close;
  bool counts = true;          // as an attempt, against the most that are allowed
  bool connected = false;      // they were spoken with: requests of the same reason that come in later ask "covered?"
  bool done_at_once = false;   // done with the first call; nothing is said of it where it is not the customer's doing
  bool refuses_calls = false;  // goes on the do-not-call list
  bool needs_number_off = false;  // the number is not called again
};

std::span<const Outcome> outcomes();
// Null: there is no such outcome.
const Outcome* outcome_named(std::string_view name);
std::string_view name_of(NextStep step);

}  // namespace holdline::contingency
