// Mutexes whose rules clang checks (-Wthread-safety, see the clang documentation "Thread Safety Analysis"): a member
// marked HOLDLINE_GUARDED_BY(mutex_) may be touched only where mutex_ is held, a function marked
// HOLDLINE_REQUIRES(mutex_) called only there. Other compilers see plain std::mutex.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define HOLDLINE_THREAD_RULE(rule) __attribute__((rule))
#else
#define HOLDLINE_THREAD_RULE(rule)
#endif
#define HOLDLINE_GUARDED_BY(mutex) HOLDLINE_THREAD_RULE(guarded_by(mutex))
#define HOLDLINE_REQUIRES(mutex) HOLDLINE_THREAD_RULE(requires_capability(mutex))

namespace holdline::platform {

class HOLDLINE_THREAD_RULE(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() HOLDLINE_THREAD_RULE(acquire_capability()) { mutex_.lock(); }
  void unlock() HOLDLINE_THREAD_RULE(release_capability()) { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

// Holds a mutex for as long as it lives.
class HOLDLINE_THREAD_RULE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) HOLDLINE_THREAD_RULE(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() HOLDLINE_THREAD_RULE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waiting for what another thread changes. Every wait may end early without a reason: wait in a loop.
class Condition {
 public:
  void notify_one() { condition_.notify_one(); }

  // Gives the mutex up while it waits.
  void wait(Mutex& mutex) HOLDLINE_REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  void wait_for(Mutex& mutex, std::chrono::milliseconds time) HOLDLINE_REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    condition_.wait_for(lock, time);
    lock.release();
  }

 private:
  std::condition_variable condition_;
};

}  // namespace holdline::platform
