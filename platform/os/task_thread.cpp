#include "platform/os/task_thread.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace holdline::platform {

TaskThread::TaskThread(const Clock& clock) : clock_(clock), thread_([this] { work(); }) {}

TaskThread::~TaskThread() { stop(); }

bool TaskThread::post(Task task) {
  {
    const MutexLock lock(mutex_);
    if (stopping_) return false;
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void TaskThread::at(std::int64_t boot_ms, Task task) {
  {
    const MutexLock lock(mutex_);
    alarm_ = Alarm{boot_ms, std::move(task)};
  }
  changed_.notify_one();
}

void TaskThread::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::int64_t TaskThread::until_alarm() const {
  constexpr std::int64_t longest_ms = 1'000;
  return std::clamp<std::int64_t>(alarm_->boot_ms - clock_.now().boot_ms, 0, longest_ms);
}

std::optional<TaskThread::Task> TaskThread::next() {
  const MutexLock lock(mutex_);
  for (;;) {
    const std::int64_t wait_ms = alarm_ && !stopping_ ? until_alarm() : -1;
    if (wait_ms == 0) return std::exchange(alarm_, std::nullopt)->task;
    if (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      return task;
    }
    if (stopping_) return std::nullopt;
    if (wait_ms > 0)
      changed_.wait_for(mutex_, std::chrono::milliseconds(wait_ms));
    else
      changed_.wait(mutex_);
  }
}

void TaskThread::work() {
  while (const auto task = next()) (*task)();
}

}  // namespace holdline::platform
