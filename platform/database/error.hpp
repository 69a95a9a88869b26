// The one place where SQLite's result codes become errors of this tree.
//
// Codes a caller may switch on: database-missing, database-exists, wrong-key, database-not-encrypted,
// database-corrupt, database-busy, disk-full, read-only-disk, disk-unreadable (a read failed), io-error (anything else
// the disk reported), constraint, too-large, out-of-memory, database-error. The message never holds
// values: SQLite's own text is added only where it names schema.
#pragma once

#include <string_view>

#include "sync/base/result.hpp"

struct sqlite3;

namespace holdline::platform {

// `code` is a (possibly extended) result code just returned by a call on `db`; `doing` completes "Could not ...".
// Takes the operating system's error number from `db`, which may be null when the open itself failed.
Error database_error(sqlite3* db, int code, std::string_view doing);

// The disk failed it, whatever was done: disk-unreadable or io-error.
bool is_of_the_disk(const Error& error);

}  // namespace holdline::platform
