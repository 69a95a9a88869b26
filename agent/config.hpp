// The workstation daemon's settings: agent.toml.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/link/options.hpp"
#include "agent/runbook/options.hpp"
#include "contingency/readiness/report.hpp"
#include "platform/config/config.hpp"
#include "platform/os/files.hpp"
#include "platform/probe/settings.hpp"

namespace holdline::agent {

// The page for browsers.
struct ConsoleConfig {
  std::string address = "127.0.0.1";  // numeric; another one than this needs a certificate
  std::uint16_t port = 7878;          // 0: there is none
  std::string certificate;            // the PEM file of it and its issuers; with it the page is served over TLS
  platform::SecretReference key;      // of the certificate

  std::string listen() const;  // "127.0.0.1:7878"
};

struct AgentConfig {
  platform::Path directory = "/var/lib/holdline";   // keys, outbox, replica, certificates; mode 0700
  std::string socket = "/run/holdline/agent.sock";  // of the local API; mode 0660
  std::string group = "holdline";                   // whose members may use it; empty: only the daemon's account
  std::string proxy;                                // "http://proxy.site:3128"; empty: direct
  std::chrono::milliseconds idle{30 * 60'000};      // after which an unused sign-in is over, 1 min to 24 h
  std::string region;                               // ISO 3166 country it stands in; empty: as the hub says
  std::string scope;                                // where new records go; empty: the person's first
  contingency::Seat seat;                           // where it stands, for whoever walks there
  ConsoleConfig console;
  LinkConfig link;
  RunbookConfig runbook;
  std::vector<platform::ProbeSettings> probes;  // of systems beside the hub
  bool practice = false;                        // no setting: this is a world of practice
};

struct AgentConfigRead {
  AgentConfig config;
  std::vector<platform::ConfigProblem> problems;  // empty: `config` may be used
};

Result<AgentConfigRead> read_agent_config(const platform::Path& file);
// The same from the texts of the files.
AgentConfigRead read_agent_config(std::span<const platform::ConfigSource> sources);

}  // namespace holdline::agent
