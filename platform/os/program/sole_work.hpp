// Work that one program of this machine does at a time, whoever runs it. It is held by the program itself: the kernel
// lets go of it when that ends, however it ends, and no file stays behind.
#pragma once

#include <string>

#include "platform/os/fd.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

class SoleWork {
 public:
  // Does not wait. retry_later "held": the message says by whom and since when, as in "process 4711 of ada, since
  // 2026-03-01T09:30:00Z". `name` has at most 100 bytes; for others than this machine's network namespace it is
  // another.
  static Result<SoleWork> begin(const std::string& name);

 private:
  explicit SoleWork(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace holdline::platform
