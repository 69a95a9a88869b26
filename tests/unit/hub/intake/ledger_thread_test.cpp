#include "hub/intake/ledger_thread.hpp"

#include <algorithm>
#include <atomic>
#include <future>

#include "hub/intake/turn_size.hpp"
#include "tests/unit/hub/intake/fixture.hpp"
#include "tests/unit/hub/intake/refusing_ledger.hpp"

namespace holdline::hub::testing {
namespace {

class LedgerThreadTest : public IntakeTest {
 protected:
  LedgerThreadTest() { station_.does({creates_customer(1, "Ann")}); }

  LedgerThread::Events events() {
    return {[this] { ++commits_; }, [this](const Error& error) { lost_.push_back(error.code); }};
  }
  // The thread has finished with it when this returns, but for telling what it found out.
  std::string pushed(LedgerThread& thread) {
    std::promise<std::string> code;
    thread.push(read(station_, station_.push(customer_lane)),
                [&](Result<sync::PushReply> reply) { code.set_value(platform::code_of(reply)); });
    return code.get_future().get();
  }

  platform::SystemClock clock_;
  RefusingLedger refusing_{store_.ledger()};
  int commits_ = 0;
  std::vector<std::string> lost_;  // read after the thread has ended
};

TEST_F(LedgerThreadTest, SaysThatTheLedgerIsLostWhenACommitHasNoKnownOutcome) {
  refusing_.refusal = {ErrorKind::stop, "io-error", "The disk reports an error."};
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    EXPECT_EQ(pushed(thread), "io-error");
    EXPECT_EQ(pushed(thread), "ledger-needs-reopen");
    EXPECT_EQ(pushed(thread), "ledger-needs-reopen");
  }
  EXPECT_EQ(lost_, std::vector<std::string>{"ledger-needs-reopen"});
}

TEST_F(LedgerThreadTest, SaysSoAlsoWhenOtherWorkFailed) {
  refusing_.refusal = {ErrorKind::stop, "io-error", "The disk reports an error."};
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    thread.run([](Ledger&, Intake& intake) {
      const OwnRow row{{creates_customer(2, "Bob")}};
      EXPECT_EQ(platform::code_of(intake.take_own({&row, 1}, now_ms)), "io-error");
    });
  }
  EXPECT_EQ(lost_, std::vector<std::string>{"ledger-needs-reopen"});
}

TEST_F(LedgerThreadTest, GoesOnAfterARefusalWithAKnownOutcome) {
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    EXPECT_EQ(pushed(thread), "disk-full");
    refusing_.refuses = false;
    EXPECT_EQ(pushed(thread), "ok");
  }
  EXPECT_TRUE(lost_.empty());
}

using Reply = Result<sync::PushReply>;

// A thread that can be kept busy, so that what is handed in meanwhile waits together.
class LedgerGroupTest : public IntakeTest {
 protected:
  LedgerGroupTest() {
    refusing_.refuses = false;
    LedgerThread::Events events{[this] { ++committed_; }, [](const Error&) {}};
    writer_ = std::make_unique<LedgerThread>(refusing_, entropy_, clock_, std::move(events));
  }

  void hold() {
    std::promise<void> running;
    writer_->run([this, &running](Ledger&, Intake&) {
      running.set_value();
      go_.get_future().wait();
    });
    running.get_future().wait();
  }
  void let_go() { go_.set_value(); }

  std::future<Reply> push(const Workstation& station) {
    auto reply = std::make_shared<std::promise<Reply>>();
    auto future = reply->get_future();
    writer_->push(read(station, station.push(customer_lane)), [reply](Reply r) { reply->set_value(std::move(r)); });
    return future;
  }
  // Everything handed in before is done when it returns.
  void settle() {
    std::promise<void> done;
    writer_->run([&](Ledger&, Intake&) { done.set_value(); });
    done.get_future().wait();
  }

  platform::SystemClock clock_;
  RefusingLedger refusing_{store_.ledger()};
  std::atomic<int> committed_{0};
  std::promise<void> go_;
  std::unique_ptr<LedgerThread> writer_;
};

TEST_F(LedgerGroupTest, PushesThatWaitTogetherShareOneCommit) {
  station_.does({creates_customer(1, "Ann")});
  other_.does({creates_customer(2, "Bob")});
  hold();
  auto first = push(station_), second = push(other_);
  let_go();
  EXPECT_EQ(first.get().value().results.size(), 1u);
  EXPECT_EQ(second.get().value().results.size(), 1u);
  EXPECT_EQ(refusing_.commits, 1u);
}

TEST_F(LedgerGroupTest, TheReplyComesAfterTheCommit) {
  station_.does({creates_customer(1, "Ann")});
  std::promise<ChangeNumber> head;
  writer_->push(read(station_, station_.push(customer_lane)),
                [&](const Reply&) { head.set_value(reader()->head().value().cn); });
  EXPECT_EQ(head.get_future().get(), 1u);
}

TEST_F(LedgerGroupTest, WhoReadsIsToldOfEveryCommit) {
  station_.does({creates_customer(1, "Ann")});
  push(station_).wait();
  settle();
  const int after_one = committed_;
  EXPECT_GE(after_one, 1);
  station_.does({creates_customer(2, "Bob")});
  push(station_).wait();
  settle();
  EXPECT_GT(committed_, after_one);
}

TEST_F(LedgerGroupTest, AFailedCommitIsToldToEveryoneWhoWaitedAndStoresNothing) {
  station_.does({creates_customer(1, "Ann")});
  other_.does({creates_customer(2, "Bob")});
  refusing_.refuses = true;
  const State before = state();
  hold();
  auto first = push(station_), second = push(other_);
  let_go();
  EXPECT_EQ(platform::code_of(first.get()), "disk-full");
  EXPECT_EQ(platform::code_of(second.get()), "disk-full");
  EXPECT_EQ(state(), before);
}

TEST_F(LedgerGroupTest, WhatFailedIsTakenWhenItIsPushedAgain) {
  station_.does({creates_customer(1, "Ann")});
  refusing_.refuses = true;
  EXPECT_FALSE(push(station_).get());
  settle();
  refusing_.refuses = false;
  EXPECT_TRUE(push(station_).get());
  EXPECT_EQ(told(station_).size(), 1u);
}

TEST_F(LedgerGroupTest, APushThatFailsItsGroupDoesNotFailTheOthers) {
  station_.does({creates_customer(1, "Ann")});
  other_.does({creates_customer(2, "Bob")});
  refusing_.refuses = true;
  refusing_.refuses_only = [bad = other_.device.id](const ChangeSet& changes) {
    return std::ranges::any_of(changes.results, [&](const KeptResult& kept) { return kept.device == bad; });
  };
  hold();
  auto good = push(station_), bad = push(other_);
  let_go();
  EXPECT_TRUE(good.get());
  EXPECT_EQ(platform::code_of(bad.get()), "disk-full");
  EXPECT_EQ(value(1, name_field), sync::Value("Ann"));
}

TEST_F(LedgerGroupTest, ThePushesOfOneWorkstationKeepTheirOrder) {
  for (std::uint64_t n = 1; n <= 3; ++n) station_.does({creates_customer(n, "Ann")});
  hold();
  std::vector<std::future<Reply>> replies;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    auto reply = std::make_shared<std::promise<Reply>>();
    replies.push_back(reply->get_future());
    writer_->push(read(station_, station_.push(customer_lane, n, n)),
                  [reply](Reply r) { reply->set_value(std::move(r)); });
  }
  let_go();
  for (std::uint64_t n = 1; n <= 3; ++n) {
    const auto reply = replies[n - 1].get().value();
    ASSERT_EQ(reply.results.size(), 1u);
    EXPECT_EQ(reply.results[0].number, n);
  }
}

TEST_F(LedgerGroupTest, MoreThanMayWaitIsRefusedAtOnceToBeTriedLater) {
  station_.does({creates_customer(1, "Ann")});
  auto large = read(station_, station_.push(customer_lane));
  large.actions.assign(100'001, large.actions.front());
  hold();
  std::optional<Reply> refused;
  writer_->push(std::move(large), [&](Reply r) { refused = std::move(r); });
  ASSERT_TRUE(refused);
  EXPECT_EQ(platform::code_of(*refused), "busy");
  EXPECT_EQ(refused->error().kind, ErrorKind::retry_later);
  let_go();
}

TEST_F(LedgerGroupTest, OtherWritesRunAloneOnItsThread) {
  std::promise<std::thread::id> first, second;
  writer_->run([&](Ledger&, Intake&) { first.set_value(std::this_thread::get_id()); });
  writer_->run([&](Ledger&, Intake&) { second.set_value(std::this_thread::get_id()); });
  const auto id = first.get_future().get();
  EXPECT_EQ(second.get_future().get(), id);
  EXPECT_NE(id, std::this_thread::get_id());
}

TEST_F(LedgerGroupTest, StoppingFinishesWhatWasQueued) {
  station_.does({creates_customer(1, "Ann")});
  other_.does({creates_customer(2, "Bob")});
  hold();
  auto first = push(station_), second = push(other_);
  std::thread stopper([&] { writer_.reset(); });
  let_go();
  stopper.join();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(reader()->head().value().cn, 2u);
}

TEST_F(LedgerThreadTest, TakesWhatWaitsBetweenTwoTurnsOfALongWrite) {
  refusing_.refuses = false;
  std::promise<void> done;
  std::vector<std::string> order;  // the thread only
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    thread.run_in_turns([&, turn = std::make_shared<int>(0)](Ledger&, Intake&, Traffic) {
      order.push_back("turn");
      if (++*turn == 1)
        thread.push(read(station_, station_.push(customer_lane)),
                    [&](const Result<sync::PushReply>&) { order.push_back("push"); });
      if (*turn == 3) done.set_value();
      return *turn < 3;
    });
    done.get_future().wait();
  }
  EXPECT_EQ(order, (std::vector<std::string>{"turn", "push", "turn", "turn"}));
}

// What a commit leaves to be done makes neither a push nor a turn longer.
TEST_F(LedgerThreadTest, KeepsUpBehindWhatWaitsAndBeforeTheNextTurn) {
  refusing_.refuses = false;
  std::vector<std::string> order;  // the thread only
  std::promise<void> done;
  refusing_.does_upkeep = [&]() -> Result<void> {
    order.push_back("upkeep");
    if (std::ranges::count(order, "turn") == 2) done.set_value();
    return {};
  };
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    thread.run_in_turns([&, turn = std::make_shared<std::uint8_t>(2)](Ledger&, Intake& intake, Traffic traffic) {
      EXPECT_EQ(traffic, *turn == 2 ? Traffic::none : Traffic::pushes);
      order.push_back("turn");
      const OwnRow row{{creates_customer(++*turn, "Bob")}};
      EXPECT_TRUE(intake.take_own({&row, 1}, now_ms));
      if (*turn == 3)
        thread.push(read(station_, station_.push(customer_lane)),
                    [&](const Result<sync::PushReply>&) { order.push_back("push"); });
      return *turn < 4;
    });
    done.get_future().wait();
  }
  EXPECT_EQ(order, (std::vector<std::string>{"turn", "push", "upkeep", "turn", "upkeep"}));
}

TEST_F(LedgerThreadTest, SaysSoAlsoWhenUpkeepFailed) {
  refusing_.refuses = false;
  std::promise<void> tried;
  refusing_.does_upkeep = [&]() -> Result<void> {
    tried.set_value();
    return fail(ErrorKind::stop, "io-error", "The disk.");
  };
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    EXPECT_EQ(pushed(thread), "ok");
    tried.get_future().wait();  // it comes behind the answer, and is not done any more at the end of the thread
  }
  EXPECT_EQ(lost_, std::vector<std::string>{"ledger-needs-reopen"});
}

TEST(TurnSize, ComesToFitWhatATurnMayTake) {
  for (const Traffic traffic : {Traffic::pushes, Traffic::none})
    for (const std::size_t ops_per_ms : {20u, 30u}) {
      const std::int64_t limit_ms = traffic == Traffic::none ? TurnSize::longest_alone_ms : TurnSize::longest_ms;
      TurnSize size;
      std::int64_t longest_ms = 0;
      for (int turn = 0; turn < 50; ++turn) {
        const auto ms = static_cast<std::int64_t>(size.units(traffic) / ops_per_ms);
        longest_ms = std::max(longest_ms, ms);
        size.took(ms, traffic);
      }
      EXPECT_LE(longest_ms, limit_ms) << ops_per_ms;
      EXPECT_GE(size.units(traffic), static_cast<std::size_t>(limit_ms) / 4 * ops_per_ms)
          << "and is no smaller than it must be";
      const Traffic other = traffic == Traffic::none ? Traffic::pushes : Traffic::none;
      EXPECT_EQ(size.units(other), TurnSize().units(other)) << "the other stays";
    }
}

}  // namespace
}  // namespace holdline::hub::testing
