// How a workstation joins, comes back and goes on: with the code an administrator made, from nothing to an identity on
// disk; and with the certificate it has, to its next one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/identity/identity.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::agent {

struct EnrollRequest {
  std::string code;
  platform::Path directory;  // of the workstation
  std::string proxy;
  // Who this computer was: whose outbox is here, or whose certificate. The hub then gives it this identity or none.
  std::optional<sync::Id> device = std::nullopt;
  bool has_outbox = false;
  std::int64_t outbox_lost_ms = 0;  // as known so far
  std::int64_t wall_ms = 0;         // now
};
// Finds the hub by the code, trusts nothing but the certificate authority whose fingerprint the code holds, makes a key
// here (it never leaves), has it certified, keeps everything. A request that was cut off anywhere, also after the hub
// granted it, is gone on with when it is repeated with the same code. A device that the hub knew, without an outbox
// here, has lost one: that is kept in the identity. Blocks for the time of one request. Errors: ask_person
// "malformed-code", "code-used", "code-expired", "code-of-another", "device-known", "tls-untrusted"; retry_later
// "unreachable".
Result<WorkstationIdentity> enroll(const EnrollRequest& request, platform::Entropy& entropy);

// The key of the next certificate, and the body of POST /renew for it.
struct RenewalRequest {
  std::string key_pem;
  std::string body;
};
Result<RenewalRequest> make_renewal(const WorkstationIdentity& identity);
// What the hub answered, kept: `identity` with the next certificate, durable when it returns. ask_person
// "malformed-answer" when it is not for this device and key.
Result<WorkstationIdentity> keep_renewal(WorkstationIdentity identity, const RenewalRequest& request,
                                         std::string_view answer, const platform::Path& directory);

}  // namespace holdline::agent
