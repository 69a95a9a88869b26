#include "agent/config.hpp"

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
  if (!config.directory.is_absolute()) reader.reject("directory", "the path must be absolute");
  if (config.socket.empty() || config.socket.front() != '/') reader.reject("local.socket", "the path must be absolute");
  read.problems = reader.finish();
  return read;
}

}  // namespace holdline::agent
