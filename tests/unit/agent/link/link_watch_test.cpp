// The watch over the link, round by round in virtual time.
#include "agent/link/link_watch.hpp"

#include <gtest/gtest.h>

#include "sync/session/probe.hpp"
#include "sync/wire/message.hpp"
#include "tests/support/test_clock.hpp"

namespace holdline::agent {
namespace {

using namespace std::chrono_literals;
using contingency::Cause;
using contingency::LinkState;

constexpr std::int64_t one_second = 1'000, minute = 60'000;

// What the hub does with a probe at a time after the beginning; nothing: no answer.
struct HubSays {
  int status = 200;
  std::string code = {};
};
using Hub = std::function<std::optional<HubSays>(std::int64_t at_ms, bool write)>;

std::optional<HubSays> well(std::int64_t, bool) { return HubSays{}; }

class LinkWatchTest : public ::testing::Test {
 protected:
  struct Change {
    std::int64_t at_ms;
    LinkState to;
    Cause cause;
  };

  LinkWatch::Events events() {
    LinkWatch::Events events;
    events.ask = [this](bool write) { asked_.push_back(write); };
    events.ask_network = [this] { watch_.probed({contingency::Target::network, true, 1}); };
    events.changed = [this](const contingency::LinkTransition& row, Cause cause) {
      changes_.push_back({at_ms(), row.to, cause});
    };
    events.takes_writes_again = [this] { ++syncs_; };
    return events;
  }

  std::int64_t at_ms() const { return clock_.wall_ms - support::TestClock::begins_ms; }

  // Until `until_ms`, with a hub that answers at once, or after the time of a probe not at all.
  void run(std::int64_t until_ms, const Hub& hub) {
    while (at_ms() < until_ms) {
      asked_.clear();
      const std::int64_t next_ms = watch_.look();
      for (const bool write : asked_) answer(write, hub(at_ms(), write));
      clock_.wall_ms = next_ms + support::TestClock::booted_ms;
    }
  }
  void answer(bool write, std::optional<HubSays> says) {
    LinkWatch::Answer answer{write, {}, 0, {}, 5};
    if (!says) {
      answer.none = Error{ErrorKind::retry_later, none_, "No answer."};
    } else {
      answer.status = says->status;
      answer.body = says->status == 200 ? sync::encode_json(sync::Probed{write, 1})
                                        : sync::encode_json(Error{{}, says->code, "No."});
    }
    watch_.answered(answer);
  }
  void push(const char* code) {
    Exchange exchange{std::string(sync::path::push), true, {}, 5};
    if (*code != '\0') exchange.error = Error{ErrorKind::retry_later, code, "No."};
    watch_.exchanged(exchange);
  }

  support::TestClock clock_;
  support::TestEntropy entropy_;
  LinkWatch watch_{{}, {}, clock_, entropy_, events()};
  std::vector<bool> asked_;
  std::vector<Change> changes_;
  int syncs_ = 0;
  std::string none_ = "timeout";  // why there is no answer
};

TEST_F(LinkWatchTest, AWorkstationThatStartsIsOnlineWithinSeconds) {
  run(5 * one_second, well);
  ASSERT_EQ(changes_.size(), 1U);
  EXPECT_EQ(changes_[0].to, LinkState::online);
  EXPECT_LE(changes_[0].at_ms, 3 * one_second);
  EXPECT_EQ(watch_.shown().since_wall_ms - support::TestClock::begins_ms, changes_[0].at_ms);
}

TEST_F(LinkWatchTest, AHubThatReadsAndTakesNoWritesIsSlowByTheCentralServiceWithinThirtySeconds) {
  run(10 * minute, well);
  const std::int64_t greys_ms = at_ms();
  run(12 * minute, [](std::int64_t, bool write) { return write ? HubSays{503, "writes-fail"} : HubSays{}; });
  ASSERT_EQ(changes_.size(), 2U);
  EXPECT_EQ(changes_[1].to, LinkState::slow);
  EXPECT_EQ(changes_[1].cause, Cause::central_service);
  EXPECT_LE(changes_[1].at_ms - greys_ms, 30 * one_second);
  EXPECT_FALSE(watch_.shown().status.takes_writes);
}

TEST_F(LinkWatchTest, AHubThatIsRestartedWithinSecondsIsNoOutageHoweverManyRequestsFail) {
  run(10 * minute, well);
  for (int failure = 0; failure < 20; ++failure)
    watch_.exchanged({std::string(sync::path::hello), false, Error{ErrorKind::retry_later, "unreachable", ""}, 1});
  run(12 * minute, well);
  EXPECT_EQ(changes_.size(), 1U);
}

TEST_F(LinkWatchTest, AHubThatIsKilledOnAComputerThatLivesIsNoFaultOfTheLine) {
  run(10 * minute, well);
  none_ = "connection-refused";
  run(11 * minute, [](std::int64_t, bool) { return std::nullopt; });
  ASSERT_EQ(changes_.size(), 2U);
  EXPECT_EQ(changes_[1].to, LinkState::offline);
  EXPECT_EQ(changes_[1].cause, Cause::central_service);
}

TEST_F(LinkWatchTest, EntriesThatTheHubCannotStoreCountMoreThanASmallWriteThatItKeeps) {
  run(10 * minute, well);
  push("disk-full");
  run(10 * minute + 30 * one_second, well);
  ASSERT_EQ(changes_.size(), 2U);
  EXPECT_EQ(changes_[1].to, LinkState::slow);
  EXPECT_GE(syncs_, 1) << "the entries are sent again as soon as it seems to take some";
  push("");
  EXPECT_TRUE(watch_.shown().status.takes_writes);
  run(13 * minute, well);
  EXPECT_EQ(changes_.back().to, LinkState::online);
}

TEST_F(LinkWatchTest, AHubThatIsBusyOrRefusesAnEntryIsNotGrey) {
  run(10 * minute, well);
  for (int time = 0; time < 10; ++time) push("busy");
  watch_.exchanged({std::string(sync::path::push), true, Error{ErrorKind::start_over, "gap", ""}, 5});
  run(12 * minute, well);
  EXPECT_EQ(changes_.size(), 1U);
  EXPECT_EQ(syncs_, 0);
}

TEST_F(LinkWatchTest, AHubOfBeforeIsJudgedByWhatBecomesOfPushes) {
  const Hub before = [](std::int64_t, bool) { return HubSays{404, "unknown-path"}; };
  run(10 * minute, before);
  ASSERT_EQ(changes_.size(), 1U);
  EXPECT_EQ(changes_[0].to, LinkState::online);
  push("disk-full");
  run(11 * minute, before);
  EXPECT_EQ(changes_.back().to, LinkState::slow);
}

TEST_F(LinkWatchTest, ARevokedWorkstationIsLockedOutUntilItIsAdmittedAgain) {
  run(10 * minute, well);
  run(11 * minute, [](std::int64_t, bool) { return HubSays{403, "device-revoked"}; });
  EXPECT_EQ(watch_.shown().status.state, LinkState::locked_out);
  watch_.exchanged({std::string(sync::path::hello), true, {}, 5});
  EXPECT_EQ(watch_.shown().status.state, LinkState::offline);
  run(13 * minute, well);
  EXPECT_EQ(watch_.shown().status.state, LinkState::online);
}

}  // namespace
}  // namespace holdline::agent
