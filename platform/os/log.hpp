// Structured log lines. A Logger is handed down; there is no global one.
//
// Levels say who must act: debug nobody (developers look), info nobody (what happened), warning somebody of IT this
// day, error somebody now. Every line has a stable kebab-case id and a fixed text; what varies is in fields. Customer
// data never enters a log: values that hold it are Redacted.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

enum class LogLevel { debug, info, warning, error };

enum class LogFormat {
  text,     // for a terminal
  json,     // one object per line
  journal,  // json behind systemd's priority prefix (sd-daemon(3))
};

// Wraps a value that must not be logged. It can be used, and handed to a log line, where it reads "[redacted]".
template <class T>
class Redacted {
 public:
  explicit Redacted(T value) : value_(std::move(value)) {}
  const T& reveal() const { return value_; }

 private:
  T value_;
};

class LogValue {
 public:
  LogValue(std::string_view text) : value_(text) {}
  LogValue(const char* text) : value_(std::string_view(text)) {}
  LogValue(const std::string& text) : value_(std::string_view(text)) {}
  LogValue(bool value) : value_(value) {}
  LogValue(double value) : value_(value) {}
  template <std::integral T>
  LogValue(T value) : value_(static_cast<std::int64_t>(value)) {}
  template <class T>
  LogValue(const Redacted<T>&) : value_(std::string_view("[redacted]")) {}

  const auto& get() const { return value_; }

 private:
  std::variant<std::string_view, bool, double, std::int64_t> value_;
};

// Views live for the call.
struct LogField {
  std::string_view name;
  LogValue value;
};

struct LogOptions {
  LogFormat format = LogFormat::json;
  LogLevel least = LogLevel::info;
  // Of one id, at most `burst` lines within `window`; the first line after it says how many were left out. Keeps a
  // peer from filling the disk.
  std::uint32_t burst = 20;
  std::chrono::seconds window{60};
};

// Thread-safe. Lines keep their order.
class Logger {
 public:
  using Sink = std::function<void(std::string_view line)>;

  // `sink` gets whole lines with their end, one at a time. `clock` must outlive the logger.
  Logger(Sink sink, const Clock& clock, LogOptions options)
      : sink_(std::move(sink)), clock_(clock), options_(options) {}

  void debug(std::string_view id, std::string_view text, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, id, text, fields);
  }
  void info(std::string_view id, std::string_view text, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, id, text, fields);
  }
  void warning(std::string_view id, std::string_view text, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, id, text, fields);
  }
  void error(std::string_view id, std::string_view text, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, id, text, fields);
  }
  // An error that stops here: its code is the id, its text the message.
  void error(const Error& failed) { write(LogLevel::error, failed.code, failed.message, {}); }

 private:
  struct Window {
    Clock::Monotonic start{};
    std::uint32_t written = 0;
    std::uint64_t left_out = 0;
  };

  void write(LogLevel level, std::string_view id, std::string_view text, std::initializer_list<LogField> fields);
  // Whether the line may be written; then `left_out` is how many before it were not.
  bool admit(std::string_view id, std::uint64_t& left_out) HOLDLINE_REQUIRES(mutex_);

  Sink sink_;
  const Clock& clock_;
  LogOptions options_;
  Mutex mutex_;
  std::map<std::string, Window, std::less<>> windows_ HOLDLINE_GUARDED_BY(mutex_);
};

// What suits standard error: text on a terminal, journal when systemd reads it, else json.
LogFormat stderr_log_format();
void write_to_stderr(std::string_view line);

}  // namespace holdline::platform
