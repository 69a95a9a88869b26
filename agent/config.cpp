#include "agent/config.hpp"

#include <charconv>
#include <string_view>

#include <boost/asio/ip/address.hpp>

#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

// "127.0.0.1:7878" or "[::]:7878"; an empty text turns the console off.
bool read_listen(std::string_view text, ConsoleConfig& console) {
  if (text.empty()) {
    console.port = 0;
    return true;
  }
  const auto colon = text.rfind(':');
  if (colon == text.npos) return false;
  std::string_view address = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = address.starts_with('[') && address.ends_with(']');
  if (bracketed) address = address.substr(1, address.size() - 2);
  boost::system::error_code bad;
  const auto parsed = boost::asio::ip::make_address(std::string(address), bad);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), console.port);
  if (bad || parsed.is_v6() != bracketed || error != std::errc{} || end != port.data() + port.size()) return false;
  console.address = address;
  return console.port != 0;
}

void read_console(platform::ConfigReader& reader, ConsoleConfig& console) {
  std::string listen = console.listen();
  reader.text("console.listen", listen);
  reader.text("console.certificate", console.certificate);
  reader.secret("console.key", console.key);
  const bool has_key = console.key.kind != platform::SecretReference::Kind::none;
  if (!read_listen(listen, console))
    reader.reject("console.listen", "must be an address and a port like 127.0.0.1:7878, or empty for no console");
  else if (console.port != 0 && console.address != "127.0.0.1" && console.certificate.empty())
    reader.reject("console.listen",
                  "is for other computers as well, and passwords and customers would cross the network in plain text: "
                  "set [console] certificate and key, or listen on 127.0.0.1");
  if (console.certificate.empty() == has_key)
    reader.reject(has_key ? "console.key" : "console.certificate",
                  "needs the other one: [console] certificate and key belong together");
  if (!console.certificate.empty() && console.certificate.front() != '/')
    reader.reject("console.certificate", "the path must be absolute");
}

void read_runbook(platform::ConfigReader& reader, RunbookConfig& runbook) {
  reader.boolean("runbook.station", runbook.station);
  reader.duration("runbook.claims-after", runbook.claims_after, {std::chrono::seconds(0), std::chrono::minutes(10)});
  std::string programs;
  reader.text("runbook.programs", programs);
  runbook.programs = programs;
  if (!programs.empty() && programs.front() != '/') reader.reject("runbook.programs", "the path must be absolute");
  reader.text("runbook.authorities", runbook.authorities);
}

}  // namespace

std::string ConsoleConfig::listen() const {
  const bool is_ipv6 = address.find(':') != address.npos;
  return (is_ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

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
  reader.text("site.name", config.seat.site);
  reader.text("site.row", config.seat.row);
  reader.text("site.seat", config.seat.seat);
  reader.duration("session.idle", config.idle, {std::chrono::minutes(1), std::chrono::hours(24)});
  read_console(reader, config.console);
  reader.duration("link.every", config.link.every, {std::chrono::seconds(1), std::chrono::minutes(1)});
  reader.boolean("link.gateway", config.link.gateway);
  read_runbook(reader, config.runbook);
  config.probes = platform::read_probes(reader, {{"crm", "identity", "telephony"}, false});
  if (!config.directory.is_absolute()) reader.reject("directory", "the path must be absolute");
  if (config.socket.empty() || config.socket.front() != '/') reader.reject("local.socket", "the path must be absolute");
  for (const auto& [key, text] : {std::pair{"site.name", &config.seat.site}, std::pair{"site.row", &config.seat.row},
                                  std::pair{"site.seat", &config.seat.seat}})
    if (text->size() > contingency::seat_bytes)
      reader.reject(key, "must be at most " + std::to_string(contingency::seat_bytes) + " bytes long");
  if (!config.region.empty() && !sync::is_phone_region(config.region))
    reader.reject("site.region", "must be a country of ISO 3166, two capital letters like GB");
  read.problems = reader.finish();
  return read;
}

}  // namespace holdline::agent
