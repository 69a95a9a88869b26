// Who may sign in at this workstation. People's wrapped keys are fetched while the hub is there, so that they can sign
// in when it is not; the list is asked for again whenever the hub's mark of it is another one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/engine/engine.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/files.hpp"
#include "platform/os/mutex.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/id.hpp"

namespace holdline::agent {

enum class AccountState : std::uint8_t {
  active,
  disabled,
  // The hub has lost this person, because it was put back to a moment before they were added. They go on working here,
  // and what they do waits at the hub until an operator recalls them.
  lost,
};

struct Account {
  sync::Id id;
  std::string name;
  std::string role;
  std::vector<std::string> scopes;
  sync::Bytes public_key, wrapped;  // nothing wrapped: nobody signs in with it
  AccountState state = AccountState::active;
};

// A sign-in that was proved and is kept in the outbox.
struct SignedIn {
  sync::Id person;
  std::uint32_t assertion = 0;  // its number, which actions refer to; 0: the disk did not take it, so it is for reading
  sync::Bytes public_key;       // of the key that signed it
  std::int64_t since_ms = 0;    // boot time
};

// What the hub grants this workstation, as it told last.
struct Grant {
  std::string name;
  std::vector<std::string> scopes;
  sync::VisibilitySet profile = 0xff;
  bool operator==(const Grant&) const = default;
};

// Thread-safe.
class Accounts {
 public:
  // Kept as a file of mode 0600: wrapped keys, staff names, the keys of the do-not-call list and of short codes; no
  // customer data.
  explicit Accounts(platform::Path file) : file_(std::move(file)) {}

  Result<void> load();

  // What to ask the hub with: whom this workstation knows, and for what numbers (References::question), if any.
  std::string question(const std::string& references = {}) const;
  // What the hub answered: replaces everybody it knows. Durable when it returns.
  struct Kept {
    std::optional<Grant> grant;         // when it was told
    std::optional<std::string> claims;  // to be told to the hub: of people it has lost
  };
  Result<Kept> keep(std::string_view json);
  // The hub's mark of what was kept; 0: none.
  std::uint64_t roster() const;

  // The hub said that this workstation is revoked: nobody is signed in or signs in, also after a restart, until it
  // serves the workstation again.
  Result<void> close(bool closed);

  // Unwraps the person's key, signs the sign-in and keeps it in the outbox. Takes about 0.2 s, for a name that is not
  // rostered as well. ask_person "wrong-password" for both; "person-disabled", "device-revoked". Where the outbox takes
  // nothing it is good for reading.
  Result<SignedIn> sign_in(std::string_view name, std::string_view password, const sync::Id& device,
                           OutboxAccess& outbox, const platform::Clock& clock) const;
  // The person of a sign-in with the rights they have now. ask_person, saying what to do, when it does not count any
  // more: "sign-in-too-old", "person-disabled", "person-changed" (another password, or not rostered here),
  // "device-revoked".
  Result<Account> standing(const SignedIn& signed_in, std::int64_t now_boot_ms) const;
  std::optional<Account> account(const sync::Id& person) const;
  bool knows(std::string_view name) const;
  // Somebody can sign in with the hub away.
  bool unlocks() const;
  // Nobody is rostered: the hub has not told who works here yet.
  bool empty() const;
  // The country of the hub's site, as it told last; empty: it told none.
  std::string region() const;
  // Of the keyed hashes in the do-not-call list; empty: the hub has not told it yet.
  sync::Bytes suppression_key() const;
  // Of the short codes by which incidents are declared; empty: the hub has not told it yet.
  sync::Bytes site_key() const;
  // The sign-in name of somebody rostered here.
  std::optional<std::string> name_of(const sync::Id& person) const;

 private:
  struct State {
    std::vector<Account> accounts;
    std::uint64_t roster = 0;
    std::int64_t sign_in_ms = 0;  // after which a sign-in is too old; 0: never
    std::string region;
    sync::Bytes suppression_key, site_key;
    bool closed = false;
  };
  static Result<State> parse(platform::JsonObject& json);
  Result<void> write(const State& state) const;
  const Account* named(std::string_view name) const HOLDLINE_REQUIRES(mutex_);

  platform::Path file_;
  platform::Mutex writing_;  // of the file: one list after the other
  mutable platform::Mutex mutex_;
  State state_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::agent
