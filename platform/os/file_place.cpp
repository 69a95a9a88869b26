#include "platform/os/file_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "sync/base/bytes.hpp"

namespace holdline::platform {

namespace {

std::string machine_id() {
  std::string id;
  std::ifstream("/etc/machine-id") >> id;
  return id;
}

}  // namespace

Result<sync::Hash> file_place(const Path& path) {
  struct statx told {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &told) != 0) {
    const bool missing = errno == ENOENT;
    return fail(ErrorKind::stop, missing ? "file-missing" : "io-error",
                "The file " + path.string() + (missing ? " is missing." : " cannot be looked at."));
  }
  sync::Bytes place;
  sync::ByteWriter out(place);
  out.blob(machine_id());
  out.varint(told.stx_ino);
  if ((told.stx_mask & STATX_BTIME) != 0) {
    out.svarint(told.stx_btime.tv_sec);
    out.varint(told.stx_btime.tv_nsec);
  }
  return sync::sha256({"holdline file", place});
}

}  // namespace holdline::platform
