// A workstation joins, comes back, or goes on: one-use codes are issued for a time, then checked and consumed; a new
// device is added or a known one given another certificate; and certificates are renewed by their holders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "platform/crypto/certificate.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::hub {

// What enrolling needs of a hub; borrowed for one call.
struct EnrollmentParts {
  Ledger& ledger;
  const platform::CertificateAuthority& authority;
  const std::string& url;          // how workstations reach the hub
  const std::string& trusted_pem;  // all authorities that workstations are to believe, now and next
};

inline constexpr std::int64_t enroll_code_minutes = 15;  // long enough to walk to the desk

struct CodeRequest {
  std::string name;                 // of the workstation
  std::vector<std::string> scopes;  // it will hold
  sync::VisibilitySet profile = 0xff;
  std::int64_t minutes = enroll_code_minutes;
  // Id or name of a device that is known, for one that comes back: it keeps its name, scopes and profile, and nothing
  // else of this may be given.
  std::string device = {};
};
// The code's text, to be shown once; the hub keeps only the hash of its secret. ask_person "bad-scope", "bad-name",
// "unknown-device", "name-ambiguous", "device-revoked".
Result<std::string> issue_code(const EnrollmentParts& hub, const CodeRequest& request, platform::Entropy& entropy,
                               std::int64_t now_ms);

// What is known of a POST /enroll before anything is written or signed for it: the errors of enroll() about its form
// and its code. Cheap, and on any thread, so that whoever guesses codes holds up nobody.
Result<void> check_code(Ledger& ledger, std::string_view body, std::int64_t now_ms);

// Answers POST /enroll: `{"code","csr","device"?}` with `{"device","name","certificate","ca","schema","scopes",
// "profile","known"}`. Of two concurrent uses of a code exactly one succeeds, but the same key may come again with it,
// however late: its answer was lost. `device` is who the computer was before, whose outbox it keeps: a hub that does
// not know it takes it over; one that does wants a code for it ("device-known", "code-of-another"). A code for a known
// device ends the certificates it had. Nothing is signed for a code that is not good, and a bad request costs no code.
Result<std::string> enroll(const EnrollmentParts& hub, std::string_view body, platform::Entropy& entropy,
                           std::int64_t now_ms);

// Answers POST /renew: `{"csr"}` with `{"certificate","ca"}` for a device that was admitted (hub/people/admission.hpp).
// Success: the grant is durable; the certificate the device has goes on to count until the new one is presented.
// retry_later "changed-meanwhile".
Result<std::string> renew(const EnrollmentParts& hub, const Device& device, std::string_view body, std::int64_t now_ms);

// Lets a device renew a certificate that expired long ago, until then. By id or name; ask_person "unknown-device",
// "name-ambiguous".
Result<Device> approve_renewal(Ledger& ledger, std::string_view device, std::int64_t until_ms);

}  // namespace holdline::hub
