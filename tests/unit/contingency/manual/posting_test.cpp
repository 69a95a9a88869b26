// Who may say what of an entry on its way into the system in which it belongs.
#include "contingency/manual/posting.hpp"

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

std::string refused(const Posting& now, Posting wanted, bool supervisor = false) {
  const auto next = decide_posting(now, std::move(wanted), supervisor);
  return next ? "" : next.error().code;
}

TEST(PostingTest, OneTakesItAndSettlesItWithReferenceOrReason) {
  const Posting claimed = *decide_posting({}, {PostingState::claimed, "amy"}, false);
  EXPECT_EQ(refused(claimed, {PostingState::claimed, "ben"}), "claimed-by-another");
  EXPECT_EQ(refused(claimed, {PostingState::posted, "amy"}), "reference-missing");
  EXPECT_EQ(refused(claimed, {PostingState::not_needed, "amy"}), "reason-missing");
  const Posting posted = *decide_posting(claimed, {PostingState::posted, "amy", "CRM-7", "not kept"}, false);
  EXPECT_EQ(posted, (Posting{PostingState::posted, "amy", "CRM-7", ""}));
  EXPECT_TRUE(is_settled(posted.state));
  EXPECT_EQ(refused(posted, {PostingState::unposted, "amy"}), "settled-already");
  EXPECT_EQ(*decide_posting(posted, {PostingState::unposted, "sue"}, true), Posting{}) << "a supervisor opens it again";
  EXPECT_EQ(refused(claimed, {PostingState::claimed, "sue"}, true), "") << "and takes one over";
  for (const auto state :
       {PostingState::unposted, PostingState::claimed, PostingState::posted, PostingState::not_needed})
    EXPECT_EQ(posting_state_named(name_of(state)), state);
}

}  // namespace
}  // namespace holdline::contingency
