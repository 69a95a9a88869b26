// What people at workstations ask about callbacks: whose question it is by their signed sign-in, whether their role may
// ask it by the table that the workstation has too, and within the scopes that both person and workstation have.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hub/callbacks/requests.hpp"
#include "hub/intake/ledger_thread.hpp"
#include "hub/ledger/ledger.hpp"
#include "hub/people/asking.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"
#include "sync/session/person_question.hpp"

namespace holdline::hub {

// On the ledger's thread. Besides answer_callbacks: ask_person "unknown-person", "bad-sign-in", "person-disabled",
// "sign-in-too-old", "role-refused".
Result<platform::HttpResponse> answer_desk(const CallbackDesk& desk, const Device& device,
                                           const sync::PersonQuestion& asked, std::int64_t sign_in_ms,
                                           GoodSignIns* good = nullptr);

// The requests of all desks and of the administrator of a hub that serves, one after another on the ledger's thread;
// what takes long before that is done on a thread of its own. Agents who ask for the next case at once get theirs in
// one commit.
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

  // Any thread; `respond` is called on another. `question`: a sync::PersonQuestion; ask_person "malformed-message".
  using Answer = std::function<void(Result<platform::HttpResponse>)>;
  void ask(const Device& device, std::string_view question, const Answer& respond);
  void administer(platform::HttpRequest request, Answer respond);

 private:
  struct Waiting {
    std::function<Result<platform::HttpResponse>(const CallbackDesk&)> work;
    Answer respond;
    bool gathers = false;  // its rows may be kept with those of others
  };
  using Group = std::deque<Waiting>;
  void answer(Waiting one);
  Group take_waiting();
  // On the ledger's thread.
  void answer_all(Ledger& ledger, Intake& intake, std::unique_ptr<CallbackRecords> ahead);
  void answer_alone(Ledger& ledger, Intake& intake, const Waiting& one);
  void answer_together(Ledger& ledger, Intake& intake, const Group& group);
  Result<CallbackDesk> kept_up(Ledger& ledger, Intake& intake, std::unique_ptr<CallbackRecords> ahead = nullptr);

  Parts parts_;
  CallbackBoard board_;  // the ledger's thread, but for read_ahead
  GoodSignIns good_;     // the ledger's thread
  platform::Mutex mutex_;
  Group waiting_ HOLDLINE_GUARDED_BY(mutex_);
  bool coming_ HOLDLINE_GUARDED_BY(mutex_) = false;  // somebody is on the way to take all that waits by then
  platform::TaskThread reading_;                     // last: it ends before what it works on
};

}  // namespace holdline::hub
