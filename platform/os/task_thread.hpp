// A thread that does one thing after the other, and one thing at a time it is told. Owns nothing it works on.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "platform/os/clock.hpp"

namespace holdline::agent {

class TaskThread {
 public:
  using Task = std::function<void()>;

  explicit TaskThread(const platform::Clock& clock);
  // As stop().
  ~TaskThread();
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  // Any thread. Dropped after stop().
  void post(Task task);
  // Any thread. At this boot time (it counts sleep); replaces the alarm set before.
  void at(std::int64_t boot_ms, Task task);
  // Finishes what is queued, drops the alarm, ends the thread. May be called twice; not from the thread itself.
  void stop();

 private:
  void work();
  // Milliseconds until the alarm, at most a second: boot time goes on while the machine sleeps, the wait does not.
  std::int64_t patience() const;

  struct Alarm {
    std::int64_t boot_ms;
    Task task;
  };
  const platform::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::optional<Alarm> alarm_;
  bool stopping_ = false;
  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace holdline::agent
