// Loaded into a daemon under test before the C library (LD_PRELOAD): while the file named by HOLDLINE_FAILING_SYNC
// exists, every sync fails as on a broken disk.
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace {

bool disk_is_broken() {
  const char* mark = std::getenv("HOLDLINE_FAILING_SYNC");
  return mark != nullptr && ::access(mark, F_OK) == 0;
}

int sync_by(long call, int fd) {
  if (!disk_is_broken()) return static_cast<int>(::syscall(call, fd));
  errno = EIO;
  return -1;
}

}  // namespace

extern "C" int fsync(int fd) { return sync_by(SYS_fsync, fd); }
extern "C" int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }
