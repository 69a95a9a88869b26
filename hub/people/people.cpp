#include "hub/people/people.hpp"

#include <algorithm>
#include <optional>

#include "hub/people/rules.hpp"
#include "platform/crypto/password.hpp"
#include "platform/crypto/signing.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t public_key_bytes = 32;
constexpr std::size_t max_wrapped_bytes = 1'024;
// Of a person who changes the password every week for years; the oldest go first.
constexpr std::size_t max_former_keys = 200;

Result<void> check(const NewPerson& wanted, std::string_view password) {
  HOLDLINE_TRY(check_sign_in_name(wanted.name));
  HOLDLINE_TRY(check_role(wanted.role));
  HOLDLINE_TRY(check_scopes(wanted.scopes));
  return check_password(password);
}

Result<std::optional<Person>> find(Ledger& ledger, std::string_view name) {
  HOLDLINE_ASSIGN(const auto people, ledger.all_people());
  const auto found = std::ranges::find(people, name, &Person::name);
  return found == people.end() ? std::nullopt : std::optional(*found);
}

Result<void> give_key(Person& person, std::string_view password, platform::Entropy& entropy) {
  const auto key = platform::SigningKey::generate(entropy);
  const auto& public_key = key.public_key();
  person.public_key.assign(reinterpret_cast<const char*>(public_key.data()), public_key.size());
  HOLDLINE_ASSIGN(person.wrapped, platform::wrap_secret(password, key.seed().view(), entropy));
  return {};
}

Result<Person> put(Ledger& ledger, const Id& id, const NewPerson& wanted, std::string_view password,
                   platform::Entropy& entropy) {
  Person person;
  person.id = id;
  person.name = wanted.name;
  person.role = wanted.role;
  person.scopes = wanted.scopes;
  HOLDLINE_TRY(give_key(person, password, entropy));
  HOLDLINE_TRY(ledger.put_person(person));
  return person;
}

template <class Change>
Result<Person> person_changed(Ledger& ledger, std::string_view name, Change change) {
  HOLDLINE_ASSIGN(Person person, find_person(ledger, name));
  HOLDLINE_TRY(change(person));
  HOLDLINE_TRY(ledger.put_person(person));
  return person;
}

// The claim that counts.
Result<PersonClaim> claim_of(Ledger& ledger, const Recall& recall) {
  HOLDLINE_ASSIGN(auto claims, ledger.claims());
  std::erase_if(claims, [&](const PersonClaim& claim) {
    return claim.person.name != recall.name || (recall.device && claim.device != *recall.device);
  });
  if (claims.empty())
    return fail(ErrorKind::ask_person, "not-remembered",
                "No workstation has told of a person of this name whom the hub does not know.");
  for (const PersonClaim& other : claims)
    if (other.person.public_key != claims.front().person.public_key)
      return fail(ErrorKind::ask_person, "remembered-twice",
                  "Workstations tell different people of this name. Say whose word counts: --from WORKSTATION.");
  return std::move(claims.front());
}

Result<std::string> free_name(Ledger& ledger, const std::string& name) {
  for (int n = 1;; ++n) {
    const std::string tail = ".former" + (n == 1 ? std::string() : std::to_string(n));
    std::string candidate = name.substr(0, 30) + tail;
    HOLDLINE_ASSIGN(const auto taken, find(ledger, candidate));
    if (!taken) return candidate;
  }
}

}  // namespace

Result<Person> add_person(Ledger& ledger, const NewPerson& wanted, std::string_view password,
                          platform::Entropy& entropy) {
  HOLDLINE_TRY(check(wanted, password));
  HOLDLINE_ASSIGN(const auto there, find(ledger, wanted.name));
  if (there) return fail(ErrorKind::ask_person, "name-taken", "Somebody signs in by this name already.");
  HOLDLINE_ASSIGN(const auto claims, ledger.claims());
  if (std::ranges::any_of(claims, [&](const PersonClaim& claim) { return claim.person.name == wanted.name; }))
    return fail(ErrorKind::ask_person, "name-remembered",
                "Workstations remember a person of this name from before the hub was put back, and may hold entries of "
                "theirs. Take that person back, with the password they have: holdline-hub person recall " +
                    wanted.name);
  return put(ledger, entropy.id(), wanted, password, entropy);
}

Result<Person> put_first_person(Ledger& ledger, const NewPerson& wanted, std::string_view password,
                                platform::Entropy& entropy) {
  HOLDLINE_TRY(check(wanted, password));
  HOLDLINE_ASSIGN(const auto there, find(ledger, wanted.name));
  return put(ledger, there ? there->id : entropy.id(), wanted, password, entropy);
}

Result<Person> find_person(Ledger& ledger, std::string_view name) {
  HOLDLINE_ASSIGN(auto there, find(ledger, name));
  if (!there)
    return fail(ErrorKind::ask_person, "unknown-name",
                "Nobody signs in by this name. See who does: holdline-hub person list");
  return *std::move(there);
}

Result<Person> disable_person(Ledger& ledger, std::string_view name, std::int64_t now_ms) {
  return person_changed(ledger, name, [&](Person& person) -> Result<void> {
    if (person.state == PersonState::active) person.disabled_ms = now_ms;
    person.state = PersonState::disabled;
    return {};
  });
}

Result<Person> enable_person(Ledger& ledger, std::string_view name) {
  return person_changed(ledger, name, [](Person& person) -> Result<void> {
    person.state = PersonState::active;
    person.disabled_ms = 0;
    return {};
  });
}

Result<Person> change_password(Ledger& ledger, std::string_view name, std::string_view password,
                               platform::Entropy& entropy) {
  HOLDLINE_TRY(check_password(password));
  return person_changed(ledger, name, [&](Person& person) -> Result<void> {
    person.former_keys.push_back(person.public_key);
    if (person.former_keys.size() > max_former_keys) person.former_keys.erase(person.former_keys.begin());
    return give_key(person, password, entropy);
  });
}

Result<Person> change_role(Ledger& ledger, std::string_view name, const std::string& role) {
  HOLDLINE_TRY(check_role(role));
  return person_changed(ledger, name, [&](Person& person) -> Result<void> {
    person.role = role;
    return {};
  });
}

Result<Person> change_scopes(Ledger& ledger, std::string_view name, const std::vector<std::string>& scopes) {
  HOLDLINE_TRY(check_scopes(scopes));
  return person_changed(ledger, name, [&](Person& person) -> Result<void> {
    person.scopes = scopes;
    return {};
  });
}

Result<void> check_claim(const Person& person) {
  HOLDLINE_TRY(check_sign_in_name(person.name));
  HOLDLINE_TRY(check_role(person.role));
  HOLDLINE_TRY(check_scopes(person.scopes));
  if (person.id.is_nil() || person.public_key.size() != public_key_bytes || person.wrapped.size() > max_wrapped_bytes)
    return fail(ErrorKind::ask_person, "bad-claim", "What the workstation tells of a person cannot be one.");
  return {};
}

Result<Person> recall_person(Ledger& ledger, const Recall& recall, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const PersonClaim claim, claim_of(ledger, recall));
  Person person = claim.person;
  if (!recall.role.empty()) person.role = recall.role;
  if (!recall.scopes.empty()) person.scopes = recall.scopes;
  HOLDLINE_TRY(check_claim(person));
  HOLDLINE_ASSIGN(const auto known, ledger.person(person.id));
  if (!known) {
    HOLDLINE_ASSIGN(const auto namesake, find(ledger, person.name));
    if (namesake) {
      HOLDLINE_ASSIGN(person.name, free_name(ledger, person.name));
      person.state = PersonState::disabled;
      person.disabled_ms = now_ms;
    }
    HOLDLINE_TRY(ledger.put_person(person));
  }
  HOLDLINE_TRY(ledger.drop_claims(person.id));
  return person;
}

}  // namespace holdline::hub
