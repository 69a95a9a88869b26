// Who is signed in where. Each terminal (or console) that signs in gets a token of its own and sends it with every
// request; a token is good for whoever got it: a login of the operating system, by its uid, or the browsers of the
// console. Nobody takes over another's terminal unasked. In memory only: a restart of the daemon signs everybody out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/identity/accounts.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::agent {

inline constexpr std::int64_t default_idle_ms = 30ll * 60 * 1000;
// Stands where a uid does for the browsers of the console, about whom the system tells nothing. No login has it: to the
// kernel it means "leave as it is".
inline constexpr std::uint32_t console_login = 0xffff'ffff;

struct Session {
  Account person;               // as rostered now
  std::uint32_t assertion = 0;  // the signed sign-in that actions refer to
};

// Thread-safe.
class Sessions {
 public:
  // `idle_ms`: a session without a request for so long is over, by a clock that counts sleep and never jumps.
  Sessions(const Accounts& accounts, const platform::Clock& clock, platform::Entropy& entropy,
           std::int64_t idle_ms = default_idle_ms)
      : accounts_(accounts), clock_(clock), entropy_(entropy), idle_ms_(idle_ms) {}

  // Whether `name` may sign in at the terminal that holds `token` (empty: one that nobody is signed in at). ask_person
  // "somebody-signed-in" when that is somebody else and `take_over` is false.
  Result<void> may_begin(std::uint32_t uid, std::string_view token, std::string_view name, bool take_over);
  // Ends what `token` stood for, and returns the new token, drawn at random. Of one login the longest unused session
  // ends when there are more than sessions_per_login, of browsers sessions_of_browsers.
  std::string begin(std::uint32_t uid, std::string_view token, const SignedIn& signed_in);
  void end(std::uint32_t uid, std::string_view token);
  void end_all();
  // Who holds the token, with the rights they have now; counts as use. ask_person "not-signed-in" once it is over, or
  // why the sign-in does not count any more (Accounts::standing): that stays its answer.
  Result<Session> find(std::uint32_t uid, std::string_view token) { return look_up(uid, token, true); }
  // The same without counting as use: for whoever only watches.
  Result<Session> peek(std::uint32_t uid, std::string_view token) { return look_up(uid, token, false); }

  static constexpr std::size_t sessions_per_login = 32;
  static constexpr std::size_t sessions_of_browsers = 256;  // which all have one login

 private:
  struct Kept {
    std::uint32_t uid = 0;
    SignedIn signed_in;
    std::int64_t used_ms = 0;  // boot time
    std::optional<Error> over = {};
  };
  Result<Session> look_up(std::uint32_t uid, std::string_view token, bool use);
  void drop_idle(std::int64_t now_ms) HOLDLINE_REQUIRES(mutex_);

  const Accounts& accounts_;
  const platform::Clock& clock_;
  platform::Entropy& entropy_;
  const std::int64_t idle_ms_;
  platform::Mutex mutex_;
  std::map<std::string, Kept, std::less<>> sessions_ HOLDLINE_GUARDED_BY(mutex_);  // by the token's hash
};

}  // namespace holdline::agent
