// Whether this workstation performs the actions of the plan, and what it may use for that, by the settings.
#pragma once

#include <chrono>
#include <string>

#include "platform/os/files.hpp"

namespace holdline::agent {

struct RunbookConfig {
  bool station = false;                           // takes runs and performs them
  std::chrono::milliseconds claims_after{5'000};  // of a run that nobody holds: so long other stations have
  platform::Path programs;                        // where programs lie that a plan may name; empty: none may
  std::string authorities = "/etc/ssl/certs/ca-certificates.crt";  // whom https addresses of a plan are believed, PEM
};

}  // namespace holdline::agent
