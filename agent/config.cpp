#include "agent/config.hpp"

#include "sync/text/phone.hpp"

namespace holdline::agent {

Result<AgentConfigRead> read_agent_config(const platform::Path& file) {
  HOLDLINE_ASSIGN(const auto sources, platform::read_config_files(file));
  return read_agent_config(sources);
}

AgentConfigRead read_agent_config(std::span<const platform::ConfigSource> sources) {
  AgentConfigRead read;
  AgentConfig& config = read.config;
  platform::ConfigReader reader(sources);
  std::string directory = config.directory.string();
  reader.text("directory", directory);
  config.directory = directory;
  reader.text("local.socket", config.socket);
  reader.text("local.group", config.group);
  reader.text("hub.proxy", config.proxy);
  reader.text("entry.scope", config.scope);
  reader.text("site.region", config.region);
  reader.duration("session.idle", config.idle, {std::chrono::minutes(1), std::chrono::hours(24)});
  if (!config.directory.is_absolute()) reader.reject("directory", "the path must be absolute");
  if (config.socket.empty() || config.socket.front() != '/') reader.reject("local.socket", "the path must be absolute");
  if (!config.region.empty() && !sync::is_phone_region(config.region))
    reader.reject("site.region", "must be a country of ISO 3166, two capital letters like GB");
  read.problems = reader.finish();
  return read;
}

}  // namespace holdline::agent
