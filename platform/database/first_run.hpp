// Tells a directory that never held data from one that lost it. A marker file is written once the databases of the
// directory were made, and nothing is acknowledged before; from then on a missing database is an error a person must
// look at. Without the marker an earlier first run may have been cut short anywhere, and the next start goes on with
// it.
#pragma once

#include "platform/database/database.hpp"
#include "platform/os/files.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

enum class SetUpState {
  none,   // neither marker nor database with content: nothing was begun, or nothing was kept
  begun,  // no marker, but a database with content, whose key must exist. Whether it holds anything shows when it is
          // opened: open_unfilled()
  done,   // the marker is there
};

// By the two facts it depends on.
constexpr SetUpState set_up_state(bool marked, bool holds_something) {
  return marked ? SetUpState::done : holds_something ? SetUpState::begun : SetUpState::none;
}
// create_new until the set-up is done: with begun, one that finds that it was made opens it.
constexpr OpenMode open_mode_for(SetUpState state) {
  return state == SetUpState::done ? OpenMode::must_exist : OpenMode::create_new;
}

// Looks at the marker in `directory` and at `database` with its log, without opening them.
Result<SetUpState> set_up_of(const Path& directory, const Path& database);

// Call after every database of the directory was made. Success: durable. May be called again, also on a full disk.
Result<void> mark_set_up(const Path& directory);

// Opens a database that a first run is to fill: a new one, or what a first run that was cut short left without anything
// in it (user_version 0 and no tables). Tables and user_version must be made in one transaction. Error
// "database-exists" when it holds something; a file that cannot be read keeps its own error. Both are left alone.
Result<Database> open_unfilled(const Path& database, const SecretKey& key, DatabaseOptions options);

}  // namespace holdline::platform
