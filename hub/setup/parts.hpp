// The real parts of a hub on this machine: keys, ledger, certificates. Made by `init`, opened by everything else.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hub/ledger/ledger.hpp"
#include "hub/ledger/restore_mark.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/people/people.hpp"
#include "hub/setup/config.hpp"
#include "platform/crypto/certificate.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/files.hpp"

namespace holdline::hub {

struct HubParts {
  HubConfig config;
  platform::DirectoryLock lock;  // one process works here
  std::unique_ptr<Ledger> ledger;
  platform::CertificateAuthority authority;
  platform::Identity server;  // certificate and key of the TLS listener; empty when its files are no pair
  RestoreMark mark;
  bool restored = false;  // an older ledger was put back since the hub last ran; a new epoch has begun
  // Kept by hub/setup/certificates.hpp:
  std::optional<platform::CertificateAuthority> next_authority = std::nullopt;  // announced, does not sign yet
  std::string old_pem = {};                                                     // authorities that signed before
  std::string trusted_pem = {};  // all of them, for both sides of a connection

  EnrollmentParts enrollment() const { return {*ledger, authority, config.url, trusted_pem}; }
};

struct FirstPerson {
  NewPerson person;
  std::string password;
};

// First run: makes the directory, the ledger and its key, the certificate authority, the server's certificate, hub.toml
// and, if wanted, the first person. One that was cut short is gone on with when it is repeated, unless the hub was used
// since. Refuses a directory that was set up before ("set-up-already"), or begun with another schema ("other-schema").
Result<HubParts> create_hub(const HubConfig& config, const std::string& schema_text, platform::Entropy& entropy,
                            const platform::Clock& clock, const FirstPerson* first = nullptr);
// Every later run; the directory counts as set up from then on. "already-running" when another process works in it.
Result<HubParts> open_hub(const HubConfig& config, platform::Entropy& entropy);

}  // namespace holdline::hub
