// Loaded into a program under test before the C library (LD_PRELOAD): kills it in the middle of the change to the file
// system whose number is HOLDLINE_DYING_AT, counted from 1: of what it then writes half is there, anything else is not
// done.
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace {

bool is_the_last_change() {
  static const char* const at = std::getenv("HOLDLINE_DYING_AT");
  static const long last = at != nullptr ? std::atol(at) : 0;
  static std::atomic<long> changes{0};
  return last > 0 && ++changes == last;
}

// A database writes hundreds of pages; dying at each is for tests on a disk of their own.
bool is_the_last_page() {
  constexpr int counted = 25;
  static std::atomic<int> pages{0};
  return ++pages % counted == 0 && is_the_last_change();
}

void die() { ::kill(::getpid(), SIGKILL); }

void count_change() {
  if (is_the_last_change()) die();
}

int open_by(int directory, const char* path, int flags, mode_t mode) {
  if ((flags & O_CREAT) != 0) count_change();
  return static_cast<int>(::syscall(SYS_openat, directory, path, flags, mode));
}

mode_t mode_of(int flags, va_list& rest) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(rest, unsigned)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_by(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_by(AT_FDCWD, path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  const bool last = is_the_last_change();
  const auto written = ::syscall(SYS_write, fd, bytes, last ? size / 2 : size);
  if (last) die();
  return written;
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  const bool last = is_the_last_page();
  const auto written = ::syscall(SYS_pwrite64, fd, bytes, last ? size / 2 : size, at);
  if (last) die();
  return written;
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }

int ftruncate64(int fd, off64_t size) noexcept {
  count_change();
  return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}

int ftruncate(int fd, off_t size) noexcept { return ftruncate64(fd, size); }

int unlink(const char* path) noexcept {
  count_change();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int mkdir(const char* path, mode_t mode) noexcept {
  count_change();
  return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int rename(const char* from, const char* to) noexcept {
  count_change();
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

}  // extern "C"
