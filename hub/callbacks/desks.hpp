// What people at workstations ask about callbacks: whose question it is by their signed sign-in, whether their role may
// ask it by the table that the workstation has too, and within the scopes that both person and workstation have.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "hub/callbacks/requests.hpp"
#include "hub/intake/ledger_thread.hpp"
#include "hub/ledger/ledger.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/task_thread.hpp"

namespace holdline::hub {

// On the ledger's thread. `question`: a sync::PersonQuestion. Besides answer_callbacks: ask_person "malformed-message",
// "unknown-person", "bad-sign-in", "person-disabled", "sign-in-too-old", "role-refused".
Result<platform::HttpResponse> answer_desk(const CallbackDesk& desk, const Device& device, std::string_view question,
                                           std::int64_t sign_in_ms);

// The requests of all desks and of the administrator of a hub that serves, one after another on the ledger's thread;
// what takes long before that is done on a thread of its own.
class CallbackService {
 public:
  struct Parts {
    Ledger& ledger;
    LedgerThread& thread;
    const HubConfig& config;
    platform::Entropy& entropy;
    const platform::Clock& clock;
  };
  // What it refers to outlives it, but for the ledger's thread, which ends before this.
  explicit CallbackService(Parts parts);
  // Before the ledger's thread ends.
  void stop() { reading_.stop(); }

  // Any thread; `respond` is called on another.
  using Answer = std::function<void(Result<platform::HttpResponse>)>;
  void ask(const Device& device, std::string question, Answer respond);
  void administer(platform::HttpRequest request, Answer respond);

 private:
  using Work = std::function<Result<platform::HttpResponse>(const CallbackDesk&)>;
  void answer(Work work, Answer respond);

  Parts parts_;
  CallbackBoard board_;           // the ledger's thread, but for read_ahead
  platform::TaskThread reading_;  // last: it ends before what it works on
};

}  // namespace holdline::hub
