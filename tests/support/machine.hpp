// The bare machine, for benchmarks and process tests: synced appends to a file, child processes and what they use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::machine {

// A new file that only grows. Throws std::system_error.
class SyncedLog {
 public:
  explicit SyncedLog(const std::filesystem::path& file);
  ~SyncedLog();
  SyncedLog(const SyncedLog&) = delete;
  SyncedLog& operator=(const SyncedLog&) = delete;
  // On the disk when it returns: write, then fdatasync.
  void append(std::string_view bytes);

 private:
  int fd_;
};

// A TCP connection to 127.0.0.1 from another loopback address, as if from another machine; reading gives up after two
// seconds. -1 when it cannot be made.
int connect_from(const std::string& address, std::uint16_t port);

// A program that runs beside this one; it is asked to end (SIGTERM) and waited for by the destructor.
class Child {
 public:
  // arguments[0] is the program's path. Its standard error goes to `log`. Throws std::system_error.
  Child(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool running() const;
  std::uint64_t resident_bytes() const;
  double cpu_seconds() const;  // user and system, of all its threads

 private:
  int pid_;
  mutable bool ended_ = false;
};

}  // namespace holdline::machine
