// How an entry that was taken by hand comes into the system in which it belongs: unposted → claimed → posted, with the
// reference it has there, or not needed, with the reason. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/base/result.hpp"

namespace holdline::contingency {

enum class PostingState : std::uint8_t { unposted, claimed, posted, not_needed };
std::string_view name_of(PostingState state);
PostingState posting_state_named(std::string_view name);  // unknown ones are unposted
inline bool is_settled(PostingState state) {
  return state == PostingState::posted || state == PostingState::not_needed;
}

struct Posting {
  PostingState state = PostingState::unposted;
  std::string person = {};     // who has it, or did it
  std::string posted_as = {};  // posted: its reference there
  std::string reason = {};     // not needed: why
  bool operator==(const Posting&) const = default;
};

// What somebody wants to be so: the state, with reference or reason. Whoever has none takes it; another's is taken over
// by supervisors only. ask_person "claimed-by-another", "settled-already", "reference-missing", "reason-missing".
Result<Posting> decide_posting(const Posting& now, Posting wanted, bool supervisor);

}  // namespace holdline::contingency
