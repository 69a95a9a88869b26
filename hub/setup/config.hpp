// The hub's settings: hub.toml in its directory.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "platform/config/config.hpp"
#include "platform/os/files.hpp"
#include "platform/probe/settings.hpp"

namespace holdline::hub {

struct HubConfig {
  platform::Path directory;    // keys, ledger, certificates, admin socket; mode 0700
  std::string address = "::";  // numeric; "::" takes IPv4 as well
  std::int64_t port = 7443;
  std::string url = "https://127.0.0.1:7443";  // how workstations reach it; its host is in the certificate
  std::vector<std::string> names = {"127.0.0.1", "localhost"};  // further names and addresses of the certificate
  // How long people may work at a workstation before they have to sign in again, in hours; 0: as long as they like.
  std::int64_t sign_in_hours = 12;
  // ISO 3166 country of the site: whose national spellings of telephone numbers are understood, here and at the
  // workstations. Empty: only numbers with their country code are.
  std::string region = {};
  std::chrono::milliseconds callback_lease{600'000};  // for how long an agent has a callback without a sign of life
  std::vector<platform::ProbeSettings> probes = {};   // of the systems whose state workstations are told
};

inline std::int64_t sign_in_ms(const HubConfig& config) { return config.sign_in_hours * 60 * 60 * 1'000; }

struct HubConfigRead {
  HubConfig config;
  std::vector<platform::ConfigProblem> problems;  // empty: `config` may be used
};

// Reads DIRECTORY/hub.toml and hub.toml.d; a missing file is an error.
Result<HubConfigRead> read_hub_config(const platform::Path& directory);
// The same from the texts of the files.
HubConfigRead read_hub_config(const platform::Path& directory, std::span<const platform::ConfigSource> sources);
// The text of a first hub.toml.
std::string hub_config_text(const HubConfig& config);

}  // namespace holdline::hub
