// The thread that owns the outbox: commits for several people at once, heals after disk errors, checkpoints and lets go
// of what is old when idle.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

struct OutboxWorkerOptions {
  std::size_t queue_limit = 4'096;               // requests waiting; more are refused with retry_later "busy"
  std::size_t group_limit = 512;                 // drafts of one commit: bounds how long the first of them waits
  std::chrono::milliseconds recover_after{200};  // doubled after each recovery that failed
  std::chrono::milliseconds recover_at_most{30'000};
  std::chrono::milliseconds checkpoint_after{2'000};   // without requests
  std::chrono::milliseconds compact_every{3'600'000};  // at the first quiet moment after that
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

  // Takes the outbox over and starts the thread.
  OutboxWorker(std::unique_ptr<Outbox> outbox, std::shared_ptr<const sync::Schema> schema,
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
  // Any thread; holds for drafts that are not yet being saved.
  void use_schema(std::shared_ptr<const sync::Schema> schema);
  // Any thread: as of the last commit.
  OutboxStatus status() const;
  // Finishes what is queued and ends the thread. May be called twice.
  void stop();

 private:
  struct Request {
    Draft draft;
    Done done;
  };
  using Task = std::function<void(Outbox&)>;
  using Item = std::variant<Request, Task>;

  void work();
  void post(Task task);
  // Blocks until there is work, it is time for upkeep, or the end. False: the end.
  bool next(std::vector<Item>& group);
  void save(std::vector<Item>& group);
  std::vector<Result<Saved>> append(const std::vector<Draft>& drafts);
  void upkeep();
  bool recover();
  void publish();

  const OutboxWorkerOptions options_;
  std::unique_ptr<Outbox> outbox_;  // the worker's thread only
  bool writable_ = true;            // from here on: the worker's thread only
  std::chrono::milliseconds recover_wait_;
  std::optional<std::chrono::steady_clock::time_point> upkeep_at_;
  std::chrono::steady_clock::time_point compact_at_{};  // the first quiet moment is one

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::shared_ptr<const sync::Schema> schema_;
  OutboxStatus status_;
  bool stopping_ = false;

  std::thread thread_;  // last: starts when everything else is there
};

template <class Call>
std::invoke_result_t<Call&, Outbox&> OutboxWorker::run(Call call) {
  using Value = std::invoke_result_t<Call&, Outbox&>;
  // Shared, because a std::function must be copyable.
  auto task = std::make_shared<std::packaged_task<Value(Outbox&)>>(std::move(call));
  auto value = task->get_future();
  post([task](Outbox& outbox) { (*task)(outbox); });
  return value.get();
}

}  // namespace holdline::agent
