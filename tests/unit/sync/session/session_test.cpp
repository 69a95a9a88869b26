#include "sync/session/session.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/sync/session/events.hpp"

namespace holdline::sync {
namespace {

constexpr std::int64_t now = 1'000;

template <class A>
std::size_t count(const Actions& actions) {
  return static_cast<std::size_t>(
      std::ranges::count_if(actions, [](const SessionCommand& a) { return std::holds_alternative<A>(a); }));
}

class SessionTest : public testing::Test {
 protected:
  Actions step(const SessionEvent& event) { return session.step(event, now, 42); }
  void follow() {
    step(event::Wake{});
    step(welcome(Resume::follow));
  }
  Session session{Session::Options{}};
};

TEST_F(SessionTest, WakingSaysHelloAndOnlyOnce) {
  EXPECT_EQ(count<command::SayHello>(step(event::Wake{})), 1u);
  EXPECT_TRUE(step(event::Wake{}).empty());
  EXPECT_EQ(session.state(), SessionState::greeting);
}

TEST_F(SessionTest, AGoodCursorPullsAtOnceAndPushesWhatWaits) {
  step(event::OutboxGrew{{0, 0, 5, 0}});
  step(event::Wake{});
  const auto actions = step(welcome(Resume::follow));
  ASSERT_NE(find<command::StartPull>(actions), nullptr);
  EXPECT_EQ(find<command::StartPull>(actions)->wait_ms, 0);
  ASSERT_NE(find<command::StartPush>(actions), nullptr);
  EXPECT_EQ(find<command::StartPush>(actions)->request, (Upload::PushRequest{2, 0, 5}));
}

TEST_F(SessionTest, UploadsGoOnWhileASnapshotIsFetched) {
  step(event::OutboxGrew{{0, 0, 1, 0}});
  step(event::Wake{});
  const auto actions = step(welcome(Resume::bootstrap));
  EXPECT_NE(find<command::FetchManifest>(actions), nullptr);
  EXPECT_NE(find<command::StartPush>(actions), nullptr);
}

TEST_F(SessionTest, ChunksAreFetchedInTheHubsOrderTwoAtATimeOnceTheLineShowedToBeFast) {
  step(event::Wake{});
  step(welcome(Resume::bootstrap));
  const Hash a = sha256("a"), b = sha256("b"), c = sha256("c"), d = sha256("d");
  auto actions = step(event::ManifestKept{{a, b, c, d}});
  ASSERT_EQ(count<command::FetchChunk>(actions), 1u) << "the most urgent comes alone";
  EXPECT_EQ(find<command::FetchChunk>(actions)->hash, a);
  actions = step(event::ChunkKept{a, false});
  ASSERT_EQ(count<command::FetchChunk>(actions), 2u);
  EXPECT_EQ(find<command::FetchChunk>(actions)->hash, b);
  EXPECT_TRUE(step(event::ChunkKept{b, true}).empty()) << "it became slow: one at a time";
  actions = step(event::ChunkKept{c, true});
  ASSERT_EQ(count<command::FetchChunk>(actions), 1u);
  EXPECT_EQ(find<command::FetchChunk>(actions)->hash, d);
  EXPECT_NE(find<command::FinishBootstrap>(step(event::ChunkKept{d, true})), nullptr);
  EXPECT_NE(find<command::StartPull>(step(event::Bootstrapped{})), nullptr);
}

TEST_F(SessionTest, AManifestWithNothingMissingFinishesAtOnce) {
  step(event::Wake{});
  step(welcome(Resume::bootstrap));
  EXPECT_NE(find<command::FinishBootstrap>(step(event::ManifestKept{})), nullptr);
}

TEST_F(SessionTest, AnyFailureRestsOnceAndForgetsTheConversation) {
  follow();
  const auto actions = step(event::Failed{{ErrorKind::retry_later, "unreachable", ""}, 0});
  ASSERT_NE(find<command::Rest>(actions), nullptr);
  EXPECT_GT(find<command::Rest>(actions)->at_ms, now);
  EXPECT_TRUE(step(event::Failed{{ErrorKind::retry_later, "unreachable", ""}, 0}).empty());
  EXPECT_TRUE(step(event::Pulled{}).empty());
  EXPECT_TRUE(step(event::OutboxGrew{{1, 0, 0, 0}}).empty());
}

TEST_F(SessionTest, TheHubsRetryAfterIsAFloor) {
  follow();
  const auto actions = step(event::Failed{{ErrorKind::retry_later, "busy", ""}, 90'000});
  EXPECT_GE(find<command::Rest>(actions)->at_ms, now + 90'000);
}

TEST_F(SessionTest, AChainThatDiffersIsComparedBackwardsThenReissued) {
  step(event::OutboxGrew{{0, 0, 900, 3}});
  step(event::Wake{});
  auto event = welcome(Resume::follow);
  event.welcome.lanes[2].number = 800;
  event.welcome.lanes[3].number = 2;
  event.chain[2] = ChainCheck::differs;
  auto actions = step(event);
  ASSERT_NE(find<command::AskCommon>(actions), nullptr);
  EXPECT_EQ(find<command::AskCommon>(actions)->last, 800u);
  actions = step(event::CommonFound{2, 301, 300});
  ASSERT_NE(find<command::AskCommon>(actions), nullptr);
  EXPECT_EQ(find<command::AskCommon>(actions)->last, 300u);
  actions = step(event::CommonFound{2, 1, 250});
  ASSERT_NE(find<command::Reissue>(actions), nullptr);
  EXPECT_EQ(find<command::Reissue>(actions)->common, (std::array<std::uint64_t, lane_count>{0, 0, 250, 2}));
  EXPECT_NE(find<command::SayHello>(step(event::Reissued{})), nullptr);
}

TEST_F(SessionTest, AHubThatWentBackVoidsWhatItNoLongerHas) {
  step(event::OutboxGrew{{0, 0, 9, 0}});
  step(event::Wake{});
  auto event = welcome(Resume::bootstrap);
  event.hub_went_back = true;
  event.welcome.lanes[2].number = 4;
  event.welcome.results = 7;
  const auto actions = step(event);
  ASSERT_NE(find<command::VoidResults>(actions), nullptr);
  EXPECT_EQ(find<command::VoidResults>(actions)->hub_has[2], 4u);
  EXPECT_EQ(find<command::StartPush>(actions)->request, (Upload::PushRequest{2, 4, 5}));
}

TEST_F(SessionTest, AForkFoundByAPushGreetsAgain) {
  step(event::OutboxGrew{{0, 0, 2, 0}});
  follow();
  step(event::PushStarted{2, 1, 2});
  EXPECT_NE(find<command::SayHello>(step(event::PushAnswered{2, 1, 2, PushAnswer::fork, 1})), nullptr);
}

TEST_F(SessionTest, DifferingDigestsAreMendedLeafByLeafBeforeTheNextPull) {
  follow();
  const DigestKey key{"t", 1, 0};
  auto actions = step(event::Pulled{false, false, {key}});
  EXPECT_EQ(find<command::StartPull>(actions), nullptr);
  EXPECT_NE(find<command::CompareLeaves>(actions), nullptr);
  actions = step(event::LeavesCompared{key, false, {3, 9}});
  ASSERT_NE(find<command::FetchLeaf>(actions), nullptr);
  EXPECT_NE(find<command::FetchLeaf>(step(event::Repaired{key, 9, false})), nullptr);
  EXPECT_NE(find<command::StartPull>(step(event::Repaired{key, 3, false})), nullptr);
  EXPECT_EQ(session.state(), SessionState::following);
}

TEST_F(SessionTest, PullsKeepTheirDistanceWhilePushesAreInFlight) {
  const std::int64_t distance = Session::Options{}.pull_distance_ms;
  const auto at = [&](std::int64_t ms, const SessionEvent& event) { return session.step(event, now + ms, 42); };
  step(event::OutboxGrew{{0, 0, 9, 0}});
  follow();
  step(event::PushStarted{2, 1, 2});
  step(event::PushStarted{2, 3, 4});
  EXPECT_EQ(find<command::StartPull>(at(0, event::Pulled{false, true, {}})), nullptr);
  EXPECT_EQ(find<command::StartPull>(at(1, event::PushAnswered{2, 1, 2, PushAnswer::results, 0})), nullptr);
  step(event::PushStarted{2, 5, 6});
  const auto due = at(distance, event::PushAnswered{2, 3, 4, PushAnswer::results, 0});
  ASSERT_EQ(count<command::StartPull>(due), 1u);
  EXPECT_EQ(find<command::StartPull>(due)->wait_ms, 0);
}

TEST_F(SessionTest, ADiskThatTakesNoRowsHoldsUpPullsAndNoPushes) {
  const std::int64_t pause = Session::Options{}.not_taken_retry_ms;
  const auto at = [&](std::int64_t ms, const SessionEvent& event) { return session.step(event, now + ms, 42); };
  follow();
  EXPECT_EQ(find<command::StartPull>(at(0, event::NotTaken{{ErrorKind::retry_later, "disk-full", ""}})), nullptr);
  EXPECT_NE(find<command::StartPush>(at(1, event::OutboxGrew{{0, 0, 2, 0}})), nullptr);
  EXPECT_EQ(session.last_error()->code, "disk-full");
  EXPECT_EQ(find<command::StartPull>(at(pause - 1, event::Wake{})), nullptr);
  EXPECT_NE(find<command::StartPull>(at(pause, event::Wake{})), nullptr);
  at(pause, event::Pulled{false, false, {}});
  EXPECT_EQ(session.last_error(), std::nullopt);
}

TEST_F(SessionTest, ADiskThatTakesNoCopyIsGivenItAgainAndHoldsUpNoPushes) {
  const std::int64_t pause = Session::Options{}.not_taken_retry_ms;
  const auto at = [&](std::int64_t ms, const SessionEvent& event) { return session.step(event, now + ms, 42); };
  step(event::Wake{});
  step(welcome(Resume::bootstrap));
  step(event::ManifestKept{{sha256("a"), sha256("b")}});
  const auto refused = at(0, event::NotTaken{{ErrorKind::retry_later, "disk-full", ""}});
  EXPECT_EQ(count<command::Rest>(refused), 0u);
  EXPECT_TRUE(at(1, event::ChunkKept{sha256("b")}).empty()) << "it was under way, and belongs to what was given up";
  EXPECT_NE(find<command::StartPush>(at(1, event::OutboxGrew{{0, 0, 2, 0}})), nullptr);
  EXPECT_EQ(count<command::FetchManifest>(at(pause - 1, event::Wake{})), 0u);
  EXPECT_EQ(count<command::FetchManifest>(at(pause, event::Wake{})), 1u);
  at(pause, event::ManifestKept{});
  at(pause, event::Bootstrapped{});
  EXPECT_EQ(session.state(), SessionState::following);
  EXPECT_EQ(session.last_error(), std::nullopt);
}

TEST_F(SessionTest, APullDoesNotWaitLongerForAnAnswerThatIsSlow) {
  const std::int64_t distance = Session::Options{}.pull_distance_ms;
  step(event::OutboxGrew{{0, 0, 2, 0}});
  follow();
  step(event::PushStarted{2, 1, 2});
  const auto held = step(event::Pulled{false, true, {}});
  EXPECT_EQ(find<command::StartPull>(held), nullptr);
  ASSERT_NE(find<command::Remind>(held), nullptr);
  EXPECT_EQ(find<command::Remind>(held)->at_ms, now + distance);
  EXPECT_EQ(count<command::StartPull>(session.step(event::Wake{}, now + distance, 42)), 1u);
  EXPECT_EQ(count<command::StartPull>(session.step(event::Wake{}, now + distance, 42)), 0u);
}

TEST_F(SessionTest, TheLastPushThatIsAnsweredLetsTheNextPullGo) {
  step(event::OutboxGrew{{0, 0, 2, 0}});
  follow();
  step(event::PushStarted{2, 1, 2});
  EXPECT_EQ(find<command::StartPull>(step(event::Pulled{false, false, {}})), nullptr);
  const auto actions = step(event::PushAnswered{2, 1, 2, PushAnswer::results, 0});
  ASSERT_EQ(count<command::StartPull>(actions), 1u);
  EXPECT_GT(find<command::StartPull>(actions)->wait_ms, 0);
  // What was held back in one conversation means nothing in the next.
  step(event::PushStarted{2, 1, 2});
  step(event::Pulled{false, false, {}});
  step(event::Failed{{ErrorKind::retry_later, "unreachable", ""}, 0});
  EXPECT_EQ(count<command::StartPull>([&] {
              step(event::Wake{});
              return step(welcome(Resume::follow));
            }()),
            1u);
  step(event::PushStarted{2, 1, 2});
  EXPECT_EQ(find<command::StartPull>(step(event::PushAnswered{2, 1, 2, PushAnswer::results, 0})), nullptr);
}

TEST_F(SessionTest, IsSettledOnlyWhenPushedAndPulled) {
  step(event::OutboxGrew{{0, 0, 1, 0}});
  follow();
  step(event::PushStarted{2, 1, 1});
  step(event::Pulled{false, false, {}});
  EXPECT_FALSE(session.settled());
  step(event::PushAnswered{2, 1, 1, PushAnswer::results, 0});
  EXPECT_TRUE(session.settled());
  step(event::OutboxGrew{{0, 0, 2, 0}});
  EXPECT_FALSE(session.settled());
}

TEST_F(SessionTest, AGapSendsAgainWhatTheHubHasNot) {
  step(event::OutboxGrew{{0, 0, 4, 0}});
  follow();
  step(event::PushStarted{2, 1, 2});
  step(event::PushStarted{2, 3, 4});
  step(event::PushAnswered{2, 1, 2, PushAnswer::results, 0});
  // The second batch overtook the first.
  const auto actions = step(event::PushAnswered{2, 3, 4, PushAnswer::gap, 1});
  ASSERT_NE(find<command::StartPush>(actions), nullptr);
  EXPECT_EQ(find<command::StartPush>(actions)->request, (Upload::PushRequest{2, 2, 2}));
}

TEST_F(SessionTest, AnAnswerNobodyWaitsForChangesNothing) {
  const DigestKey key{"t", 1, 0};
  EXPECT_TRUE(step(event::ChunkKept{sha256("a")}).empty());
  EXPECT_TRUE(step(event::Repaired{key, 3, false}).empty());
  step(event::Wake{});
  step(welcome(Resume::bootstrap));
  EXPECT_TRUE(step(event::ChunkKept{sha256("a")}).empty());
  step(event::ManifestKept{});
  step(event::Bootstrapped{});
  step(event::Pulled{false, false, {key}});
  EXPECT_TRUE(step(event::Repaired{key, 3, false}).empty());
  EXPECT_EQ(session.state(), SessionState::repairing);
}

TEST(Upload, UrgentLanesGoFirstAndDoNotWaitForBulk) {
  Upload upload;
  std::array<LaneAck, lane_count> hub{};
  for (auto& lane : hub) lane.credit = 10'000;
  upload.begin(hub);
  upload.tips({0, 0, 9'000, 0});
  while (const auto order = upload.next()) upload.sent(2, order->after + 1, order->after + order->count);
  EXPECT_FALSE(upload.next());
  upload.tips({0, 1, 9'000, 0});
  ASSERT_TRUE(upload.next());
  EXPECT_EQ(upload.next()->lane, 1);
}

TEST(Upload, CreditBoundsWhatIsInFlight) {
  Upload upload;
  std::array<LaneAck, lane_count> hub{};
  hub[3].credit = 10;
  upload.begin(hub);
  upload.tips({0, 0, 0, 100});
  EXPECT_EQ(upload.next()->count, 10u);
  upload.sent(3, 1, 10);
  EXPECT_FALSE(upload.next());
  upload.acknowledged(3, 1, 10);
  EXPECT_EQ(upload.next(), (Upload::PushRequest{3, 10, 10}));
}

TEST(Upload, AGapSendsAgainOnlyWhatNoFlightCovers) {
  Upload upload;
  std::array<LaneAck, lane_count> hub{};
  hub[2].credit = 10'000;
  upload.begin(hub);
  upload.tips({0, 0, 4'000, 0});
  upload.sent(2, 1, 2'000);
  upload.sent(2, 2'001, 4'000);
  EXPECT_TRUE(upload.gap(2, 2'001, 1));
  EXPECT_EQ(upload.next(), (Upload::PushRequest{2, 2'000, 2'000}));
  upload.acknowledged(2, 1, 2'000);
  upload.sent(2, 2'001, 4'000);
  upload.acknowledged(2, 2'001, 4'000);
  EXPECT_TRUE(upload.drained());
}

TEST_F(SessionTest, AHubThatExpectsWhatItHadBeforeIsGreetedAgain) {
  step(event::OutboxGrew{{0, 0, 3, 0}});
  step(event::Wake{});
  auto ahead = welcome(Resume::follow);
  ahead.welcome.lanes[2].number = 2;
  step(ahead);
  step(event::PushStarted{2, 3, 3});
  EXPECT_NE(find<command::SayHello>(step(event::PushAnswered{2, 3, 3, PushAnswer::gap, 2})), nullptr);
}

TEST(Upload, AnAnswerLandsOnlyTheFlightItIsAbout) {
  Upload upload;
  std::array<LaneAck, lane_count> hub{};
  hub[2].credit = hub[3].credit = 10'000;
  upload.begin(hub);
  upload.tips({0, 0, 6, 6});
  for (const Lane lane : {Lane{2}, Lane{3}}) {
    upload.sent(lane, 1, 2);
    upload.sent(lane, 3, 4);
    upload.sent(lane, 5, 6);
  }
  upload.acknowledged(3, 1, 2);
  upload.acknowledged(2, 5, 6);  // an answer for what comes later came first
  EXPECT_FALSE(upload.drained());
  // What is in flight from 1 on fills the gap, what another lane has in flight does not.
  EXPECT_TRUE(upload.gap(2, 3, 1));
  EXPECT_TRUE(upload.gap(3, 5, 3));
  upload.acknowledged(2, 1, 2);
  EXPECT_EQ(upload.next(), (Upload::PushRequest{3, 4, 2}));
}

TEST(Upload, AHubThatHasNothingIsSentEverythingAgain) {
  Upload upload;
  std::array<LaneAck, lane_count> hub{};
  hub[2].credit = 10'000;
  upload.begin(hub);
  upload.tips({0, 0, 6, 0});
  upload.sent(2, 1, 2);
  upload.sent(2, 3, 4);
  upload.sent(2, 5, 6);
  EXPECT_FALSE(upload.gap(2, 1, 0));  // it was sent from the beginning
  EXPECT_FALSE(upload.gap(2, 3, 0));
  EXPECT_TRUE(upload.gap(2, 9, 0));  // about a batch that was never sent
  EXPECT_EQ(upload.next(), (Upload::PushRequest{2, 0, 6}));
}

TEST(Upload, AGapThatAnEarlierPushHasFilledMeanwhileIsNoStepBack) {
  Upload upload;
  std::array<LaneAck, lane_count> hub{};
  hub[2].credit = 10'000;
  upload.begin(hub);
  upload.tips({0, 0, 4'000, 0});
  upload.sent(2, 1, 2'000);
  upload.sent(2, 2'001, 4'000);
  upload.acknowledged(2, 1, 2'000);
  EXPECT_TRUE(upload.gap(2, 2'001, 1));
  EXPECT_EQ(upload.next(), (Upload::PushRequest{2, 2'000, 2'000}));
}

}  // namespace
}  // namespace holdline::sync
