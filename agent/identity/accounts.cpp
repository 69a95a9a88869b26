#include "agent/identity/accounts.hpp"

#include <algorithm>

#include "platform/crypto/password.hpp"
#include "platform/crypto/signing.hpp"
#include "platform/os/secret.hpp"
#include "platform/text/json_object.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

namespace {

constexpr std::uint64_t max_people_bytes = 16 * 1024 * 1024;

Result<std::vector<Account>> parse(std::string_view text) {
  const auto malformed = [] {
    return fail(ErrorKind::retry_later, "malformed-people", "The list of people cannot be read.");
  };
  auto json = platform::JsonObject::parse(text);
  // Somebody's JSON without a list is no empty roster: it would sign everybody out of a workstation without contact.
  if (!json.has("people")) return malformed();
  std::vector<Account> accounts;
  for (nlohmann::json& member : json.list("people")) {
    platform::JsonObject person(std::move(member));
    Account account;
    const auto id = sync::Id::parse(person.text("id"));
    if (!id || !sync::from_hex(person.text("public_key"), account.public_key) ||
        !sync::from_hex(person.text("wrapped"), account.wrapped))
      return malformed();
    account.id = *id;
    account.name = person.text("name");
    account.role = person.text("role");
    account.scopes = person.texts("scopes");
    if (!person.checked()) return malformed();
    accounts.push_back(std::move(account));
  }
  if (!json.checked()) return malformed();
  return accounts;
}

}  // namespace

Result<void> Accounts::load() {
  auto text = platform::read_file(file_, max_people_bytes);
  if (!text && text.error().code == "file-missing") return {};
  if (!text) return fail(std::move(text));
  HOLDLINE_ASSIGN(auto accounts, parse(*text));
  const platform::MutexLock lock(mutex_);
  accounts_ = std::move(accounts);
  return {};
}

Result<void> Accounts::keep(std::string_view json) {
  HOLDLINE_ASSIGN(auto accounts, parse(json));
  HOLDLINE_TRY(platform::replace_file(file_, json));
  const platform::MutexLock lock(mutex_);
  accounts_ = std::move(accounts);
  return {};
}

Result<Session> Accounts::sign_in(std::uint32_t uid, std::string_view name, std::string_view password,
                                  const sync::Id& device, OutboxAccess& outbox, const platform::Clock& clock) {
  Account person;
  {
    const platform::MutexLock lock(mutex_);
    const auto found = std::ranges::find(accounts_, name, &Account::name);
    if (found == accounts_.end())
      return fail(ErrorKind::ask_person, "wrong-password",
                  "Name or password is wrong, or this person is not rostered here.");
    person = *found;
  }
  auto seed = platform::unwrap_secret(password, person.wrapped);
  if (!seed && seed.error().code == "wrong-password")
    return fail(ErrorKind::ask_person, "wrong-password",
                "Name or password is wrong, or this person is not rostered here.");
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
    sync::Assertion assertion{*number, person.id, clock.now().wall_ms, {}};
    const auto signature = key.sign(sync::assertion_text(device, assertion));
    assertion.signature.assign(reinterpret_cast<const char*>(signature.data()), signature.size());
    kept = box.add_assertion(std::move(assertion));
  });
  if (!kept) return fail(std::move(kept));
  Session session{std::move(person), *kept};
  const platform::MutexLock lock(mutex_);
  sessions_[uid] = session;
  return session;
}

void Accounts::sign_out(std::uint32_t uid) {
  const platform::MutexLock lock(mutex_);
  sessions_.erase(uid);
}

std::optional<Session> Accounts::session(std::uint32_t uid) const {
  const platform::MutexLock lock(mutex_);
  const auto found = sessions_.find(uid);
  if (found == sessions_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Accounts::name_of(const sync::Id& person) const {
  const platform::MutexLock lock(mutex_);
  const auto found = std::ranges::find(accounts_, person, &Account::id);
  if (found == accounts_.end()) return std::nullopt;
  return found->name;
}

}  // namespace holdline::agent
