#include "contingency/manual/posting.hpp"

#include <array>

namespace holdline::contingency {

namespace {

constexpr std::array<std::string_view, 4> posting_names{"unposted", "claimed", "posted", "not_needed"};

}  // namespace

std::string_view name_of(PostingState state) { return posting_names[static_cast<std::size_t>(state)]; }

PostingState posting_state_named(std::string_view name) {
  for (std::size_t n = 0; n < posting_names.size(); ++n)
    if (posting_names[n] == name) return static_cast<PostingState>(n);
  return PostingState::unposted;
}

Result<Posting> decide_posting(const Posting& now, Posting wanted, bool supervisor) {
  if (is_settled(now.state) && !supervisor)
    return fail(ErrorKind::ask_person, "settled-already",
                now.person + " has settled this entry already. A supervisor can open it again.");
  if (now.state == PostingState::claimed && now.person != wanted.person && !supervisor)
    return fail(ErrorKind::ask_person, "claimed-by-another",
                now.person + " has this entry. Ask them to give it back, or a supervisor to take it over.");
  if (wanted.state == PostingState::posted && wanted.posted_as.empty())
    return fail(ErrorKind::ask_person, "reference-missing",
                "Give the reference that it has in the central system now.");
  if (wanted.state == PostingState::not_needed && wanted.reason.empty())
    return fail(ErrorKind::ask_person, "reason-missing", "Say why it does not have to be posted; it is kept.");
  if (wanted.state != PostingState::posted) wanted.posted_as.clear();
  if (wanted.state != PostingState::not_needed) wanted.reason.clear();
  if (wanted.state == PostingState::unposted) wanted.person.clear();
  return wanted;
}

}  // namespace holdline::contingency
