#include "hub/setup/config.hpp"

namespace holdline::hub {

namespace {

// A basic string of TOML.
std::string quoted(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      result.append("\\u00").append({digits[byte >> 4], digits[byte & 15]});
    } else {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
  }
  return result + "\"";
}

}  // namespace

Result<HubConfigRead> read_hub_config(const platform::Path& directory) {
  HOLDLINE_ASSIGN(const auto sources, platform::read_config_files(directory / "hub.toml"));
  return read_hub_config(directory, sources);
}

HubConfigRead read_hub_config(const platform::Path& directory, std::span<const platform::ConfigSource> sources) {
  HubConfigRead read;
  read.config.directory = directory;
  platform::ConfigReader reader(sources);
  reader.text("listen.address", read.config.address);
  reader.integer("listen.port", read.config.port, {1, 65'535});
  reader.text("listen.url", read.config.url);
  reader.texts("listen.names", read.config.names);
  if (!read.config.url.starts_with("https://")) reader.reject("listen.url", "the address must begin with https://");
  if (read.config.names.empty()) reader.reject("listen.names", "at least one name or address is needed");
  read.problems = reader.finish();
  return read;
}

std::string hub_config_text(const HubConfig& config) {
  std::string names;
  for (const std::string& name : config.names) names += (names.empty() ? "" : ", ") + quoted(name);
  return "# Settings of holdline-hub; check them with: holdline-hub run --check-config\n[listen]\naddress = " +
         quoted(config.address) + "\nport = " + std::to_string(config.port) +
         "\n# How workstations reach this hub; enrolment codes carry it.\nurl = " + quoted(config.url) +
         "\n# Names and addresses in the hub's certificate.\nnames = [" + names + "]\n";
}

}  // namespace holdline::hub
