// The thread that owns the outbox: commits for several people at once, recovers after disk errors, checkpoints and
// prunes when idle.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

struct OutboxWorkerOptions {
  std::size_t queue_limit = 4'096;               // requests waiting; more are refused with retry_later "busy"
  std::size_t group_limit = 512;                 // drafts of one commit: bounds how long the first of them waits
  std::chrono::milliseconds recover_after{200};  // doubled after each recovery that failed
  std::chrono::milliseconds recover_at_most{30'000};
  std::chrono::milliseconds checkpoint_after{2'000};  // without requests
  std::chrono::milliseconds prune_every{3'600'000};   // at the first quiet moment after that
  // Called on the worker's thread with every new action, durable by then, before whoever submitted it is told.
  std::function<void(Outbox&, const Saved&)> saved = {};
  // Called on the worker's thread when the outbox is writable again after an error: its file was read again and may
  // hold entries whose saving seemed to have failed.
  std::function<void()> recovered = {};
};

class OutboxWorker {
 public:
  // Called on the worker's thread; must not block. Success: durable.
  using Done = std::function<void(Result<Saved>)>;

  // Takes the outbox over and starts the thread. The clock tells when upkeep is due.
  OutboxWorker(std::unique_ptr<Outbox> outbox, std::shared_ptr<const sync::Schema> schema, const platform::Clock& clock,
               OutboxWorkerOptions options = {});
  // As stop().
  ~OutboxWorker();
  OutboxWorker(const OutboxWorker&) = delete;
  OutboxWorker& operator=(const OutboxWorker&) = delete;

  // Any thread. Only queued when it returns; `done` is called exactly once, also with retry_later "busy" (at once, on
  // the caller's thread) and "stopping".
  void submit(Draft draft, Done done);
  // Any thread but the worker's. Runs `call` on the worker's thread, after what was queued before, and waits for its
  // value. Throws std::logic_error after stop().
  template <class Call>
  std::invoke_result_t<Call&, Outbox&> run(Call call);
  // Any thread. Only queued when it returns: `task` is run on the worker's thread, after what was queued before. For
  // whoever must not wait. False after stop(): it is not run.
  bool post(std::function<void(Outbox&)> task);
  // Any thread: as of the last commit.
  OutboxStatus status() const;
  const RecentActions& recent() const { return recent_; }
  const UnsettledActions& unsettled() const { return unsettled_; }
  // Any thread but the worker's. What is saved from now on is made in this version; when it returns.
  void use_schema(std::shared_ptr<const sync::Schema> schema);
  // Finishes what is queued and ends the thread. May be called twice.
  void stop();

 private:
  struct Request {
    Draft draft;
    Done done;
  };

  // On the worker's thread, all that follow.
  std::vector<Request> take_waiting();
  void save_waiting();
  std::vector<Result<Saved>> append(const std::vector<Draft>& drafts);
  void after_work();
  void plan_upkeep(bool was_writable);
  void schedule_upkeep(std::chrono::milliseconds in);
  void upkeep();
  void publish();

  const OutboxWorkerOptions options_;
  const platform::Clock& clock_;
  // The worker's thread only, from here to the mutex.
  std::unique_ptr<Outbox> outbox_;
  const RecentActions& recent_;        // the outbox's; any thread
  const UnsettledActions& unsettled_;  // likewise
  std::shared_ptr<const sync::Schema> schema_;
  bool writable_ = true;
  std::uint64_t openings_ = 0;
  std::chrono::milliseconds recover_wait_;
  std::int64_t prune_at_ms_ = 0;  // boot time; the first quiet moment is one

  mutable platform::Mutex mutex_;
  std::deque<Request> queue_ HOLDLINE_GUARDED_BY(mutex_);
  OutboxStatus status_ HOLDLINE_GUARDED_BY(mutex_);
  bool stopping_ HOLDLINE_GUARDED_BY(mutex_) = false;

  platform::TaskThread thread_;  // last: it ends before what it works on
};

template <class Call>
std::invoke_result_t<Call&, Outbox&> OutboxWorker::run(Call call) {
  using Returned = std::invoke_result_t<Call&, Outbox&>;
  // Shared, because a std::function must be copyable.
  auto task = std::make_shared<std::packaged_task<Returned(Outbox&)>>(std::move(call));
  auto value = task->get_future();
  if (!post([task](Outbox& outbox) { (*task)(outbox); }))
    throw std::logic_error("the outbox was used after it was stopped");
  return value.get();
}

}  // namespace holdline::agent
