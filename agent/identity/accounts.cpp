#include "agent/identity/accounts.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "platform/crypto/password.hpp"
#include "platform/crypto/signing.hpp"
#include "platform/os/secret.hpp"
#include "platform/text/json_object.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

namespace {

constexpr std::uint64_t max_people_bytes = 16 * 1024 * 1024;
constexpr std::size_t claims_at_once = 100;
constexpr std::int64_t hour_ms = 60 * 60 * 1'000;

using Json = nlohmann::json;

tl::unexpected<Error> malformed() {
  return fail(ErrorKind::retry_later, "malformed-people", "The list of people cannot be read.");
}

Error refusal(const char* code, const char* message) { return {ErrorKind::ask_person, code, message}; }
Error wrong_password() {
  return refusal(
      "wrong-password",
      "Name or password is wrong, or this person does not work at this PC yet. Try again, or ask a supervisor.");
}
Error person_disabled() {
  return refusal("person-disabled",
                 "This person was disabled. What was saved before is not lost; ask whoever manages accounts.");
}
Error person_changed() {
  return refusal("person-changed",
                 "The password of this person was changed, or they do not work here any more. Sign in again.");
}
Error revoked() {
  return refusal("device-revoked",
                 "The hub has revoked this workstation: nobody can sign in here. What was saved is kept; ask IT.");
}

const char* name_of(AccountState state) {
  switch (state) {
    case AccountState::active:
      return "active";
    case AccountState::disabled:
      return "disabled";
    case AccountState::lost:
      return "lost";
  }
  return "active";
}

Result<Account> account_of(Json member) {
  platform::JsonObject person(std::move(member));
  Account account;
  const auto id = sync::Id::parse(person.text("id"));
  const std::string state = person.text("state", name_of(AccountState::active));
  for (const AccountState one : {AccountState::disabled, AccountState::lost})
    if (state == name_of(one)) account.state = one;
  if (!id || !sync::from_hex(person.text("public_key"), account.public_key) ||
      !sync::from_hex(person.text("wrapped"), account.wrapped))
    return malformed();
  if (account.state != AccountState::disabled && account.wrapped.empty()) return malformed();
  account.id = *id;
  account.name = person.text("name");
  account.role = person.text("role");
  account.scopes = person.texts("scopes");
  if (!person.checked()) return malformed();
  return account;
}

Json json_of(const Account& account) {
  return {{"id", account.id.text()},
          {"name", account.name},
          {"role", account.role},
          {"scopes", account.scopes},
          {"state", name_of(account.state)},
          {"public_key", sync::to_hex(account.public_key)},
          {"wrapped", sync::to_hex(account.wrapped)}};
}

std::optional<Grant> grant_of(platform::JsonObject& json) {
  if (!json.has("device")) return std::nullopt;
  platform::JsonObject told(json.object("device"));
  const std::int64_t profile = told.number("profile", 0);
  Grant grant{told.text("name"), told.texts("scopes"), static_cast<sync::VisibilitySet>(profile)};
  if (!told.checked() || grant.scopes.empty()) return std::nullopt;
  return grant;
}

// Whom the hub does not have at all stay as they were, to be told to it.
std::vector<Account> lost(const std::vector<std::string>& unknown, const std::vector<Account>& known) {
  std::vector<Account> accounts;
  for (const Account& account : known) {
    if (std::ranges::find(unknown, account.id.text()) == unknown.end() || account.state == AccountState::disabled)
      continue;
    accounts.push_back(account);
    accounts.back().state = AccountState::lost;
  }
  return accounts;
}

std::optional<std::string> claims_of(const std::vector<Account>& accounts) {
  Json claims = Json::array();
  for (const Account& account : accounts)
    if (account.state == AccountState::lost && claims.size() < claims_at_once) claims.push_back(json_of(account));
  return claims.empty() ? std::nullopt : std::optional(Json{{"claims", claims}}.dump());
}

}  // namespace

Result<Accounts::State> Accounts::parse(platform::JsonObject& json) {
  // Somebody's JSON without a list is no empty roster: it would sign everybody out of a workstation without contact.
  if (!json.has("people")) return malformed();
  State state;
  for (Json& member : json.list("people")) {
    HOLDLINE_ASSIGN(Account account, account_of(std::move(member)));
    state.accounts.push_back(std::move(account));
  }
  const std::string roster = json.text("roster", "0");
  const auto [end, error] = std::from_chars(roster.data(), roster.data() + roster.size(), state.roster);
  state.sign_in_ms = json.number("sign_in_hours", 0) * hour_ms;
  state.region = json.text("region");
  if (!sync::from_hex(json.text("suppression_key"), state.suppression_key) ||
      !sync::from_hex(json.text("site_key"), state.site_key))
    return malformed();
  if (!json.checked() || error != std::errc{} || end != roster.data() + roster.size()) return malformed();
  return state;
}

Result<void> Accounts::write(const State& state) const {
  Json people = Json::array();
  for (const Account& account : state.accounts) people.push_back(json_of(account));
  return platform::replace_file(file_, Json{{"people", people},
                                            {"roster", std::to_string(state.roster)},
                                            {"sign_in_hours", state.sign_in_ms / hour_ms},
                                            {"region", state.region},
                                            {"suppression_key", sync::to_hex(state.suppression_key)},
                                            {"site_key", sync::to_hex(state.site_key)},
                                            {"closed", state.closed ? 1 : 0}}
                                           .dump());
}

Result<void> Accounts::load() {
  auto text = platform::read_file(file_, max_people_bytes);
  if (!text && text.error().code == "file-missing") return {};
  if (!text) return fail(std::move(text));
  auto json = platform::JsonObject::parse(*text);
  HOLDLINE_ASSIGN(auto state, parse(json));
  state.closed = json.number("closed", 0) != 0;
  const platform::MutexLock lock(mutex_);
  state_ = std::move(state);
  return {};
}

std::string Accounts::question(const std::string& references) const {
  Json known = Json::array();
  const platform::MutexLock lock(mutex_);
  for (const Account& account : state_.accounts) known.push_back(account.id.text());
  Json asked{{"known", known}};
  if (!references.empty()) asked["references"] = Json::parse(references);
  return asked.dump();
}

Result<Accounts::Kept> Accounts::keep(std::string_view text) {
  auto json = platform::JsonObject::parse(text);
  HOLDLINE_ASSIGN(auto state, parse(json));
  const auto unknown = json.texts("unknown");
  Kept kept{grant_of(json), std::nullopt};
  if (!json.checked()) return malformed();
  const platform::MutexLock one_at_a_time(writing_);
  {
    const platform::MutexLock lock(mutex_);
    std::ranges::move(lost(unknown, state_.accounts), std::back_inserter(state.accounts));
    state.closed = state_.closed;
  }
  kept.claims = claims_of(state.accounts);
  HOLDLINE_TRY(write(state));
  const platform::MutexLock lock(mutex_);
  state_ = std::move(state);
  return kept;
}

std::uint64_t Accounts::roster() const {
  const platform::MutexLock lock(mutex_);
  return state_.roster;
}

Result<void> Accounts::close(bool closed) {
  const platform::MutexLock one_at_a_time(writing_);
  State state;
  {
    const platform::MutexLock lock(mutex_);
    if (state_.closed == closed) return {};
    state_.closed = closed;
    state = state_;
  }
  return write(state);
}

// Of two by one name, which a hub that was put back can lead to, the one the hub knows.
const Account* Accounts::named(std::string_view name) const {
  const Account* found = nullptr;
  for (const Account& account : state_.accounts)
    if (account.name == name && (found == nullptr || found->state == AccountState::lost)) found = &account;
  return found;
}

Result<SignedIn> Accounts::sign_in(std::string_view name, std::string_view password, const sync::Id& device,
                                   OutboxAccess& outbox, const platform::Clock& clock) const {
  std::optional<Account> person;
  sync::Bytes wrapped;
  {
    const platform::MutexLock lock(mutex_);
    if (state_.closed) return tl::unexpected<Error>(revoked());
    if (const Account* found = named(name)) person = *found;
    if (person && person->state == AccountState::disabled) return tl::unexpected<Error>(person_disabled());
    // A name that nobody has costs the same time, so that the time does not tell who works here.
    const auto some = std::ranges::find_if(state_.accounts, [](const Account& one) { return !one.wrapped.empty(); });
    if (some != state_.accounts.end()) wrapped = person ? person->wrapped : some->wrapped;
  }
  auto seed = platform::unwrap_secret(password, wrapped);
  if (!person || (!seed && seed.error().code == "wrong-password")) return tl::unexpected<Error>(wrong_password());
  if (!seed) return fail(std::move(seed));
  const std::string_view bytes = seed->view();
  if (bytes.size() != platform::SecretKey::size)
    return fail(ErrorKind::ask_person, "wrap-unreadable",
                "This person's key cannot be read; ask the administrator for a new one.");
  const platform::SigningKey key{platform::SecretKey(std::span<const std::uint8_t, platform::SecretKey::size>(
      reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()))};
  Result<std::uint32_t> kept;
  outbox.run([&](Outbox& box) {
    auto number = box.next_assertion();
    if (!number) return void(kept = fail(std::move(number)));
    sync::Assertion assertion{*number, person->id, clock.now().wall_ms, {}};
    const auto signature = key.sign(sync::assertion_text(device, assertion));
    assertion.signature.assign(reinterpret_cast<const char*>(signature.data()), signature.size());
    kept = box.add_assertion(std::move(assertion));
  });
  // Whoever cannot save because of the disk must be able to look things up.
  const bool only_reads = !kept && kept.error().kind != ErrorKind::ask_person;
  if (!kept && !only_reads) return fail(std::move(kept));
  return SignedIn{person->id, only_reads ? 0 : *kept, person->public_key, clock.now().boot_ms};
}

Result<Account> Accounts::standing(const SignedIn& signed_in, std::int64_t now_boot_ms) const {
  const platform::MutexLock lock(mutex_);
  if (state_.closed) return tl::unexpected<Error>(revoked());
  const auto now = std::ranges::find(state_.accounts, signed_in.person, &Account::id);
  if (now != state_.accounts.end() && now->state == AccountState::disabled)
    return tl::unexpected<Error>(person_disabled());
  if (now == state_.accounts.end() || now->public_key != signed_in.public_key)
    return tl::unexpected<Error>(person_changed());
  if (state_.sign_in_ms != 0 && now_boot_ms - signed_in.since_ms > state_.sign_in_ms)
    return fail(ErrorKind::ask_person, "sign-in-too-old",
                "You have been signed in for long. Sign in again: holdline login NAME");
  return *now;
}

bool Accounts::unlocks() const {
  const platform::MutexLock lock(mutex_);
  return !state_.closed && std::ranges::any_of(state_.accounts, [](const Account& one) {
    return one.state != AccountState::disabled && !one.wrapped.empty();
  });
}

std::optional<Account> Accounts::account(const sync::Id& person) const {
  const platform::MutexLock lock(mutex_);
  const auto found = std::ranges::find(state_.accounts, person, &Account::id);
  return found == state_.accounts.end() ? std::nullopt : std::optional(*found);
}

std::string Accounts::region() const {
  const platform::MutexLock lock(mutex_);
  return state_.region;
}

sync::Bytes Accounts::site_key() const {
  const platform::MutexLock lock(mutex_);
  return state_.site_key;
}

sync::Bytes Accounts::suppression_key() const {
  const platform::MutexLock lock(mutex_);
  return state_.suppression_key;
}

bool Accounts::empty() const {
  const platform::MutexLock lock(mutex_);
  return state_.accounts.empty();
}

bool Accounts::knows(std::string_view name) const {
  const platform::MutexLock lock(mutex_);
  return named(name) != nullptr;
}

std::optional<std::string> Accounts::name_of(const sync::Id& person) const {
  const platform::MutexLock lock(mutex_);
  const auto found = std::ranges::find(state_.accounts, person, &Account::id);
  if (found == state_.accounts.end()) return std::nullopt;
  return found->name;
}

}  // namespace holdline::agent
