// Loaded into a daemon under test before the C library (LD_PRELOAD): while the file named by HOLDLINE_FAILING_SYNC
// exists, every sync fails as on a broken disk; while the one named by HOLDLINE_STALLED_SYNC exists, a sync of a file
// of the outbox does not return, as on a disk that is reset or behind a network. "<name>.reached" is made when one
// waits.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool disk_is_broken() {
  const char* mark = std::getenv("HOLDLINE_FAILING_SYNC");
  return mark != nullptr && ::access(mark, F_OK) == 0;
}

bool is_of_the_outbox(int fd) {
  char name[32], path[PATH_MAX];
  std::snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(name, path, sizeof path - 1);
  if (length <= 0) return false;
  path[length] = 0;
  return std::strstr(path, "outbox.db") != nullptr;
}

void wait_while_stalled(int fd) {
  const char* mark = std::getenv("HOLDLINE_STALLED_SYNC");
  while (mark != nullptr && ::access(mark, F_OK) == 0 && is_of_the_outbox(fd)) {
    char reached[PATH_MAX];
    std::snprintf(reached, sizeof reached, "%s.reached", mark);
    if (const int made = ::open(reached, O_CREAT | O_WRONLY, 0600); made >= 0) ::close(made);
    ::usleep(10'000);
  }
}

int sync_by(long call, int fd) {
  wait_while_stalled(fd);
  if (!disk_is_broken()) return static_cast<int>(::syscall(call, fd));
  errno = EIO;
  return -1;
}

}  // namespace

extern "C" int fsync(int fd) { return sync_by(SYS_fsync, fd); }
extern "C" int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }
