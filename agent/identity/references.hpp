// The numbers for references that this workstation gives to what is taken down here, kept in a file so that none is
// given twice (sync/reference/stock.hpp). Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "platform/os/entropy.hpp"
#include "platform/os/files.hpp"
#include "platform/os/mutex.hpp"
#include "sync/base/id.hpp"
#include "sync/reference/stock.hpp"

namespace holdline::agent {

class References {
 public:
  // A file of mode 0600 without data of anybody.
  References(platform::Path file, platform::Entropy& entropy) : file_(std::move(file)), entropy_(entropy) {}

  // A file that cannot be read is no number at all: new ones come from the hub.
  Result<void> load();

  // The next reference, for the outbox that `incarnation` is of; nothing when no number is at hand. Does not wait for
  // the disk: what it answers was taken out of the file before.
  std::optional<std::string> next(const sync::Id& incarnation);
  // Whether so few numbers are at hand that reserve() should run.
  bool is_short() const;
  // Whose outbox this is, before anything else: of another one nothing is kept.
  void belong_to(const sync::Id& incarnation);
  // Takes numbers out of the file for next(). Durable before any of them is given; waits for the disk. What was taken
  // and not given is lost with the program, so it is done when somebody may need them and not before.
  Result<void> reserve(const sync::Id& incarnation);

  // Whether the hub should be asked for a block now: few are left, and it was not asked just now.
  bool should_ask(std::int64_t now_boot_ms) const;
  // {"incarnation": …} for that question.
  std::string question(const sync::Id& incarnation, std::int64_t now_boot_ms);
  // What the hub answered, which may hold a block. Durable when it returns.
  Result<void> keep(std::string_view answer, const sync::Id& incarnation);
  // How many it can still give without the hub.
  std::uint64_t left() const;

 private:
  Result<void> write() HOLDLINE_REQUIRES(writing_);

  const platform::Path file_;
  platform::Entropy& entropy_;
  platform::Mutex writing_;  // of the file: one change after the other
  sync::ReferenceStock stock_ HOLDLINE_GUARDED_BY(writing_);
  mutable platform::Mutex mutex_;
  std::deque<std::uint64_t> at_hand_ HOLDLINE_GUARDED_BY(mutex_);  // taken out of the file, not given yet
  sync::Id of_ HOLDLINE_GUARDED_BY(mutex_);                        // whose they are
  std::uint64_t kept_ HOLDLINE_GUARDED_BY(mutex_) = 0;             // left in the file
  std::int64_t asked_ms_ HOLDLINE_GUARDED_BY(mutex_) = 0;          // boot time; 0: not yet
};

}  // namespace holdline::agent
