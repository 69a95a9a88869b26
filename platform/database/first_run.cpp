#include "platform/database/first_run.hpp"

#include <system_error>

namespace holdline::platform {
namespace {

namespace fs = std::filesystem;

Path marker(const Path& directory) { return directory / "set-up"; }

constexpr std::string_view marker_text =
    "The databases of this directory were made. While this file exists, a missing database is reported as lost\n"
    "instead of being made anew.\n";

tl::unexpected<Error> cannot_look(const Path& path, const std::error_code& error) {
  return fail(ErrorKind::stop, "io-error", "Could not look at " + path.string() + ": " + error.message() + ".");
}

Result<fs::file_status> status_of(const Path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (status.type() == fs::file_type::none) return cannot_look(path, error);
  return status;
}

Result<bool> holds_bytes(const Path& path) {
  HOLDLINE_ASSIGN(const auto status, status_of(path));
  if (!fs::exists(status)) return false;
  if (!fs::is_regular_file(status)) return true;  // whatever it is, it is not to be taken for nothing
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return cannot_look(path, error);
  return size != 0;
}

}  // namespace

Result<SetUpState> set_up_of(const Path& directory, const Path& database) {
  HOLDLINE_ASSIGN(const auto marked, status_of(marker(directory)));
  Path log = database;
  log += "-wal";
  HOLDLINE_ASSIGN(const bool file_holds, holds_bytes(database));
  HOLDLINE_ASSIGN(const bool log_holds, holds_bytes(log));
  return set_up_state(fs::exists(marked), file_holds || log_holds);
}

Result<void> mark_set_up(const Path& directory) {
  HOLDLINE_ASSIGN(const auto status, status_of(marker(directory)));
  if (fs::exists(status)) return {};
  return replace_file(marker(directory), marker_text);
}

Result<Database> open_unfilled(const Path& database, const SecretKey& key, DatabaseOptions options) {
  const auto open = [&](OpenMode mode) {
    options.mode = mode;
    return Database::open(database, key, options);
  };
  auto fresh = open(OpenMode::create_new);
  if (fresh || fresh.error().code != "database-exists") return fresh;
  auto left = open(OpenMode::must_exist);
  // The first page was being written: SQLite undid that, and nothing is left.
  if (!left && left.error().code == "database-missing") return open(OpenMode::create_new);
  if (!left) return left;
  HOLDLINE_ASSIGN(const std::int64_t version, left->query_int("PRAGMA user_version"));
  HOLDLINE_ASSIGN(const std::int64_t tables, left->query_int("SELECT count(*) FROM sqlite_schema"));
  if (version != 0 || tables != 0) return fresh;
  return left;
}

}  // namespace holdline::platform
