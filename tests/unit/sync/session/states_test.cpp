// The session state by state: which events it answers there, and what it does when something goes wrong.
#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/sync/session/events.hpp"

namespace holdline::sync {
namespace {

event::Welcomed forked() {
  auto event = welcome(Resume::follow);
  event.welcome.lanes[2].number = 5;
  event.chain[2] = ChainCheck::differs;
  return event;
}

const DigestKey key{"acme", 1, 0};

// A session in a state, with five actions of lane 2 to send.
struct Conversation {
  explicit Conversation(SessionState state) {
    step(event::OutboxGrew{{0, 0, 5, 0}});
    if (state == SessionState::resting) return;
    step(event::Wake{});
    if (state == SessionState::greeting) return;
    auto answer = welcome(state == SessionState::bootstrapping ? Resume::bootstrap : Resume::follow);
    answer.have_schema = state != SessionState::preparing;
    const bool forks = state == SessionState::comparing || state == SessionState::reissuing;
    step(forks ? forked() : answer);
    if (state == SessionState::reissuing) step(event::CommonFound{2, 1, 3});
    if (state == SessionState::repairing) step(event::Pulled{false, false, {key}});
  }
  Actions step(const SessionEvent& event) { return session.step(event, 1'000, 42); }

  Session session{Session::Options{}};
};

constexpr std::array states = {SessionState::resting,   SessionState::greeting,  SessionState::comparing,
                               SessionState::reissuing, SessionState::preparing, SessionState::bootstrapping,
                               SessionState::repairing, SessionState::following};

class EveryState : public testing::TestWithParam<SessionState> {};
INSTANTIATE_TEST_SUITE_P(Session, EveryState, testing::ValuesIn(states),
                         [](const auto& of) { return std::string(name_of(of.param)); });

TEST_P(EveryState, IsReachedAndHasAName) {
  EXPECT_EQ(Conversation(GetParam()).session.state(), GetParam());
  EXPECT_NE(name_of(GetParam()), "unknown");
}

TEST_P(EveryState, LeavesAnswersThatBelongToAnotherStateAlone) {
  const std::multimap<SessionState, SessionEvent> answers = {
      {SessionState::greeting, welcome(Resume::follow)},
      {SessionState::comparing, event::CommonFound{2, 1, 5}},
      {SessionState::reissuing, event::Reissued{}},
      {SessionState::preparing, event::Prepared{}},
      {SessionState::bootstrapping, event::ManifestKept{{sha256("a")}}},
      {SessionState::bootstrapping, event::ChunkKept{sha256("a")}},
      {SessionState::bootstrapping, event::Bootstrapped{}},
      {SessionState::following, event::Pulled{true, false, {}}},
      {SessionState::repairing, event::LeavesCompared{key, false, {7}}},
      {SessionState::repairing, event::Repaired{key, 7, false}}};
  for (const auto& [belongs, answer] : answers) {
    if (belongs == GetParam()) continue;
    Conversation conversation(GetParam());
    EXPECT_TRUE(conversation.step(answer).empty()) << "an answer of " << name_of(belongs);
    EXPECT_EQ(conversation.session.state(), GetParam());
  }
}

TEST_P(EveryState, PushesOnlyWhereTheChainsAreKnownToAgree) {
  constexpr std::array uploading = {SessionState::preparing, SessionState::bootstrapping, SessionState::repairing,
                                    SessionState::following};
  const bool may = std::ranges::find(uploading, GetParam()) != uploading.end();
  Conversation conversation(GetParam());
  const auto actions = conversation.step(event::OutboxGrew{{1, 0, 5, 0}});
  EXPECT_EQ(find<command::StartPush>(actions) != nullptr, may);
  if (may) return;
  EXPECT_TRUE(conversation.step(event::PushAnswered{2, 1, 5, PushAnswer::results, 0}).empty());
  EXPECT_FALSE(conversation.session.settled());
}

TEST_P(EveryState, RestsAfterAFailureForAWhileThatFitsIt) {
  if (GetParam() == SessionState::resting) return;
  const auto rest_after = [](ErrorKind kind, std::int64_t asked_ms) {
    Conversation conversation(GetParam());
    const auto actions = conversation.step(event::Failed{{kind, "code", "text"}, asked_ms});
    EXPECT_EQ(conversation.session.state(), SessionState::resting);
    EXPECT_EQ(conversation.session.last_error()->code, "code");
    return find<command::Rest>(actions)->at_ms - 1'000;
  };
  EXPECT_LE(rest_after(ErrorKind::retry_later, 0), 500);
  EXPECT_LE(rest_after(ErrorKind::start_over, 0), 500);
  EXPECT_EQ(rest_after(ErrorKind::ask_person, 0), 60'000);
  EXPECT_EQ(rest_after(ErrorKind::stop, 90'000), 90'000);
}

TEST(SessionStates, WhatTheWorkstationLacksIsFetchedFirstAndOnlyADictionaryKeepsUploadsWaiting) {
  auto event = welcome(Resume::follow);
  event.welcome.schema = sha256("schema");
  event.welcome.dictionary = sha256("dictionary");
  for (const auto& [schema, dictionary] : {std::pair{true, false}, {false, true}, {false, false}}) {
    Conversation conversation(SessionState::greeting);
    event.have_schema = schema;
    event.have_dictionary = dictionary;
    const auto actions = conversation.step(event);
    EXPECT_EQ(find<command::StartPull>(actions), nullptr);
    EXPECT_EQ(find<command::StartPush>(actions) != nullptr, dictionary);
    const auto* prepare = find<command::Prepare>(actions);
    ASSERT_NE(prepare, nullptr);
    EXPECT_EQ(prepare->schema.has_value(), !schema);
    EXPECT_EQ(prepare->dictionary.has_value(), !dictionary);
    const auto then = conversation.step(event::Prepared{});
    EXPECT_NE(find<command::StartPull>(then), nullptr);
    EXPECT_NE(find<command::StartPush>(then), nullptr);
  }
}

TEST(SessionStates, ASchemaThatCannotBeTakenIsAskedForAgainLater) {
  Conversation conversation(SessionState::preparing);
  const auto actions = conversation.step(event::NotTaken{{ErrorKind::retry_later, "disk-full", "text"}});
  ASSERT_NE(find<command::Remind>(actions), nullptr);
  const std::int64_t at_ms = find<command::Remind>(actions)->at_ms;
  const auto then = conversation.session.step(event::Wake{}, at_ms, 42);
  EXPECT_NE(find<command::Prepare>(then), nullptr);
  EXPECT_EQ(conversation.session.last_error()->code, "disk-full");
}

TEST(SessionStates, AnEmptyOutboxWhoseNumbersTheHubKnowsIsReissuedWithoutComparing) {
  Conversation conversation(SessionState::greeting);
  auto event = forked();
  event.welcome.lanes[1].number = 3;
  event.chain[1] = ChainCheck::differs;
  conversation.step(event::OutboxGrew{});
  const auto actions = conversation.step(event);
  const auto* reissue = find<command::Reissue>(actions);
  ASSERT_NE(reissue, nullptr);
  EXPECT_EQ(reissue->common, (std::array<std::uint64_t, lane_count>{}));
}

TEST(SessionStates, AChainThatSharesNothingIsComparedDownToItsBeginning) {
  Conversation conversation(SessionState::comparing);
  const auto actions = conversation.step(event::CommonFound{2, 1, 0});
  const auto* reissue = find<command::Reissue>(actions);
  ASSERT_NE(reissue, nullptr);
  EXPECT_EQ(reissue->common[2], 0u);
}

TEST(SessionStates, AHubThatClaimsMoreInCommonThanItWasAskedMakesNoEntryDisappear) {
  Conversation conversation(SessionState::comparing);
  conversation.step(event::OutboxGrew{{0, 0, 9, 0}});
  const auto actions = conversation.step(event::CommonFound{2, 1, ~std::uint64_t{0}});
  const auto* reissue = find<command::Reissue>(actions);
  ASSERT_NE(reissue, nullptr);
  EXPECT_EQ(reissue->common[2], 5u);
}

TEST(SessionStates, AHubThatExpectsWhatAPushHadOrWhatComesBehindItIsGreetedAgain) {
  for (const std::uint64_t expected : {1, 4}) {
    Conversation conversation(SessionState::following);
    conversation.step(event::PushStarted{2, 1, 3});
    const auto actions = conversation.step(event::PushAnswered{2, 1, 3, PushAnswer::gap, expected});
    EXPECT_NE(find<command::SayHello>(actions), nullptr) << expected;
  }
}

TEST(SessionStates, ACursorTheHubDoesNotKnowIsToldInANewGreeting) {
  Conversation conversation(SessionState::following);
  EXPECT_NE(find<command::SayHello>(conversation.step(event::Pulled{true, false, {}})), nullptr);
  EXPECT_EQ(conversation.session.state(), SessionState::greeting);
}

TEST(SessionStates, APartThatMovedIsLeftForTheNextDigest) {
  Conversation conversation(SessionState::repairing);
  const auto after_compare = conversation.step(event::LeavesCompared{key, true, {7}});
  EXPECT_NE(find<command::StartPull>(after_compare), nullptr);
  conversation.step(event::Pulled{false, false, {key}});
  conversation.step(event::LeavesCompared{key, false, {7, 8}});
  const auto after_leaf = conversation.step(event::Repaired{key, 8, true});
  EXPECT_EQ(find<command::FetchLeaf>(after_leaf), nullptr);
  EXPECT_EQ(conversation.session.state(), SessionState::following);
}

TEST(SessionStates, PartsThatDifferAreMendedOneAfterTheOther) {
  Conversation conversation(SessionState::following);
  conversation.step(event::Pulled{false, false, {{"acme", 1, 0}, key}});
  EXPECT_NE(find<command::CompareLeaves>(conversation.step(event::LeavesCompared{key, false, {}})), nullptr);
  const auto actions = conversation.step(event::LeavesCompared{key, false, {7, 9}});
  const auto* leaf = find<command::FetchLeaf>(actions);
  ASSERT_NE(leaf, nullptr);
  EXPECT_EQ(leaf->leaf, 9);
  EXPECT_NE(find<command::FetchLeaf>(conversation.step(event::Repaired{key, 9, false})), nullptr);
  EXPECT_NE(find<command::StartPull>(conversation.step(event::Repaired{key, 7, false})), nullptr);
}

}  // namespace
}  // namespace holdline::sync
