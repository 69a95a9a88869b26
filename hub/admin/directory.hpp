// The administrator's requests about workstations and people: who may take part, and what they may.
// Internal to hub/admin.
#pragma once

#include <cstdint>
#include <optional>

#include "hub/intake/intake.hpp"
#include "platform/http/http.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::hub {

struct DirectoryParts {
  Ledger& ledger;
  Intake& intake;
  platform::Entropy& entropy;
  std::int64_t now_ms;
};

// Nothing when the path is not one of these.
std::optional<Result<platform::HttpResponse>> answer_directory(const DirectoryParts& hub,
                                                               const platform::HttpRequest& request);

}  // namespace holdline::hub
