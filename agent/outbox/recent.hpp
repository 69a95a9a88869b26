// The newest actions of this workstation, those that need attention, and what became of them, in memory: a list on the
// screen must not wait for a disk that takes seconds over a sync. Written by the outbox's thread after the disk has it,
// read by any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "platform/os/mutex.hpp"
#include "sync/action/action.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

class RecentActions {
 public:
  static constexpr std::size_t limit = 1'000;

  struct Item {
    sync::ActionRef ref;
    std::shared_ptr<const sync::Action> action;
    std::optional<sync::ActionResult> result = {};
    std::optional<sync::ActionRef> decided_by = {};
  };
  struct Listed {
    std::vector<Item> items;  // newest first
    bool all = false;         // the outbox keeps none that are older
  };

  // Those made before `before`, or all. Nothing: begin() was not called yet, or `before` is none of them.
  std::optional<Listed> list(const std::optional<sync::ActionRef>& before) const;
  // Nothing: it is older than these, or was never saved.
  std::optional<Item> find(sync::ActionRef ref) const;
  // Refused and not decided on since, however old; oldest first. Nothing: begin() was not called yet.
  std::optional<std::vector<Item>> needing_attention() const;

  // Replaces all: what the file says. Nothing needs attention until attend().
  void begin(Listed listed);
  void add(Item item);
  void settle(const sync::ActionResult& result);
  void decide(sync::ActionRef on, sync::ActionRef by);
  void attend(std::vector<Item> oldest_first);

 private:
  template <class Change>
  void change(sync::ActionRef ref, const Change& to);

  mutable platform::Mutex mutex_;
  std::deque<Item> items_ HOLDLINE_GUARDED_BY(mutex_);  // newest first
  std::vector<Item> attention_ HOLDLINE_GUARDED_BY(mutex_);
  bool known_ HOLDLINE_GUARDED_BY(mutex_) = false, all_ HOLDLINE_GUARDED_BY(mutex_) = false;
};

}  // namespace holdline::agent
