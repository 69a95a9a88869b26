// Configuration files: of the workstation, of the hub, and every kind of value. Whatever the text, it is read or its
// problems are told at a place of the file; what is told to be fine keeps the rules of the program; what the hub writes
// as its first file reads back the same; a secret that stands in the file is not repeated.
#include <array>
#include <chrono>
#include <string>

#include "agent/config.hpp"
#include "hub/setup/config.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;
using namespace std::chrono_literals;
using platform::ConfigProblem;
using platform::ConfigSource;

namespace {

void check_problems(const std::vector<ConfigProblem>& problems) {
  for (const ConfigProblem& problem : problems) {
    fuzz::require(!problem.message.empty() && !problem.text().empty(), "a problem says what is wrong");
    fuzz::require((problem.line == 0) == (problem.column == 0), "a problem has a whole place or none");
  }
}

void check_agent(std::span<const ConfigSource> sources) {
  const auto read = agent::read_agent_config(sources);
  check_problems(read.problems);
  if (!read.problems.empty()) return;
  fuzz::require(read.config.directory.is_absolute(), "the directory is a whole path");
  fuzz::require(read.config.socket.starts_with('/'), "so is the socket");
}

void check_hub(std::span<const ConfigSource> sources) {
  const auto read = hub::read_hub_config("/hub", sources);
  check_problems(read.problems);
  if (!read.problems.empty()) return;
  const hub::HubConfig& config = read.config;
  fuzz::require(config.port >= 1 && config.port <= 65'535, "the port is one");
  fuzz::require(config.url.starts_with("https://") && !config.names.empty(), "workstations can reach the hub");
  const std::array written = {ConfigSource{"hub.toml", hub::hub_config_text(config)}};
  const auto again = hub::read_hub_config("/hub", written);
  fuzz::require(again.problems.empty(), "what the hub writes is fine");
  fuzz::require(again.config.address == config.address && again.config.port == config.port &&
                    again.config.url == config.url && again.config.names == config.names,
                "and reads the same");
}

void check_every_kind(std::span<const ConfigSource> sources) {
  platform::ConfigReader reader(sources);
  std::string text, choice = "one";
  std::vector<std::string> texts;
  bool boolean = false;
  std::int64_t integer = 5;
  std::chrono::milliseconds duration = 1s;
  std::uint64_t size = 1'024;
  platform::SecretReference secret;
  reader.text("text", text);
  reader.choice("choice", choice, {"one", "two"});
  reader.texts("texts", texts);
  reader.boolean("boolean", boolean);
  reader.integer("integer", integer, {-5, 5});
  reader.duration("duration", duration, {1ms, 720h});
  reader.size("size", size, {1, std::uint64_t{1} << 40});
  reader.secret("secret", secret);
  for (const std::string& name : reader.names_under("table")) reader.text("table." + name + ".text", text);
  reader.require("text");
  const auto effective = reader.effective();
  const auto problems = reader.finish();
  check_problems(problems);
  fuzz::require(choice == "one" || choice == "two", "a choice is one of those offered");
  fuzz::require(integer >= -5 && integer <= 5 && duration >= 1ms && duration <= 720h, "a number is in its range");
  fuzz::require(size >= 1 && size <= std::uint64_t{1} << 40, "a size is in its range");
  fuzz::require(secret.name.find('/') == std::string::npos || secret.kind == platform::SecretReference::Kind::file,
                "a credential is no path");
  for (const platform::ConfigValue& value : effective)
    fuzz::require(!value.key.empty() && !value.origin.empty(), "every value has an origin");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A NUL parts the file from one beside it that wins over it.
  const std::string_view bytes = fuzz::bytes_of(data, size);
  const auto first = bytes.substr(0, bytes.find('\0'));
  const auto second = bytes.substr(std::min(bytes.size(), first.size() + 1));
  const std::array sources = {ConfigSource{"a.toml", std::string(first)}, ConfigSource{"b.toml", std::string(second)}};
  check_agent(sources);
  check_hub(sources);
  check_every_kind(sources);
  return 0;
}
