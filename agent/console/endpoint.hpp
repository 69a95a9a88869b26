// Where the console listens and how browsers reach it, from its settings.
#pragma once

#include <string>

#include "agent/config.hpp"
#include "agent/console/origin.hpp"
#include "platform/http/server.hpp"

namespace holdline::agent {

struct ConsoleEndpoint {
  platform::HttpEndpoint endpoint;
  ConsolePlace place;
  std::string certificate;  // as its file has it; empty without one
};

// The certificate alone, as its file has it. Errors: those of files.
Result<std::string> read_console_certificate(const ConsoleConfig& config);

// Reads certificate and key where there are any; it is then reached by the names of the certificate, else on this
// computer only. `credentials_directory`: see read_secret. Errors, all for a person: the files cannot be read
// ("bad-certificate", "bad-key" and those of files), the certificate has no name ("certificate-without-name").
Result<ConsoleEndpoint> console_endpoint(const ConsoleConfig& config, const std::string& credentials_directory);

}  // namespace holdline::agent
