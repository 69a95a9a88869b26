// A workstation joins: its code is checked and consumed, the device added and its certificate signed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/setup/parts.hpp"

namespace holdline::hub {

struct CodeRequest {
  std::string name;                 // of the workstation
  std::vector<std::string> scopes;  // it will hold
  sync::VisibilitySet profile = 0xff;
  std::int64_t minutes = 15;
};
// The code's text, to be shown once; the hub keeps only the hash of its secret. ask_person "bad-scope", "bad-name".
Result<std::string> issue_code(const HubParts& hub, const CodeRequest& request, platform::Entropy& entropy,
                               std::int64_t now_ms);

// Answers POST /enroll: `{"code","csr"}` with `{"device","name","certificate","schema","scopes"}`. Of two concurrent
// uses of a code exactly one succeeds; the certificate is signed before the code is consumed, so a bad request costs no
// code.
Result<std::string> enroll(const HubParts& hub, std::string_view body, platform::Entropy& entropy, std::int64_t now_ms);

}  // namespace holdline::hub
