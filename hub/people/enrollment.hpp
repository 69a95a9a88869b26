// A workstation joins: its name and scopes are checked, a one-use code is issued for a time, then checked and consumed,
// the device added and its certificate signed.
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
  const std::string& url;  // how workstations reach the hub
};

inline constexpr std::int64_t enroll_code_minutes = 15;  // long enough to walk to the desk

struct CodeRequest {
  std::string name;                 // of the workstation
  std::vector<std::string> scopes;  // it will hold
  sync::VisibilitySet profile = 0xff;
  std::int64_t minutes = enroll_code_minutes;
};
// The code's text, to be shown once; the hub keeps only the hash of its secret. ask_person "bad-scope", "bad-name".
Result<std::string> issue_code(const EnrollmentParts& hub, const CodeRequest& request, platform::Entropy& entropy,
                               std::int64_t now_ms);

// Answers POST /enroll: `{"code","csr"}` with `{"device","name","certificate","schema","scopes"}`. Of two concurrent
// uses of a code exactly one succeeds; the certificate is signed before the code is consumed, so a bad request costs no
// code.
Result<std::string> enroll(const EnrollmentParts& hub, std::string_view body, platform::Entropy& entropy,
                           std::int64_t now_ms);

}  // namespace holdline::hub
