#include "hub/setup/config.hpp"

#include "platform/text/url.hpp"
#include "sync/text/phone.hpp"

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
  reader.integer("people.sign_in_hours", read.config.sign_in_hours, {0, 24 * 365});
  reader.duration("callbacks.lease", read.config.callback_lease, {std::chrono::seconds(1), std::chrono::hours(2)});
  reader.text("site.region", read.config.region);
  if (!read.config.region.empty() && !sync::is_phone_region(read.config.region))
    reader.reject("site.region", "must be a country of ISO 3166, two capital letters like GB");
  if (!platform::is_ip_address(read.config.address))
    reader.reject("listen.address", "must be a numeric address of this machine; 0.0.0.0 or :: for all of them");
  if (!platform::parse_https_origin(read.config.url))
    reader.reject("listen.url", "must be https://HOST or https://HOST:PORT, as workstations reach this hub");
  if (read.config.names.empty()) reader.reject("listen.names", "must have at least one name or address");
  for (const std::string& name : read.config.names)
    if (!platform::is_host_name(name) && !platform::is_ip_address(name))
      reader.reject("listen.names", "has one that is neither a host name nor a numeric address: " + name);
  read.config.probes = platform::read_probes(reader, {{"crm", "identity", "telephony"}, true});
  read.problems = reader.finish();
  return read;
}

std::string hub_config_text(const HubConfig& config) {
  std::string names;
  for (const std::string& name : config.names) names += (names.empty() ? "" : ", ") + quoted(name);
  return "# Settings of holdline-hub; check them with: holdline-hub run --check-config\n[listen]\naddress = " +
         quoted(config.address) + "\nport = " + std::to_string(config.port) +
         "\n# How workstations reach this hub; enrolment codes carry it.\nurl = " + quoted(config.url) +
         "\n# Names and addresses in the hub's certificate.\nnames = [" + names +
         "]\n[people]\n# How long people may work before they have to sign in again; 0: as long as they like.\n"
         "sign_in_hours = " +
         std::to_string(config.sign_in_hours) +
         "\n[site]\n# The country (GB, DE, …) whose telephone numbers people write without a country code; empty: "
         "none.\n"
         "region = " +
         quoted(config.region) + "\n";
}

}  // namespace holdline::hub
