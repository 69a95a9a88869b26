#include "platform/os/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

namespace holdline::platform {
namespace {

tl::unexpected<Error> os_failure(std::string_view doing, const Path& path, int error) {
  ErrorKind kind = ErrorKind::stop;
  const char* code = "io-error";
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    kind = ErrorKind::retry_later;
    code = "disk-full";
  } else if (error == EROFS || error == EACCES || error == EPERM) {
    code = "read-only-disk";
  } else if (error == ENOENT) {
    code = "file-missing";
  } else if (error == EEXIST) {
    code = "file-exists";
  }
  std::string message = "Could not ";
  message.append(doing).append(" ").append(path.string()).append(": ");
  message.append(error == ELOOP ? "it is a symbolic link" : std::strerror(error)).append(".");
  return fail(kind, code, std::move(message));
}

Result<Fd> open_file(const Path& path, int flags, std::string_view doing) {
  Fd fd(::open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return os_failure(doing, path, errno);
  return fd;
}

Result<void> write_all(const Fd& fd, std::string_view bytes, const Path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return os_failure("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_file(const Fd& fd, const Path& path) {
  if (::fsync(fd.get()) != 0) return os_failure("sync", path, errno);
  return {};
}

// A new name survives a power cut only after its directory was synced too.
Result<void> sync_directory_of(const Path& path) {
  const Path directory = path.has_parent_path() ? path.parent_path() : Path(".");
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return os_failure("open", directory, errno);
  return sync_file(fd, directory);
}

// The file is complete and synced, or gone.
Result<void> write_new(const Path& path, std::string_view bytes) {
  HOLDLINE_ASSIGN(const Fd fd, open_file(path, O_WRONLY | O_CREAT | O_EXCL, "create"));
  auto written = write_all(fd, bytes, path);
  if (written) written = sync_file(fd, path);
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<void> check_private(const Path& path, const struct stat& info, const char* strict_mode) {
  if (info.st_uid != ::geteuid()) {
    return fail(ErrorKind::ask_person, "loose-permissions",
                path.string() + " belongs to another account. Give it to this one: chown " +
                    std::to_string(::geteuid()) + " " + path.string());
  }
  if ((info.st_mode & 077) == 0) return {};
  return fail(ErrorKind::ask_person, "loose-permissions",
              path.string() + " can be read by other accounts. Close it: chmod " + strict_mode + " " + path.string());
}

Result<struct stat> stat_of(const Path& path, mode_t wanted, const char* kind) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return os_failure("look at", path, errno);
  if ((info.st_mode & S_IFMT) == wanted) return info;
  return fail(ErrorKind::ask_person, "io-error", path.string() + " is not a " + kind + ".");
}

}  // namespace

Result<void> make_private_directory(const Path& path) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (error) return os_failure("create", path.parent_path(), error.value());
  if (::mkdir(path.c_str(), 0700) == 0) return sync_directory_of(path);
  if (errno != EEXIST) return os_failure("create", path, errno);
  HOLDLINE_ASSIGN(const auto info, stat_of(path, S_IFDIR, "directory"));
  return check_private(path, info, "0700");
}

Result<void> check_private_file(const Path& path) {
  HOLDLINE_ASSIGN(const auto info, stat_of(path, S_IFREG, "regular file"));
  return check_private(path, info, "0600");
}

Result<std::string> read_file(const Path& path, std::uint64_t max_bytes) {
  // Not blocking, so that a pipe in the place of the file cannot hold the program up.
  HOLDLINE_ASSIGN(const Fd fd, open_file(path, O_RDONLY | O_NONBLOCK, "open"));
  std::string content;
  std::array<char, 16384> block;
  for (;;) {
    const ssize_t got = ::read(fd.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_failure("read", path, errno);
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > max_bytes) {
      return fail(ErrorKind::ask_person, "file-too-large",
                  path.string() + " is larger than the " + std::to_string(max_bytes) + " bytes it may have.");
    }
    content.append(block.data(), static_cast<std::size_t>(got));
  }
}

Result<void> create_file(const Path& path, std::string_view bytes) {
  HOLDLINE_TRY(write_new(path, bytes));
  return sync_directory_of(path);
}

Result<void> replace_file(const Path& path, std::string_view bytes) {
  Path next = path;
  next += ".new";
  ::unlink(next.c_str());  // left by a crash between write and rename
  HOLDLINE_TRY(write_new(next, bytes));
  if (::rename(next.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(next.c_str());
    return os_failure("replace", path, error);
  }
  return sync_directory_of(path);
}

namespace {

// Of what is no file to be replaced, the kind.
std::optional<mode_t> special_kind(const Path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode)) return std::nullopt;
  return info.st_mode & S_IFMT;
}

Path behind_links(const Path& path) {
  std::error_code unknown;
  Path place = std::filesystem::weakly_canonical(std::filesystem::absolute(path), unknown);
  return unknown ? std::filesystem::absolute(path) : place;
}

}  // namespace

Result<void> write_output(const Path& path, std::string_view bytes) {
  const auto special = special_kind(path);
  if (!special) return replace_file(behind_links(path), bytes);
  HOLDLINE_TRY(try_output(path));
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return os_failure("open", path, errno);
  return write_all(fd, bytes, path);
}

Result<void> try_output(const Path& path) {
  const auto special = special_kind(path);
  if (special == S_IFDIR)
    return fail(ErrorKind::ask_person, "is-a-directory", path.string() + " is a directory. Nothing was changed.");
  if (special) return ::access(path.c_str(), W_OK) == 0 ? Result<void>() : os_failure("write", path, errno);
  // Files are replaced whole, so it is the directory that has to take them.
  Path probe = behind_links(path);
  probe += ".trying";
  HOLDLINE_TRY(replace_file(probe, ""));
  return remove_file(probe);
}

Result<void> remove_file(const Path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return os_failure("remove", path, errno);
  }
  return sync_directory_of(path);
}

Result<void> publish_file(const Path& from, const Path& to) {
  HOLDLINE_ASSIGN(const Fd fd, open_file(from, O_RDONLY, "open"));
  HOLDLINE_TRY(sync_file(fd, from));
  if (::rename(from.c_str(), to.c_str()) != 0) return os_failure("replace", to, errno);
  return sync_directory_of(to);
}

Result<std::uint64_t> free_bytes(const Path& directory) {
  struct statvfs info {};
  if (::statvfs(directory.c_str(), &info) != 0) return os_failure("measure the space of", directory, errno);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<void> check_writable(const Path& file) {
  HOLDLINE_TRY(open_file(file, O_WRONLY, "write"));
  return {};
}

Result<DirectoryLock> DirectoryLock::acquire(const Path& directory) {
  const Path path = directory / "lock";
  auto opened = open_file(path, O_RDWR | O_CREAT, "open");
  // A lock takes no writing. Where there is none yet, there is no work yet either: the first error is the one to tell.
  if (!opened && opened.error().code == "read-only-disk")
    if (auto to_read = open_file(path, O_RDONLY, "open")) opened = std::move(to_read);
  HOLDLINE_ASSIGN(Fd fd, std::move(opened));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return os_failure("lock", path, errno);
    std::array<char, 16> holder{};
    const ssize_t length = ::pread(fd.get(), holder.data(), holder.size(), 0);
    const std::string_view text(holder.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    const std::string pid(text.substr(0, text.find('\n')));
    return fail(ErrorKind::ask_person, "already-running",
                "Another daemon" + (pid.empty() ? "" : " (process " + pid + ")") + " works in " + directory.string() +
                    ". Stop it first; two would damage each other's data.");
  }
  // The file stays when the lock is released: removing it would let two processes lock two files of one name.
  // Who holds the lock is for the text above only. On a full disk it may stay unsaid.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd.get(), 0) == 0) static_cast<void>(write_all(fd, pid, path));
  return DirectoryLock(std::move(fd));
}

Result<void> ReserveFile::ensure() {
  if (present()) return {};
  ::unlink(path_.c_str());
  HOLDLINE_ASSIGN(const Fd fd, open_file(path_, O_WRONLY | O_CREAT | O_EXCL, "create"));
  int error = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes_));
  if (error == 0 && ::fsync(fd.get()) != 0) error = errno;
  if (error != 0) {
    ::unlink(path_.c_str());
    return os_failure("reserve space in", path_, error);
  }
  return sync_directory_of(path_);
}

bool ReserveFile::present() const {
  struct stat info {};
  return ::lstat(path_.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         static_cast<std::uint64_t>(info.st_size) >= bytes_ &&
         static_cast<std::uint64_t>(info.st_blocks) * 512 >= bytes_;
}

std::uint64_t ReserveFile::size() const {
  struct stat info {};
  return ::lstat(path_.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
}

Result<bool> ReserveFile::release(std::uint64_t bytes, std::uint64_t keep) {
  const std::uint64_t now = size();
  if (now <= keep) return false;
  const std::uint64_t left = std::max(keep, now - std::min(now, bytes));
  if (left == 0) {
    HOLDLINE_TRY(release());
    return true;
  }
  HOLDLINE_ASSIGN(const Fd fd, open_file(path_, O_WRONLY, "open"));
  if (::ftruncate(fd.get(), static_cast<off_t>(left)) != 0) return os_failure("give back", path_, errno);
  HOLDLINE_TRY(sync_file(fd, path_));
  return true;
}

Result<void> ReserveFile::release() { return remove_file(path_); }

Result<void> harden_process() {
  constexpr rlimit no_core{0, 0};
  ::umask(077);
  if (::setrlimit(RLIMIT_CORE, &no_core) == 0 && ::prctl(PR_SET_DUMPABLE, 0) == 0) return {};
  return fail(ErrorKind::stop, "io-error", std::string("Could not switch core files off: ") + std::strerror(errno));
}

}  // namespace holdline::platform
