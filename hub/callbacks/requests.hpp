// The administrator's requests about callbacks (/admin/v1/callbacks…, docs/api.md): the list, a preview, and what a
// supervisor decides. Names, full numbers and contexts are not told here: they are shown at desks.
#pragma once

#include <optional>

#include "hub/callbacks/list.hpp"
#include "hub/intake/intake.hpp"
#include "hub/setup/config.hpp"
#include "platform/http/http.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::hub {

bool is_about_callbacks(const platform::HttpRequest& request);

struct CallbackDesk {
  Ledger& ledger;
  Intake& intake;
  platform::Entropy& entropy;
  const HubConfig& config;
  std::int64_t now_ms = 0;
};
// On the ledger's thread. `list`: as it was read shortly before, by read_callbacks; read again when something was
// written since and this decides something. Errors: ask_person "malformed", "unknown-path",
// "no-person", "no-such-callback", "no-such-release", what begin_release and step (contingency/callbacks/release)
// refuse, and those of Intake::take_own.
Result<platform::HttpResponse> answer_callbacks(const CallbackDesk& desk, CallbackList list,
                                                const platform::HttpRequest& request);

}  // namespace holdline::hub
