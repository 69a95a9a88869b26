// What a workstation has tried at itself, for its report: whether the pages that were asked for last were drawn, and
// which actions of the plan it could not perform. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "platform/os/files.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::agent {

class SelfChecks {
 public:
  // `file` keeps for the next start whether pages were drawn. One that cannot be read says nothing.
  explicit SelfChecks(platform::Path file);

  // Writes a small file. One that cannot be written is forgotten with the next start.
  void drew(bool well);
  std::optional<bool> prints() const;

  // Whether the plan of this version is to be tried now: it was not, or not for a quarter of an hour.
  bool should_rehearse(std::uint32_t version, std::int64_t boot_ms);
  // In words, empty when everything could be performed; what is too long is cut off.
  void rehearsed(std::string not_runnable);
  std::optional<std::string> not_runnable() const;

 private:
  const platform::Path file_;
  mutable platform::Mutex mutex_;
  std::optional<bool> prints_ HOLDLINE_GUARDED_BY(mutex_);
  std::optional<std::string> not_runnable_ HOLDLINE_GUARDED_BY(mutex_);
  std::uint32_t tried_version_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  std::int64_t tried_ms_ HOLDLINE_GUARDED_BY(mutex_) = 0;
};

}  // namespace holdline::agent
