// Signing in, from a name and a password to a session: attempts are limited, passwords are looked at one after the
// other on a thread of their own (each costs 0.1 to 0.2 s and 64 MiB on purpose), and few may wait for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "agent/identity/accounts.hpp"
#include "agent/identity/attempts.hpp"
#include "agent/identity/sessions.hpp"
#include "platform/os/task_thread.hpp"

namespace holdline::agent {

struct SignInRequest {
  std::uint32_t uid = 0;
  std::string name, password;
  std::string token;        // of the session the terminal has, if any
  bool take_over = false;   // of a terminal where somebody else is signed in
  std::string origin = {};  // of a browser on another computer (Peer::origin); empty: on this one

  // Where wrong passwords are counted: the login, or the other computer, so that one of them keeps nobody else out.
  std::string place() const;
};

struct SignInAnswer {
  // Errors: "wrong-password", "somebody-signed-in" (ask_person); "too-many-attempts", "busy", "people-unknown"
  // (retry_later), which say after how long; those of the outbox.
  Result<Session> session;
  std::string token;
  std::int64_t retry_after_ms = 0;
};

class Authenticator {
 public:
  using Done = std::function<void(SignInAnswer)>;

  // Starts its thread. `attempts` is the file of SignInAttempts.
  Authenticator(const Accounts& accounts, const sync::Id& device, OutboxAccess& outbox, const platform::Clock& clock,
                platform::Entropy& entropy, platform::Path attempts, std::int64_t idle_ms);
  // As stop().
  ~Authenticator() { stop(); }

  Sessions& sessions() { return sessions_; }
  // Any thread; does not block. `done` is called once, on the thread of this class, or at once when it is busy.
  void sign_in(SignInRequest request, Done done);
  // Finishes what waits; to be called before the outbox ends.
  void stop() { thread_.stop(); }

  // Browsers all have one login; a place is always left for somebody else.
  static constexpr std::size_t most_waiting = 8, most_waiting_of_a_login = 2, most_waiting_of_browsers = 7;

 private:
  SignInAnswer answer(const SignInRequest& request);
  bool enter(std::uint32_t uid);
  void leave(std::uint32_t uid);

  const Accounts& accounts_;
  const sync::Id device_;
  OutboxAccess& outbox_;
  const platform::Clock& clock_;
  Sessions sessions_;
  SignInAttempts attempts_;  // the thread only
  bool loaded_ = false;      // likewise
  platform::Mutex mutex_;
  std::map<std::uint32_t, std::size_t> waiting_ HOLDLINE_GUARDED_BY(mutex_);  // by login
  std::size_t all_waiting_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  platform::TaskThread thread_;  // last: it ends before what it works on
};

}  // namespace holdline::agent
