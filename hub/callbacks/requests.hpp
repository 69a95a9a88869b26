// Requests about callbacks, of the administrator (/admin/v1/callbacks…, docs/api.md) and of people at workstations: the
// list, a preview, what a supervisor decides, and who calls whom. Names, full numbers and contexts are not told here:
// desks have them from the feed, for whoever may see them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/callbacks/list/board.hpp"
#include "hub/intake/intake.hpp"
#include "hub/setup/config.hpp"
#include "platform/http/http.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::hub {

bool is_about_callbacks(const platform::HttpRequest& request);

// Somebody at a workstation, as the hub knows them. An administrator is nobody in particular and says for whom.
struct CallbackAsker {
  std::string person, station;      // by name
  std::vector<std::string> scopes;  // that both have
};

struct CallbackDesk {
  Ledger& ledger;
  Intake& intake;
  platform::Entropy& entropy;
  CallbackBoard& board;  // kept up
  std::int64_t now_ms = 0;
  const CallbackAsker* asker = nullptr;  // null: the administrator
  // Not null: rows are gathered there, and whoever gathers them keeps them in one commit before anybody is answered.
  std::vector<OwnRow>* gathered = nullptr;

  CallbackList& list() const { return board.list(); }
  bool sees(const std::string& scope) const;
};

// On the ledger's thread. `what`: "list", "preview", "release", "change", "decide", "mine", "next", "hand", "dial",
// "outcome", "alive", "give-back", "free", "export", "outcomes", "take-back",
// "capacity", "set-capacity", "promise", "promise-breaking", "slice", "slices". Errors: ask_person "malformed",
// "unknown-path", "no-person", "no-such-callback", "no-such-release", "release-there", "scope-refused", what
// begin_release, step (contingency/callbacks/release) and Claims refuse, and those of Intake::take_own.
Result<platform::HttpResponse> answer_callbacks(const CallbackDesk& desk, std::string_view what, std::string_view body);
// Of requests that gathered: their rows in one commit. An error: nothing of them was kept, and the board was forgotten.
Result<void> keep_gathered(const CallbackDesk& desk, std::vector<OwnRow> rows);
// The administrator's: the request's name is the end of its path.
Result<platform::HttpResponse> answer_callbacks(const CallbackDesk& desk, const platform::HttpRequest& request);

}  // namespace holdline::hub
