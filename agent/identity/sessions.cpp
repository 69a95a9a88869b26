#include "agent/identity/sessions.hpp"

#include <algorithm>
#include <array>

#include "sync/base/hash.hpp"

namespace holdline::agent {

namespace {

// Looking up by the hash takes no time that tells how much of a guessed token is right.
std::string key_of(std::string_view token) { return std::string(sync::sha256(token).view()); }

}  // namespace

void Sessions::drop_idle(std::int64_t now_ms) {
  std::erase_if(sessions_, [&](const auto& entry) { return now_ms - entry.second.used_ms >= idle_ms_; });
}

Result<void> Sessions::may_begin(std::uint32_t uid, std::string_view token, std::string_view name, bool take_over) {
  const platform::MutexLock lock(mutex_);
  drop_idle(clock_.now().boot_ms);
  const auto found = sessions_.find(key_of(token));
  if (take_over || found == sessions_.end() || found->second.uid != uid) return {};
  const auto there = accounts_.account(found->second.signed_in.person);
  if (found->second.over || !there || there->name == name) return {};
  return fail(ErrorKind::ask_person, "somebody-signed-in",
              there->name +
                  " is signed in at this terminal. Let them sign out, or take it over: holdline login NAME "
                  "--take-over. What they saved goes on to the hub.");
}

std::string Sessions::begin(std::uint32_t uid, std::string_view token, const SignedIn& signed_in) {
  std::array<std::uint8_t, 32> drawn{};
  entropy_.fill(drawn);
  const std::string text = sync::to_hex({reinterpret_cast<const char*>(drawn.data()), drawn.size()});
  const std::int64_t now_ms = clock_.now().boot_ms;
  const platform::MutexLock lock(mutex_);
  drop_idle(now_ms);
  if (const auto before = sessions_.find(key_of(token)); before != sessions_.end() && before->second.uid == uid)
    sessions_.erase(before);
  const auto of_login = [uid](const auto& entry) { return entry.second.uid == uid; };
  const std::size_t most = uid == console_login ? sessions_of_browsers : sessions_per_login;
  if (static_cast<std::size_t>(std::ranges::count_if(sessions_, of_login)) >= most) {
    auto oldest = sessions_.end();
    for (auto it = sessions_.begin(); it != sessions_.end(); ++it)
      if (of_login(*it) && (oldest == sessions_.end() || it->second.used_ms < oldest->second.used_ms)) oldest = it;
    sessions_.erase(oldest);
  }
  sessions_[key_of(text)] = {uid, signed_in, now_ms};
  return text;
}

void Sessions::end(std::uint32_t uid, std::string_view token) {
  const platform::MutexLock lock(mutex_);
  const auto found = sessions_.find(key_of(token));
  if (found != sessions_.end() && found->second.uid == uid) sessions_.erase(found);
}

void Sessions::end_all() {
  const platform::MutexLock lock(mutex_);
  sessions_.clear();
}

Result<Session> Sessions::look_up(std::uint32_t uid, std::string_view token, bool use) {
  const auto nobody = [] { return fail(ErrorKind::ask_person, "not-signed-in", "Sign in first: holdline login NAME"); };
  if (token.empty()) return nobody();
  const std::int64_t now_ms = clock_.now().boot_ms;
  const platform::MutexLock lock(mutex_);
  drop_idle(now_ms);
  const auto found = sessions_.find(key_of(token));
  if (found == sessions_.end() || found->second.uid != uid) return nobody();
  Kept& kept = found->second;
  if (!kept.over) {
    auto person = accounts_.standing(kept.signed_in, now_ms);
    if (person) {
      if (use) kept.used_ms = now_ms;
      return Session{*std::move(person), kept.signed_in.assertion};
    }
    kept.over = std::move(person).error();
  }
  return tl::unexpected<Error>(*kept.over);
}

}  // namespace holdline::agent
