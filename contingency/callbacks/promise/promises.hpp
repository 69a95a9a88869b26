// How many callbacks may be promised in a window of time. The room of a queue is divided over its workstations
// beforehand, as blocks of numbers are, so that desks without contact never promise more together than the floor can
// serve. Pure; Unix milliseconds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sync/base/result.hpp"

namespace holdline::contingency {

struct PromiseWindow {
  std::string queue;  // a scope
  std::int64_t start_ms = 0, end_ms = 0;
  std::uint32_t calls = 0;  // that can be served in it
  bool operator==(const PromiseWindow&) const = default;
};

// What each workstation may promise of a window; together exactly `calls`. The ones that remain go to other
// workstations from window to window.
std::map<std::string, std::uint32_t> shares_of(const PromiseWindow& window, std::vector<std::string> workstations);

// What one workstation has left.
class PromiseRoom {
 public:
  struct Window {
    PromiseWindow window;
    std::uint32_t share = 0, promised = 0;
    std::uint32_t room() const { return share > promised ? share - promised : 0; }
  };

  // A share that was handed out; again, with another share, when the queue is divided anew.
  void take(const PromiseWindow& window, std::uint32_t share);
  // A call within a window, promised: by the time from which on. ask_person "window-full", "window-unknown": none is
  // then. Both name the next one with room.
  Result<void> promise(const std::string& queue, std::int64_t from_ms);
  // What was promised before: it counts, whether or not there is room for it.
  void count(const std::string& queue, std::int64_t from_ms);
  // Not over by then, by time; to be offered to the caller are those with room.
  std::vector<Window> coming(const std::string& queue, std::int64_t now_ms) const;
  std::vector<Window> offers(const std::string& queue, std::int64_t now_ms) const;

 private:
  Window* holding(const std::string& queue, std::int64_t at_ms);

  std::map<std::pair<std::string, std::int64_t>, Window> windows_;
};

}  // namespace holdline::contingency
