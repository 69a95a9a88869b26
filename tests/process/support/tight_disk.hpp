// A disk that can be filled and emptied again under a running daemon.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "tests/process/support/process.hpp"

namespace holdline::process {

enum class Tightness {
  small_disk,  // a file system of its own with 120 MiB; needs the right to mount one
  file_limit,  // no file of the daemon may grow; needs no rights
};

class TightDisk {
 public:
  // Whether this test may do it here.
  static bool possible(Tightness how);

  // The disk is at `at`, a directory that exists and is empty. What the test starts from now on sees it.
  TightDisk(Tightness how, Path at);
  ~TightDisk();
  TightDisk(const TightDisk&) = delete;
  TightDisk& operator=(const TightDisk&) = delete;

  // Not a byte is left for the daemon.
  void fill(pid_t daemon);
  void make_room(pid_t daemon);
  // Small disk only, while nothing writes to it.
  void make_read_only();
  void make_writable();

 private:
  void remount(unsigned long flags);

  Tightness how_;
  Path at_;
};

}  // namespace holdline::process
