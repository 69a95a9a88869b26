// Work that several processes share. Each has SQLite and every other library to itself, so what a piece of work does
// depends on nothing but its number, and a piece that crashes takes no other with it and is known.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace holdline::support {

struct SharedWork {
  // In a worker: does piece `n` (from 0) and says what it came to, as one line. Nothing: there is no more work.
  std::function<std::optional<std::string>(std::uint64_t n)> work;
  // In the caller: what piece `n` came to. False: no more is wanted, and the workers are ended.
  std::function<bool(std::uint64_t n, std::string_view line)> done;
  // In the caller: the worker ended in the middle of piece `n`, by `how` ("signal 11"). The others are ended.
  std::function<void(std::uint64_t n, const std::string& how)> died;
};

// Worker w of `workers` (at least 1) does the pieces w, w + workers, ... Returns when all have ended. The caller has no
// other threads. Throws std::system_error when the system gives no process or pipe.
void share_work(unsigned workers, const SharedWork& shared);

// Of this process and of all workers that ended.
double cpu_seconds_with_workers();

}  // namespace holdline::support
