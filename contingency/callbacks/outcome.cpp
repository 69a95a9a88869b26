#include "contingency/callbacks/outcome.hpp"

#include <algorithm>

namespace holdline::contingency {

namespace {

constexpr std::array<Outcome, 16> all_outcomes{{
    {"resolved", "Done", NextStep::close, true, true, true},
    {"resolved_partial", "Partly done, a step is left", NextStep::call_again, true, true},
    {"rescheduled", "They want the call at another time", NextStep::call_at, false, true},
    {"no_answer", "Nobody answered", NextStep::call_again},
    {"busy", "Engaged", NextStep::call_again},
    {"voicemail_left", "Left a message", NextStep::call_again},
    {"wrong_number", "Somebody else has this number", NextStep::other_number, true, false, false, false, true},
    {"invalid_number", "The number does not exist", NextStep::other_number, false, false, false, false, true},
    {"third_party_no_disclosure", "Somebody else answered; nothing was told", NextStep::call_again},
    {"id_failed", "They could not show who they are", NextStep::review, true, true},
    {"language_needed", "Another language is needed", NextStep::other_skill, false, true},
    {"refused", "They do not want this call", NextStep::close, true, true},
    {"do_not_call", "They want no more calls", NextStep::close, true, true, false, true},
    {"customer_resolved", "They have settled it themselves", NextStep::close, true, true},
    {"deceased_reported", "We were told that they have died", NextStep::review, true, true},
    {"system_unavailable", "Our systems did not let us", NextStep::call_again, false},
}};

}  // namespace

std::span<const Outcome> outcomes() { return all_outcomes; }

const Outcome* outcome_named(std::string_view name) {
  const auto* found = std::ranges::find(all_outcomes, name, &Outcome::name);
  return found == all_outcomes.end() ? nullptr : found;
}

std::string_view name_of(NextStep step) {
  constexpr std::array<std::string_view, 6> names{"close",        "call-again",  "call-at",
                                                  "other-number", "other-skill", "review"};
  return names[static_cast<std::size_t>(step)];
}

}  // namespace holdline::contingency
