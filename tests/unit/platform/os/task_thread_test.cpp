#include "platform/os/task_thread.hpp"

#include <atomic>
#include <future>
#include <vector>

#include <gtest/gtest.h>

namespace holdline::platform {
namespace {

class HandClock final : public Clock {
 public:
  sync::TimeReading now() const override { return {0, {}, boot_ms}; }
  Monotonic monotonic() const override { return {}; }
  std::atomic<std::int64_t> boot_ms{1'000};
};

class TaskThreadTest : public testing::Test {
 protected:
  // Everything posted before is done when it returns.
  void settle() {
    std::promise<void> done;
    thread.post([&] { done.set_value(); });
    done.get_future().wait();
  }
  HandClock clock;
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
  thread.at(1'000, [&] { rang.set_value(); });
  rang.get_future().wait();
}

TEST_F(TaskThreadTest, AnAlarmWaitsForItsTimeAndRingsOnce) {
  std::atomic<int> times{0};
  std::promise<void> rang;
  thread.at(5'000, [&] {
    if (++times == 1) rang.set_value();
  });
  settle();
  EXPECT_EQ(times, 0);
  clock.boot_ms = 5'000;
  settle();
  rang.get_future().wait();
  settle();
  settle();
  EXPECT_EQ(times, 1);
}

TEST_F(TaskThreadTest, ANewAlarmReplacesTheOneBefore) {
  std::atomic<bool> old_rang{false};
  std::promise<void> rang;
  thread.at(50'000, [&] { old_rang = true; });
  thread.at(1'000, [&] { rang.set_value(); });
  rang.get_future().wait();
  clock.boot_ms = 60'000;
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
  thread.at(50'000, [&] { done += 100; });
  running.get_future().wait();
  std::thread stopper([&] { thread.stop(); });
  go.set_value();
  stopper.join();
  EXPECT_EQ(done, 5);
  thread.post([&] { ++done; });
  thread.stop();
  EXPECT_EQ(done, 5);
}

}  // namespace
}  // namespace holdline::platform
