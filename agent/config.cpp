#include "agent/config.hpp"

#include <charconv>
#include <optional>
#include <string_view>

#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

// "127.0.0.1:7878" as its port; 0 for an empty text, which turns the console off. Other addresses would serve the page
// in plain text on the network.
std::optional<std::uint16_t> console_port_of(std::string_view listen) {
  constexpr std::string_view here = "127.0.0.1:";
  if (listen.empty()) return 0;
  if (!listen.starts_with(here)) return std::nullopt;
  listen.remove_prefix(here.size());
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(listen.data(), listen.data() + listen.size(), port);
  const bool whole = error == std::errc{} && end == listen.data() + listen.size();
  return whole && port != 0 ? std::optional(port) : std::nullopt;
}

}  // namespace

Result<AgentConfigRead> read_agent_config(const platform::Path& file) {
  HOLDLINE_ASSIGN(const auto sources, platform::read_config_files(file));
  return read_agent_config(sources);
}

AgentConfigRead read_agent_config(std::span<const platform::ConfigSource> sources) {
  AgentConfigRead read;
  AgentConfig& config = read.config;
  platform::ConfigReader reader(sources);
  std::string directory = config.directory.string();
  std::string listen = "127.0.0.1:" + std::to_string(config.console_port);
  reader.text("directory", directory);
  config.directory = directory;
  reader.text("local.socket", config.socket);
  reader.text("local.group", config.group);
  reader.text("hub.proxy", config.proxy);
  reader.text("entry.scope", config.scope);
  reader.text("site.region", config.region);
  reader.duration("session.idle", config.idle, {std::chrono::minutes(1), std::chrono::hours(24)});
  reader.text("console.listen", listen);
  if (const auto port = console_port_of(listen))
    config.console_port = *port;
  else
    reader.reject("console.listen", "must be a port of this computer like 127.0.0.1:7878, or empty for no console");
  if (!config.directory.is_absolute()) reader.reject("directory", "the path must be absolute");
  if (config.socket.empty() || config.socket.front() != '/') reader.reject("local.socket", "the path must be absolute");
  if (!config.region.empty() && !sync::is_phone_region(config.region))
    reader.reject("site.region", "must be a country of ISO 3166, two capital letters like GB");
  read.problems = reader.finish();
  return read;
}

}  // namespace holdline::agent
