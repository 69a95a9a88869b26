#include "platform/os/log.hpp"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <nlohmann/json.hpp>

namespace holdline::platform {
namespace {

constexpr std::size_t value_bytes_max = 1024;
// Ids are words of the program, so their number is small; one built from input by mistake must not fill memory.
constexpr std::size_t ids_max = 1024;

struct LevelName {
  const char* name;
  const char* journal_prefix;
};

LevelName name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return {"debug", "<7>"};
    case LogLevel::info:
      return {"info", "<6>"};
    case LogLevel::warning:
      return {"warning", "<4>"};
    case LogLevel::error:
      return {"error", "<3>"};
  }
  return {"error", "<3>"};
}

// A JSON string of printable ASCII only: control characters, terminal escapes, text direction marks and broken UTF-8
// all become harmless.
std::string json_string(std::string_view text) {
  const bool cut = text.size() > value_bytes_max;
  nlohmann::json value = std::string(text.substr(0, value_bytes_max)) + (cut ? "..." : "");
  return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./:+").find(c) != std::string_view::npos;
}

struct Render {
  LogFormat format;

  std::string operator()(std::string_view text) const {
    const bool bare = format == LogFormat::text && !text.empty() && text.size() <= value_bytes_max;
    return bare && std::ranges::all_of(text, is_plain) ? std::string(text) : json_string(text);
  }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(double value) const { return nlohmann::json(value).dump(); }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
};

std::string utc(std::int64_t wall_ms) {
  const time_t seconds = static_cast<time_t>(wall_ms / 1000);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = ::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(wall_ms % 1000));
  return std::string(text.data(), length) + fraction.data();
}

void append_text(std::string& line, std::string_view name, const std::string& value) {
  line.append(" ").append(name).append("=").append(value);
}

void append_json(std::string& line, std::string_view name, const std::string& value) {
  line.append(",").append(json_string(name)).append(":").append(value);
}

// A fixed text reads best without quotes, but only while it cannot pretend to be something else.
std::string prose(std::string_view text) {
  const bool harmless = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
  return harmless && text.size() <= value_bytes_max ? std::string(text) : json_string(text);
}

}  // namespace

bool Logger::admit(std::string_view id, std::uint64_t& left_out) {
  auto found = windows_.find(id);
  if (found == windows_.end()) {
    found = windows_.try_emplace(windows_.size() < ids_max ? std::string(id) : std::string("other")).first;
  }
  Window& window = found->second;
  const auto now = clock_.monotonic();
  if (window.written == 0 || now - window.start >= options_.window) {
    left_out = window.left_out;
    window = {.start = now, .written = 1, .left_out = 0};
    return true;
  }
  if (window.written < options_.burst) return ++window.written, true;
  return ++window.left_out, false;
}

void Logger::write(LogLevel level, std::string_view id, std::string_view text, std::initializer_list<LogField> fields) {
  if (level < options_.least) return;
  const MutexLock lock(mutex_);
  std::uint64_t left_out = 0;
  if (!admit(id, left_out)) return;

  const std::string time = utc(clock_.now().wall_ms);
  const bool terminal = options_.format == LogFormat::text;
  const auto append = terminal ? append_text : append_json;
  std::string line;
  if (terminal) {
    line.append(time).append(" ").append(name_of(level).name).append(" ").append(prose(id)).append(": ");
    line.append(prose(text));
  } else {
    if (options_.format == LogFormat::journal) line.append(name_of(level).journal_prefix);
    line.append("{\"time\":").append(json_string(time)).append(",\"level\":").append(json_string(name_of(level).name));
    append(line, "id", json_string(id));
    append(line, "text", json_string(text));
  }
  for (const auto& [name, value] : fields) append(line, name, std::visit(Render{options_.format}, value.get()));
  if (left_out != 0) append(line, "left_out", std::to_string(left_out));
  line.append(terminal ? "\n" : "}\n");
  sink_(line);
}

LogFormat stderr_log_format() {
  if (::isatty(STDERR_FILENO) == 1) return LogFormat::text;
  // systemd sets device and inode of the journal's socket; a redirected stream has others (systemd.exec(5)).
  const char* journal = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  if (journal == nullptr || ::fstat(STDERR_FILENO, &info) != 0) return LogFormat::json;
  const std::string ours = std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
  return ours == journal ? LogFormat::journal : LogFormat::json;
}

void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno != EINTR) return;  // there is nowhere left to tell it
    if (written > 0) line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace holdline::platform
