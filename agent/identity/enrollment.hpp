// How a workstation joins: with the code an administrator made, from nothing to an identity on disk.
#pragma once

#include <string_view>

#include "agent/identity/identity.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::agent {

// Finds the hub by the code, trusts nothing but the certificate authority whose fingerprint the code holds, makes a key
// here (it never leaves), has it certified, keeps everything. Blocks for the time of one request. Errors: ask_person
// "malformed-code", "code-used", "code-expired", "tls-untrusted"; retry_later "unreachable".
Result<WorkstationIdentity> enroll(std::string_view code_text, const platform::Path& directory,
                                   const std::string& proxy, platform::Entropy& entropy);

}  // namespace holdline::agent
