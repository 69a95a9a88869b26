#include "platform/os/task_thread.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace holdline::agent {

TaskThread::TaskThread(const platform::Clock& clock) : clock_(clock), thread_([this] { work(); }) {}

TaskThread::~TaskThread() { stop(); }

void TaskThread::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void TaskThread::at(std::int64_t boot_ms, Task task) {
  {
    const std::lock_guard lock(mutex_);
    alarm_ = Alarm{boot_ms, std::move(task)};
  }
  changed_.notify_one();
}

void TaskThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::int64_t TaskThread::patience() const {
  constexpr std::int64_t longest_ms = 1'000;
  return std::clamp<std::int64_t>(alarm_->boot_ms - clock_.now().boot_ms, 0, longest_ms);
}

void TaskThread::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    Task task;
    if (!tasks_.empty()) {
      task = std::move(tasks_.front());
      tasks_.pop_front();
    } else if (stopping_) {
      return;
    } else if (!alarm_) {
      changed_.wait(lock);
    } else if (const std::int64_t wait_ms = patience(); wait_ms > 0) {
      changed_.wait_for(lock, std::chrono::milliseconds(wait_ms));
    } else {
      task = std::move(std::exchange(alarm_, std::nullopt)->task);
    }
    if (!task) continue;
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace holdline::agent
