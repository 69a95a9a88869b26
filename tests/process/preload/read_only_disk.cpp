// Loaded into a daemon under test before the C library (LD_PRELOAD): while the file named by HOLDLINE_READ_ONLY exists,
// nothing below the directory HOLDLINE_READ_ONLY_DISK can be written, as when the kernel turns a disk that failed
// read-only under those who use it. A mount cannot be made so while a file on it is open for writing.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool is_on_disk(const char* path) {
  const char* disk = std::getenv("HOLDLINE_READ_ONLY_DISK");
  const char* mark = std::getenv("HOLDLINE_READ_ONLY");
  if (disk == nullptr || mark == nullptr || std::strncmp(path, disk, std::strlen(disk)) != 0) return false;
  return ::access(mark, F_OK) == 0;
}

bool is_on_disk(int fd) {
  char name[32], path[PATH_MAX];
  std::snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(name, path, sizeof path - 1);
  if (length <= 0) return false;
  path[length] = 0;
  return is_on_disk(path);
}

template <class Call>
Call real(const char* name) {
  return reinterpret_cast<Call>(::dlsym(RTLD_NEXT, name));
}

int refused() {
  errno = EROFS;
  return -1;
}

int open_by(const char* name, const char* path, int flags, mode_t mode) {
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  if (writes && is_on_disk(path)) {
    const bool there = ::access(path, F_OK) == 0;
    if (there || (flags & O_CREAT) != 0) return refused();
  }
  return real<int (*)(const char*, int, mode_t)>(name)(path, flags, mode);
}

}  // namespace

extern "C" int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_by("open", path, flags, mode);
}

extern "C" int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_by("open64", path, flags, mode);
}

extern "C" ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) {
  if (is_on_disk(fd)) return refused();
  return real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64")(fd, bytes, count, at);
}

extern "C" int ftruncate64(int fd, off64_t length) noexcept {
  if (is_on_disk(fd)) return refused();
  return real<int (*)(int, off64_t)>("ftruncate64")(fd, length);
}

extern "C" int rename(const char* from, const char* to) noexcept {
  if (is_on_disk(to)) return refused();
  return real<int (*)(const char*, const char*)>("rename")(from, to);
}
