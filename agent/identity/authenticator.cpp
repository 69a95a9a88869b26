#include "agent/identity/authenticator.hpp"

#include <utility>

#include "platform/os/secret.hpp"

namespace holdline::agent {

std::string SignInRequest::place() const {
  return origin.empty() ? "login " + std::to_string(uid) : "address " + sync::to_hex(origin);
}

Authenticator::Authenticator(const Accounts& accounts, const sync::Id& device, OutboxAccess& outbox,
                             const platform::Clock& clock, platform::Entropy& entropy, platform::Path attempts,
                             std::int64_t idle_ms)
    : accounts_(accounts),
      device_(device),
      outbox_(outbox),
      clock_(clock),
      sessions_(accounts, clock, entropy, idle_ms),
      attempts_(std::move(attempts)),
      thread_(clock) {}

bool Authenticator::enter(std::uint32_t uid) {
  const platform::MutexLock lock(mutex_);
  const std::size_t most = uid == console_login ? most_waiting_of_browsers : most_waiting_of_a_login;
  if (all_waiting_ >= most_waiting || waiting_[uid] >= most) return false;
  ++all_waiting_;
  ++waiting_[uid];
  return true;
}

void Authenticator::leave(std::uint32_t uid) {
  const platform::MutexLock lock(mutex_);
  --all_waiting_;
  if (--waiting_[uid] == 0) waiting_.erase(uid);
}

void Authenticator::sign_in(SignInRequest request, Done done) {
  if (!enter(request.uid)) {
    platform::wipe(request.password);
    return done(
        {fail(ErrorKind::retry_later, "busy", "Others are signing in just now; try again in a moment."), {}, 1'000});
  }
  thread_.post([this, request = std::move(request), done = std::move(done)]() mutable {
    SignInAnswer answered = answer(request);
    platform::wipe(request.password);
    leave(request.uid);
    done(std::move(answered));
  });
}

SignInAnswer Authenticator::answer(const SignInRequest& request) {
  if (!loaded_) static_cast<void>(attempts_.load());  // what cannot be read is written anew by this attempt
  loaded_ = true;
  if (auto may = sessions_.may_begin(request.uid, request.token, request.name, request.take_over); !may)
    return {fail(std::move(may)), {}};
  if (accounts_.empty())
    return {fail(ErrorKind::retry_later, "people-unknown",
                 "This workstation has not heard from the hub yet who works here. Try again when it is connected."),
            {},
            1'000};
  const sync::TimeReading now = clock_.now();
  const std::string place = request.place();
  if (const std::int64_t wait_ms = attempts_.wait_ms(place, request.name, now); wait_ms > 0) {
    const std::string seconds = std::to_string((wait_ms + 999) / 1'000);
    return {fail(ErrorKind::retry_later, "too-many-attempts",
                 "There were too many wrong passwords for this name or from here. Try again in " + seconds + " s."),
            {},
            wait_ms};
  }
  // With an unwritable disk nobody could sign in to look things up: then the counts of this run have to do.
  static_cast<void>(attempts_.begin(place, request.name, accounts_.knows(request.name), now));
  const auto signed_in = accounts_.sign_in(request.name, request.password, device_, outbox_, clock_);
  if (!signed_in) {
    // The password was right, or was never looked at.
    if (signed_in.error().code != "wrong-password") static_cast<void>(attempts_.succeeded(place, request.name));
    return {tl::unexpected<Error>(signed_in.error()), {}};
  }
  static_cast<void>(attempts_.succeeded(place, request.name));
  std::string token = sessions_.begin(request.uid, request.token, *signed_in);
  auto session = sessions_.find(request.uid, token);
  if (!session) return {fail(std::move(session)), {}};
  return {*std::move(session), std::move(token)};
}

}  // namespace holdline::agent
