#include "platform/http/live/body.hpp"

#include <utility>

namespace holdline::platform {

bool LiveBody::write(std::string_view text) {
  bool taken = false;
  {
    const MutexLock lock(mutex_);
    if (ended_) return false;
    taken = text.size() <= most_unsent_ - unsent_.size();
    if (taken)
      unsent_.append(text);
    else
      ended_ = true;
  }
  woken();
  return taken;
}

void LiveBody::end() {
  {
    const MutexLock lock(mutex_);
    ended_ = true;
  }
  woken();
}

bool LiveBody::is_open() const {
  const MutexLock lock(mutex_);
  return !ended_;
}

void LiveBody::attach(std::function<void()> wake) {
  const MutexLock lock(mutex_);
  wake_ = std::move(wake);
}

LiveBody::Part LiveBody::take() {
  const MutexLock lock(mutex_);
  return {std::exchange(unsent_, {}), ended_};
}

void LiveBody::leave() {
  const MutexLock lock(mutex_);
  ended_ = true;
  wake_ = nullptr;
}

// Outside of the lock: the connection takes what is queued.
void LiveBody::woken() {
  std::function<void()> wake;
  {
    const MutexLock lock(mutex_);
    wake = wake_;
  }
  if (wake) wake();
}

}  // namespace holdline::platform
