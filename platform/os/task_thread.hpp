// The one thread class of the daemons: does one task after the other in the order they were posted, and one at a time
// it is told. Owns nothing it works on.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <thread>

#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::platform {

class TaskThread {
 public:
  using Task = std::function<void()>;

  explicit TaskThread(const Clock& clock);
  // As stop().
  ~TaskThread();
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  // Any thread. Only queued when it returns. False, and dropped, after stop().
  bool post(Task task);
  // Any thread. At this boot time (it counts sleep), before what is queued then; replaces the alarm set before.
  void at(std::int64_t boot_ms, Task task);
  // Finishes what is queued, drops the alarm, ends the thread. May be called twice; not from the thread itself.
  void stop();

 private:
  void work();
  // Waits for the next task; none: the end.
  std::optional<Task> next();
  // Milliseconds until the alarm, at most a second: boot time goes on while the machine sleeps, the wait does not.
  std::int64_t until_alarm() const HOLDLINE_REQUIRES(mutex_);

  struct Alarm {
    std::int64_t boot_ms;
    Task task;
  };
  const Clock& clock_;
  Mutex mutex_;
  Condition changed_;
  std::deque<Task> tasks_ HOLDLINE_GUARDED_BY(mutex_);
  std::optional<Alarm> alarm_ HOLDLINE_GUARDED_BY(mutex_);
  bool stopping_ HOLDLINE_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace holdline::platform
