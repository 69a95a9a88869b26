// Strict reading of TOML configuration files. A program keeps its settings in a plain struct with defaults, and fills
// it by naming each key once:
//
//   HOLDLINE_ASSIGN(const auto sources, read_config_files("/etc/holdline/agent.toml"));
//   ConfigReader reader(sources);
//   reader.text("hub.url", config.hub_url);
//   reader.duration("hub.timeout", config.hub_timeout, {1s, 5min});
//   reader.require("hub.url");
//   const auto problems = reader.finish();
//
// A key that is absent leaves the default. Every problem is reported, not only the first (of a file with a TOML syntax
// error only that error is known). Later sources win over earlier ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/os/secret.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

struct ConfigSource {
  std::string name;  // shown in problems: the path
  std::string text;
};

// The file, then NAME.d/*.toml beside it in the order of their names. At most 1 MiB each.
Result<std::vector<ConfigSource>> read_config_files(const std::filesystem::path& file);

struct ConfigProblem {
  std::string file;
  std::uint32_t line = 0;  // from 1; 0: the problem is not at a place of the file
  std::uint32_t column = 0;
  std::string message;

  std::string text() const;  // "agent.toml:3:7: message"
};

// A secret is configured by where it is, never by itself: "file:PATH" or "credential:NAME" (systemd.exec(5),
// LoadCredential).
struct SecretReference {
  enum class Kind { none, file, credential };
  Kind kind = Kind::none;
  std::string name;  // absolute path, or the name of the credential
};

// What the reference names, without one line end at its end. A file must be closed to other accounts.
// `credentials_directory` is $CREDENTIALS_DIRECTORY.
Result<SecretBytes> read_secret(const SecretReference& reference, const std::string& credentials_directory);

// One setting as it took effect, for `config show --origin`. Secrets show as their reference.
struct ConfigValue {
  std::string key;
  std::string value;
  std::string origin;  // "file:line" or "default"
};

template <class T>
struct Range {
  T least;
  T most;
};

class ConfigReader {
 public:
  using Milliseconds = std::chrono::milliseconds;

  explicit ConfigReader(std::span<const ConfigSource> sources);
  ~ConfigReader();
  ConfigReader(const ConfigReader&) = delete;
  ConfigReader& operator=(const ConfigReader&) = delete;

  // Keys are dotted: "hub.url" is `url` of [hub].
  void text(std::string_view key, std::string& value);
  void choice(std::string_view key, std::string& value, std::initializer_list<std::string_view> allowed);
  void texts(std::string_view key, std::vector<std::string>& value);
  void boolean(std::string_view key, bool& value);
  void integer(std::string_view key, std::int64_t& value, Range<std::int64_t> range);
  // "250ms", "30s", "5min", "72h", "30d"; a unit is needed.
  void duration(std::string_view key, Milliseconds& value, Range<Milliseconds> range);
  // "512B", "64KiB", "64MiB", "1GiB"; a unit is needed.
  void size(std::string_view key, std::uint64_t& value, Range<std::uint64_t> range);
  void secret(std::string_view key, SecretReference& value);

  // The names of the tables directly under `prefix`, sorted: for [mapping.crm] and [mapping.web], "mapping" gives crm
  // and web, whose keys are then read as "mapping.crm.table".
  std::vector<std::string> names_under(std::string_view prefix) const;
  // How many tables [[name]] there are; the keys of the first are then read as "name.0.key". Of several files that have
  // such tables the last one's count, all of them and no others.
  std::size_t tables(std::string_view name);

  bool has(std::string_view key) const;
  void require(std::string_view key);
  // A rule of the program that a value breaks, reported at the place of the key.
  void reject(std::string_view key, std::string message);

  // All problems by file and place, now with the keys nobody asked for and what they were probably meant to be.
  // `only`: of those keys only the ones under it, where another program reads the rest; empty: all.
  std::vector<ConfigProblem> finish(std::string_view only = {});
  const std::vector<ConfigValue>& effective() const { return effective_; }

 private:
  struct Documents;  // the parsed files
  struct Found;

  Found find(std::string_view key) const;
  Found declare(std::string_view key);
  const std::string* string_at(std::string_view key, const Found& found, const char* wanted);
  void report(const Found& found, std::string_view key, const std::string& message);
  void took_effect(std::string_view key, const Found& found, std::string value);
  void report_unknown_keys(std::string_view only);

  std::unique_ptr<Documents> documents_;
  std::vector<std::string> declared_;
  std::vector<ConfigProblem> problems_;
  std::vector<ConfigValue> effective_;
};

}  // namespace holdline::platform
