// How often a sign-in was tried in vain, by person and by login of the operating system, and how long each has to wait
// for the next try. Kept in a file of its own (names and counts), across restarts.
//
// No wall clock is asked: waiting is counted in boot time, and after a reboot, or when the boot time went back, the
// whole delay begins again. So no change of a clock shortens it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "platform/os/clock.hpp"
#include "platform/os/files.hpp"
#include "sync/base/id.hpp"

namespace holdline::agent {

// The delay after so many failures in a row: none for the first three, then 1 s, 2 s, 4 s … at most 15 minutes, so that
// nobody is locked out for good.
std::int64_t delay_after(std::uint32_t failures);

// One thread.
class SignInAttempts {
 public:
  explicit SignInAttempts(platform::Path file) : file_(std::move(file)) {}

  // A file that cannot be read counts for nothing and is written anew by the next attempt.
  Result<void> load();
  // Milliseconds until this person may try from this place (see SignInRequest::place()); 0: now.
  std::int64_t wait_ms(std::string_view place, std::string_view name, const sync::TimeReading& now);
  // Before the password is looked at, so that no crash and no haste tries for free: counts as a failure until
  // succeeded(). `known`: the person is rostered; other names count for the place alone. Durable when it returns.
  Result<void> begin(std::string_view place, std::string_view name, bool known, const sync::TimeReading& now);
  Result<void> succeeded(std::string_view place, std::string_view name);

 private:
  struct Failures {
    std::uint32_t count = 0;
    sync::Id boot;
    std::int64_t at_ms = 0;  // boot time of the last one
  };
  std::int64_t left_ms(const std::string& key, const sync::TimeReading& now);
  Result<void> save() const;

  platform::Path file_;
  std::map<std::string, Failures> failures_;  // "person NAME", "login UID", "address HEX"
};

}  // namespace holdline::agent
