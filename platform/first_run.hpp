// Tells a directory that never held data from one that lost it. A marker file is written once the databases of the
// directory were made; from then on a missing database is an error a person must look at.
#pragma once

#include "platform/database.hpp"
#include "platform/files.hpp"
#include "sync/result.hpp"

namespace holdline::platform {

// create_new only while there is neither a marker in `directory` nor a database with content: then an earlier first
// run, if any, was interrupted before it kept anything.
Result<OpenMode> choose_open_mode(const Path& directory, const Path& database);

// Call after every database of the directory was made. Success: durable. May be called again.
Result<void> mark_set_up(const Path& directory);

}  // namespace holdline::platform
