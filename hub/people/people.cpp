#include "hub/people/people.hpp"

#include <algorithm>
#include <optional>

#include "platform/crypto/password.hpp"
#include "platform/crypto/signing.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t max_sign_in_name = 40;
constexpr std::size_t shortest_password = 8;

bool is_sign_in_name(std::string_view name) {
  return !name.empty() && name.size() <= max_sign_in_name && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

Result<void> check(const NewPerson& wanted, std::string_view password) {
  if (!is_sign_in_name(wanted.name))
    return fail(ErrorKind::ask_person, "bad-name", "A sign-in name has at most 40 of a-z, 0-9, '.' and '-'.");
  if (wanted.role != "agent" && wanted.role != "supervisor" && wanted.role != "it")
    return fail(ErrorKind::ask_person, "bad-role", "The role is agent, supervisor or it.");
  if (wanted.scopes.empty() || !std::ranges::all_of(wanted.scopes, sync::is_scope))
    return fail(ErrorKind::ask_person, "bad-scope", "Name at least one scope, for example acme/london.");
  if (password.size() < shortest_password)
    return fail(ErrorKind::ask_person, "weak-password", "A password has at least 8 characters.");
  return {};
}

// Who signs in by this name in one of the scopes.
Result<std::optional<Person>> find(Ledger& ledger, const NewPerson& wanted) {
  HOLDLINE_ASSIGN(const auto people, ledger.people(wanted.scopes));
  const auto found = std::ranges::find(people, wanted.name, &Person::name);
  return found == people.end() ? std::nullopt : std::optional(*found);
}

Result<Person> put(Ledger& ledger, const Id& id, const NewPerson& wanted, std::string_view password,
                   platform::Entropy& entropy) {
  const auto key = platform::SigningKey::generate(entropy);
  Person person;
  person.id = id;
  person.name = wanted.name;
  person.role = wanted.role;
  person.scopes = wanted.scopes;
  const auto& public_key = key.public_key();
  person.public_key.assign(reinterpret_cast<const char*>(public_key.data()), public_key.size());
  HOLDLINE_ASSIGN(person.wrapped, platform::wrap_secret(password, key.seed().view(), entropy));
  HOLDLINE_TRY(ledger.put_person(person));
  return person;
}

}  // namespace

Result<Person> add_person(Ledger& ledger, const NewPerson& wanted, std::string_view password,
                          platform::Entropy& entropy) {
  HOLDLINE_TRY(check(wanted, password));
  HOLDLINE_ASSIGN(const auto there, find(ledger, wanted));
  if (there) return fail(ErrorKind::ask_person, "name-taken", "Somebody signs in by this name already.");
  return put(ledger, entropy.id(), wanted, password, entropy);
}

Result<Person> put_first_person(Ledger& ledger, const NewPerson& wanted, std::string_view password,
                                platform::Entropy& entropy) {
  HOLDLINE_TRY(check(wanted, password));
  HOLDLINE_ASSIGN(const auto there, find(ledger, wanted));
  return put(ledger, there ? there->id : entropy.id(), wanted, password, entropy);
}

}  // namespace holdline::hub
