// The lock of a directory, and files that only the service's account can read, and changes to them that a crash cannot
// tear. Functions of this page never follow a symbolic link in the last part of a path.
//
// Errors: file-missing, file-exists, file-too-large, loose-permissions, disk-full, read-only-disk, io-error,
// already-running.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "platform/os/fd.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

using Path = std::filesystem::path;

// Makes the directory (mode 0700) and its missing parents. One that exists is accepted when it is the account's own
// and closed to group and others; else the error names the command that closes it.
Result<void> make_private_directory(const Path& path);
// The same check for a file: ours, a regular file, mode 0600 or stricter.
Result<void> check_private_file(const Path& path);

// The whole content, at most `max_bytes`.
Result<std::string> read_file(const Path& path, std::uint64_t max_bytes);
// Makes a new file of mode 0600. Success: content and name survive a power cut. An existing file is an error.
Result<void> create_file(const Path& path, std::string_view bytes);
// Replaces the content (or makes the file), mode 0600. Success: durable. A crash leaves the old or the new content.
Result<void> replace_file(const Path& path, std::string_view bytes);
// What a person named to be written, where it leads through links: a file is replaced as by replace_file(); what is
// none, as a device or a pipe, stays and is written to, which waits for whoever reads it.
Result<void> write_output(const Path& path, std::string_view bytes);
// Whether that is likely to succeed, without a change to what is there. ask_person "is-a-directory".
Result<void> try_output(const Path& path);
// Success: the name is gone, durably. A missing file is success.
Result<void> remove_file(const Path& path);
// Syncs the content of a file that was written by other means, and renames it over `to`, durably. Same directory.
Result<void> publish_file(const Path& from, const Path& to);

Result<std::uint64_t> free_bytes(const Path& directory);
// Success: the file can be opened for writing; it is not changed. Closes it, and with that gives up every lock of this
// process on it.
Result<void> check_writable(const Path& file);

// At most one process works in a directory. Held until destruction; the kernel releases it when the process dies.
class DirectoryLock {
 public:
  // Does not wait. Error already-running names the process that holds the lock. Also on a disk that cannot be written,
  // when the directory was locked before.
  static Result<DirectoryLock> acquire(const Path& directory);

 private:
  explicit DirectoryLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// Space set aside while there is plenty, given back when the disk is full so that entries can still be taken.
class ReserveFile {
 public:
  static constexpr std::uint64_t default_bytes = 32ull << 20;

  explicit ReserveFile(Path path, std::uint64_t bytes = default_bytes) : path_(std::move(path)), bytes_(bytes) {}

  // Success: the file exists in full size with its blocks really allocated. On disk-full nothing is left behind.
  Result<void> ensure();
  bool present() const;
  // What it sets aside now.
  std::uint64_t size() const;
  // Gives back a portion of at most `bytes` from its end, down to `keep`. False: that is reached.
  Result<bool> release(std::uint64_t bytes, std::uint64_t keep);
  // Gives all the space back. Success also when there was none.
  Result<void> release();

 private:
  Path path_;
  std::uint64_t bytes_;
};

// Keeps secrets out of core files and other processes of the account: no core files, no ptrace or /proc/PID/mem, files
// closed to group and others by default. Call first in main.
Result<void> harden_process();

}  // namespace holdline::platform
