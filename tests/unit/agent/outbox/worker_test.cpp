#include "agent/outbox/worker.hpp"

#include <future>
#include <set>
#include <thread>

#include "tests/unit/agent/outbox/fixture.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::agent {
namespace {

using namespace std::chrono_literals;

class OutboxWorkerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pc.create()); }
  void start(OutboxWorkerOptions options = {}) {
    worker.emplace(std::move(pc.outbox), std::make_shared<const sync::Schema>(pc.schema), clock, options);
  }
  Result<Saved> save(const Draft& draft) {
    std::promise<Result<Saved>> done;
    worker->submit(draft, [&](Result<Saved> saved) { done.set_value(std::move(saved)); });
    return done.get_future().get();
  }
  OutboxStation pc;
  platform::SystemClock clock;
  std::optional<OutboxWorker> worker;
};

TEST_F(OutboxWorkerTest, EightThreadsSaveEveryEntryOnce) {
  start();
  constexpr int per_thread = 100;
  std::mutex mutex;
  std::set<std::uint64_t> numbers;
  std::vector<std::thread> people;
  for (int person = 0; person < 8; ++person) {
    people.emplace_back([&, person] {
      for (int i = 0; i < per_thread; ++i) {
        const auto saved = save(pc.entry(std::to_string(person) + "-" + std::to_string(i)));
        ASSERT_TRUE(saved);
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(numbers.insert(saved->ref.number).second);
      }
    });
  }
  for (auto& person : people) person.join();
  EXPECT_EQ(*numbers.rbegin(), 8u * per_thread);
  EXPECT_EQ(worker->status().lanes[2].number, 8u * per_thread);
}

TEST_F(OutboxWorkerTest, WhatWaitsTogetherIsCommittedTogether) {
  start();
  std::promise<void> running, go;
  std::vector<std::future<Result<Saved>>> answers;
  std::thread holder([&] {
    worker->run([&](Outbox&) {
      running.set_value();
      go.get_future().wait();
    });
  });
  running.get_future().wait();
  std::vector<std::promise<Result<Saved>>> done(50);
  for (std::size_t i = 0; i < done.size(); ++i) {
    answers.push_back(done[i].get_future());
    worker->submit(pc.entry("key-" + std::to_string(i)), [&, i](Result<Saved> saved) { done[i].set_value(saved); });
  }
  const auto before = pc.disk.counts().syncs;
  go.set_value();
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  holder.join();
  EXPECT_LE(pc.disk.counts().syncs - before, 4u);
}

TEST_F(OutboxWorkerTest, RefusesWhatDoesNotFitIntoTheQueue) {
  start({.queue_limit = 2});
  std::promise<void> running, go;
  std::thread holder([&] {
    worker->run([&](Outbox&) {
      running.set_value();
      go.get_future().wait();
    });
  });
  running.get_future().wait();
  std::promise<Result<Saved>> first, second;
  worker->submit(pc.entry("a"), [&](Result<Saved> saved) { first.set_value(saved); });
  worker->submit(pc.entry("b"), [&](Result<Saved> saved) { second.set_value(saved); });
  const auto refused = save(pc.entry("c"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "busy");
  EXPECT_EQ(refused.error().kind, ErrorKind::retry_later);
  go.set_value();
  EXPECT_TRUE(first.get_future().get());
  EXPECT_TRUE(second.get_future().get());
  holder.join();
}

TEST_F(OutboxWorkerTest, RunGivesBackTheValueAndSeesWhatWasQueuedBefore) {
  start();
  std::promise<Result<Saved>> saved;
  worker->submit(pc.entry("a"), [&](Result<Saved> s) { saved.set_value(s); });
  EXPECT_EQ(worker->run([](Outbox& outbox) { return outbox.status().lanes[2].number; }), 1u);
}

TEST_F(OutboxWorkerTest, StopFinishesWhatIsQueuedAndRefusesTheRest) {
  start();
  std::atomic<int> saved{0};
  for (int i = 0; i < 20; ++i)
    worker->submit(pc.entry("key-" + std::to_string(i)), [&](Result<Saved> s) { saved += s ? 1 : 0; });
  worker->stop();
  EXPECT_EQ(saved, 20);
  EXPECT_EQ(save(pc.entry("late")).error().code, "stopping");
  EXPECT_THROW(worker->run([](Outbox&) {}), std::logic_error);
}

TEST_F(OutboxWorkerTest, RecoversByItselfAfterAFailedSync) {
  start({.recover_after = 1ms});
  pc.disk.fail_sync(1);
  const auto failed = save(pc.entry("a"));
  ASSERT_FALSE(failed);
  Result<Saved> again = save(pc.entry("a"));
  while (!again) again = save(pc.entry("a"));
  EXPECT_EQ(worker->status().health, OutboxHealth::writable);
  EXPECT_EQ(worker->status().lanes[2].number, 1u);
}

// The failed save may be in the file all the same, and then somebody has to send it.
TEST_F(OutboxWorkerTest, TellsThatTheFileWasReadAgainAfterAFailedSync) {
  std::promise<void> recovered;
  OutboxWorkerOptions options{.recover_after = 1ms};
  options.recovered = [&] { recovered.set_value(); };
  start(options);
  ASSERT_TRUE(save(pc.entry("a")));
  pc.disk.fail_sync(1);
  ASSERT_FALSE(save(pc.entry("b")));
  recovered.get_future().wait();
  EXPECT_EQ(worker->run([](Outbox& outbox) { return outbox.status().lanes[2].number; }), 2u);
}

TEST_F(OutboxWorkerTest, SaysReadOnlyWhileTheDiskDoesNotSync) {
  start({.recover_after = 1ms, .recover_at_most = 2ms});
  pc.disk.fail_sync(1, true);
  EXPECT_FALSE(save(pc.entry("a")));
  EXPECT_EQ(worker->status().health, OutboxHealth::read_only);
  EXPECT_FALSE(worker->status().advice.empty());
}

TEST_F(OutboxWorkerTest, FullDiskMakesItReleaseTheReserveAndSaveAfterAll) {
  for (const bool with_reserve : {false, true}) {
    platform::Scratch scratch;
    OutboxStation full;
    if (with_reserve) full.options.reserve_path = (scratch / "reserve").string();
    full.options.reserve_bytes = 1 << 20;
    ASSERT_TRUE(full.create());
    full.save(full.entry("first"));
    ASSERT_TRUE(full.outbox->checkpoint());
    for (int i = 0; i < 12; ++i) full.save(full.entry("key-" + std::to_string(i)));
    // Too little for the next entry, until recovery has emptied the log.
    full.disk.set_capacity(full.disk.used_bytes() + 30'000);
    Draft large = full.entry("large", std::string(4'000, 'x'));
    for (int i = 0; i < 9; ++i) large.ops.push_back(large.ops.front());
    OutboxWorker one(std::move(full.outbox), std::make_shared<const sync::Schema>(full.schema), clock,
                     {.recover_after = 1h});
    std::promise<Result<Saved>> done;
    one.submit(large, [&](Result<Saved> saved) { done.set_value(std::move(saved)); });
    const auto saved = done.get_future().get();
    EXPECT_EQ(saved ? "" : saved.error().code, with_reserve ? "" : "disk-full");
  }
}

TEST_F(OutboxWorkerTest, EmptiesTheLogWhenNobodySaves) {
  start({.checkpoint_after = 1ms});
  ASSERT_TRUE(save(pc.entry("a")));
  while (!pc.disk.read(pc.options.path + "-wal").empty()) std::this_thread::yield();
  EXPECT_TRUE(save(pc.entry("b")));
}

TEST_F(OutboxWorkerTest, PrunesWhatIsOldWhenNobodySaves) {
  pc.options.keep_bytes = 0;
  ASSERT_TRUE(pc.open());
  pc.settle(1, pc.save(pc.entry("a")).ref, sync::Verdict::applied, 1);
  pc.outbox->reached(pc.clock.wall_ms, 1);
  start({.checkpoint_after = 1ms});
  ASSERT_TRUE(save(pc.entry("b")));
  while (worker->status().pruned == 0) std::this_thread::yield();
  EXPECT_EQ(worker->status().lanes[2].number, 2u);
}

}  // namespace
}  // namespace holdline::agent
