#include "platform/os/task_thread.hpp"

#include <atomic>
#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/test_clock.hpp"

namespace holdline::platform {
namespace {

// Boot time as the tests begin.
constexpr std::int64_t now_ms = support::TestClock::begins_ms - support::TestClock::booted_ms;

class TaskThreadTest : public testing::Test {
 protected:
  // Everything posted before is done when it returns.
  void settle() {
    std::promise<void> done;
    thread.post([&] { done.set_value(); });
    done.get_future().wait();
  }
  support::TestClock clock;
  TaskThread thread{clock};
};

TEST_F(TaskThreadTest, TasksRunInOrderOnOneOtherThread) {
  std::vector<int> order;
  std::vector<std::thread::id> ids;
  for (int i = 0; i < 10; ++i)
    thread.post([&, i] {
      order.push_back(i);
      ids.push_back(std::this_thread::get_id());
    });
  settle();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  for (const auto& id : ids) EXPECT_EQ(id, ids.front());
  EXPECT_NE(ids.front(), std::this_thread::get_id());
}

TEST_F(TaskThreadTest, ATaskMayPostAnother) {
  std::promise<void> done;
  thread.post([&] { thread.post([&] { done.set_value(); }); });
  done.get_future().wait();
}

TEST_F(TaskThreadTest, AnAlarmRunsWhenItsTimeHasCome) {
  std::promise<void> rang;
  thread.at(now_ms, [&] { rang.set_value(); });
  rang.get_future().wait();
}

TEST_F(TaskThreadTest, AnAlarmWaitsForItsTimeAndRingsOnce) {
  std::atomic<int> times{0};
  std::promise<void> rang;
  thread.at(now_ms + 5'000, [&] {
    if (++times == 1) rang.set_value();
  });
  settle();
  EXPECT_EQ(times, 0);
  clock.pass(std::chrono::milliseconds(5'000));
  settle();
  rang.get_future().wait();
  settle();
  settle();
  EXPECT_EQ(times, 1);
}

TEST_F(TaskThreadTest, ANewAlarmReplacesTheOneBefore) {
  std::atomic<bool> old_rang{false};
  std::promise<void> rang;
  thread.at(now_ms + 50'000, [&] { old_rang = true; });
  thread.at(now_ms, [&] { rang.set_value(); });
  rang.get_future().wait();
  clock.pass(std::chrono::milliseconds(60'000));
  thread.stop();
  EXPECT_FALSE(old_rang);
}

TEST_F(TaskThreadTest, StoppingFinishesWhatIsQueuedAndDropsTheRest) {
  std::atomic<int> done{0};
  std::promise<void> running, go;
  thread.post([&] {
    running.set_value();
    go.get_future().wait();
  });
  for (int i = 0; i < 5; ++i) thread.post([&] { ++done; });
  thread.at(now_ms + 50'000, [&] { done += 100; });
  running.get_future().wait();
  std::thread stopper([&] { thread.stop(); });
  go.set_value();
  stopper.join();
  EXPECT_EQ(done, 5);
  EXPECT_FALSE(thread.post([&] { ++done; }));
  thread.stop();
  EXPECT_EQ(done, 5);
}

TEST_F(TaskThreadTest, WhatIsDueIsNotHeldUpByWhatIsQueued) {
  std::promise<void> running, go;
  std::vector<std::string> order;
  thread.post([&] {
    running.set_value();
    go.get_future().wait();
  });
  running.get_future().wait();
  thread.post([&] { order.emplace_back("queued"); });
  thread.at(now_ms, [&] { order.emplace_back("due"); });
  go.set_value();
  settle();
  EXPECT_EQ(order, (std::vector<std::string>{"due", "queued"}));
}

}  // namespace
}  // namespace holdline::platform
