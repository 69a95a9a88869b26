// The body of a response that goes on after its head was sent, such as a stream of events: whoever answers keeps it and
// writes to it while the client is there. What the client has not taken yet is bounded; one that stops taking it is
// closed, so that nobody waits for it.
//
// Thread-safe; nothing here blocks.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "platform/os/mutex.hpp"

namespace holdline::platform {

class LiveBody {
 public:
  explicit LiveBody(std::size_t most_unsent = 64 * 1024) : most_unsent_(most_unsent) {}

  // Queues `text` for the client. False: it has gone, has not taken most_unsent bytes (its connection then ends), or
  // end() was called. A stream that was not answered yet queues as well.
  bool write(std::string_view text);
  // Nothing follows; what is queued is still sent.
  void end();
  bool is_open() const;

  // For the connection that sends it. `wake` is called after each change, on the thread that made it, until leave().
  void attach(std::function<void()> wake);
  struct Part {
    std::string text;
    bool last = false;
  };
  Part take();
  // The client takes no more.
  void leave();

 private:
  void woken();

  const std::size_t most_unsent_;
  mutable Mutex mutex_;
  std::string unsent_ HOLDLINE_GUARDED_BY(mutex_);
  std::function<void()> wake_ HOLDLINE_GUARDED_BY(mutex_);
  bool ended_ HOLDLINE_GUARDED_BY(mutex_) = false;
};

}  // namespace holdline::platform
