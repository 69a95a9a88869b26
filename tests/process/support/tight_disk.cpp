#include "tests/process/support/tight_disk.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "platform/os/fd.hpp"

namespace holdline::process {

namespace {

constexpr const char* size = "size=120m,mode=0755";

// Mounts of this process and its children only: they end with it.
bool enter_own_mounts() {
  return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool mount_at(const Path& at) { return ::mount("tmpfs", at.c_str(), "tmpfs", 0, size) == 0; }

void limit_files(pid_t daemon, rlim_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  if (::prlimit(daemon, RLIMIT_FSIZE, &limit, nullptr) != 0) throw std::runtime_error("the files cannot be limited");
}

Path filler(const Path& at) { return at / "filler"; }

}  // namespace

bool TightDisk::possible(Tightness how) {
  if (how == Tightness::file_limit) return true;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(enter_own_mounts() && mount_at("/tmp") ? 0 : 1);
  int status = 1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

TightDisk::TightDisk(Tightness how, Path at) : how_(how), at_(std::move(at)) {
  // Beyond its limit a write shall fail, as on a full disk, not end the daemon.
  if (how_ == Tightness::file_limit) ::signal(SIGXFSZ, SIG_IGN);
  if (how_ == Tightness::small_disk && !(enter_own_mounts() && mount_at(at_)))
    throw std::runtime_error(std::string("no disk of its own: ") + std::strerror(errno));
}

TightDisk::~TightDisk() {
  if (how_ == Tightness::small_disk) ::umount2(at_.c_str(), MNT_DETACH);
}

void TightDisk::fill(pid_t daemon) {
  if (how_ == Tightness::file_limit) return limit_files(daemon, 1);
  const platform::Fd fd(::open(filler(at_).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  constexpr std::array<char, 65536> block{};
  std::size_t piece = block.size();
  while (piece > 0) {
    const ssize_t written = ::write(fd.get(), block.data(), piece);
    if (written < 0 && errno != ENOSPC) throw std::runtime_error("the disk cannot be filled");
    if (written < 0) piece /= 2;
  }
}

void TightDisk::make_room(pid_t daemon) {
  if (how_ == Tightness::file_limit) return limit_files(daemon, RLIM_INFINITY);
  std::filesystem::remove(filler(at_));
}

void TightDisk::make_read_only() { remount(MS_RDONLY); }
void TightDisk::make_writable() { remount(0); }

void TightDisk::remount(unsigned long flags) {
  if (::mount(nullptr, at_.c_str(), nullptr, MS_REMOUNT | flags, nullptr) != 0)
    throw std::runtime_error(std::string("the disk cannot be mounted otherwise: ") + std::strerror(errno));
}

}  // namespace holdline::process
