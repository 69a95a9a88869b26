// Who may sign in at this workstation, and who has. People's wrapped keys are fetched while the hub is there, so that
// they can sign in when it is not.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/engine/engine.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/files.hpp"
#include "platform/os/mutex.hpp"
#include "sync/base/id.hpp"

namespace holdline::agent {

struct Account {
  sync::Id id;
  std::string name;
  std::string role;
  std::vector<std::string> scopes;
  sync::Bytes public_key, wrapped;
};

struct Session {
  Account person;
  std::uint32_t assertion = 0;  // the signed sign-in that actions refer to
};

// Thread-safe.
class Accounts {
 public:
  // Kept as a file of mode 0600: wrapped keys and staff names, no customer data.
  explicit Accounts(platform::Path file) : file_(std::move(file)) {}

  Result<void> load();
  // What the hub answered to /people: replaces everybody known. Durable when it returns.
  Result<void> keep(std::string_view json);

  // Unwraps the person's key, signs the sign-in and keeps it in the outbox; the caller's uid is then signed in as that
  // person. Takes about 0.2 s. ask_person "wrong-password" for an unknown name as well.
  Result<Session> sign_in(std::uint32_t uid, std::string_view name, std::string_view password, const sync::Id& device,
                          OutboxAccess& outbox, const platform::Clock& clock);
  void sign_out(std::uint32_t uid);
  std::optional<Session> session(std::uint32_t uid) const;
  // The sign-in name of somebody rostered here.
  std::optional<std::string> name_of(const sync::Id& person) const;

 private:
  platform::Path file_;
  mutable platform::Mutex mutex_;
  std::vector<Account> accounts_ HOLDLINE_GUARDED_BY(mutex_);
  std::map<std::uint32_t, Session> sessions_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::agent
