// Which file this is, so that a copy of it, or one that was put back from a copy, can be told from the file itself.
#pragma once

#include "platform/os/files.hpp"
#include "sync/base/hash.hpp"

namespace holdline::platform {

// A hash over the machine's id (machine-id(5), which must not be told as it is), and over number and birth of the file
// in its file system. The same for as long as the file is written in place, also through restarts and renames; another
// one for every copy, whatever was preserved when it was copied, and for the same file under another machine's id. What
// the system does not tell counts as nothing: two files are then taken for one, never one for two. Errors:
// file-missing, io-error.
Result<sync::Hash> file_place(const Path& path);

}  // namespace holdline::platform
