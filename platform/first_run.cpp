#include "platform/first_run.hpp"

#include <system_error>

namespace holdline::platform {
namespace {

Path marker(const Path& directory) { return directory / "set-up"; }

constexpr std::string_view marker_text =
    "The databases of this directory were made. While this file exists, a missing database is reported as lost\n"
    "instead of being made anew.\n";

}  // namespace

Result<OpenMode> choose_open_mode(const Path& directory, const Path& database) {
  std::error_code error;
  const bool marked = std::filesystem::exists(std::filesystem::symlink_status(marker(directory), error));
  const auto status = std::filesystem::symlink_status(database, error);
  if (status.type() == std::filesystem::file_type::none) {
    return fail(ErrorKind::stop, "io-error", "Could not look at " + database.string() + ": " + error.message() + ".");
  }
  const bool holds_something = std::filesystem::exists(status) && std::filesystem::file_size(database, error) != 0;
  return marked || holds_something ? OpenMode::must_exist : OpenMode::create_new;
}

Result<void> mark_set_up(const Path& directory) {
  auto made = create_file(marker(directory), marker_text);
  if (!made && made.error().code == "file-exists") return {};
  return made;
}

}  // namespace holdline::platform
