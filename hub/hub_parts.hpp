// The real parts of a hub on this machine: keys, ledger, certificates. Made by `init`, opened by everything else.
#pragma once

#include <memory>
#include <string>

#include "hub/hub_config.hpp"
#include "hub/sqlite_ledger.hpp"
#include "platform/certificate.hpp"
#include "platform/clock.hpp"
#include "platform/entropy.hpp"
#include "platform/files.hpp"

namespace holdline::hub {

struct HubParts {
  HubConfig config;
  platform::DirectoryLock lock;  // one process works here
  std::unique_ptr<SqliteLedger> ledger;
  platform::CertificateAuthority authority;
  platform::Identity server;  // certificate and key of the TLS listener
};

// First run: makes the directory, hub.toml, the ledger and its key, the certificate authority and the server's
// certificate. Refuses a directory that was set up before.
Result<HubParts> create_hub(const HubConfig& config, const std::string& schema_text, platform::Entropy& entropy,
                            const platform::Clock& clock);
// Every later run. "already-running" when another process works in the directory.
Result<HubParts> open_hub(const HubConfig& config, platform::Entropy& entropy);

}  // namespace holdline::hub
