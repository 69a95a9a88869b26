// Accounts: people are added, change, are disabled and come back. A person's signing key is made here and kept only
// wrapped by the person's password. Every change is durable when it returns; workstations that are connected learn of
// it with their next answer to a pull.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::hub {

struct NewPerson {
  std::string name;  // sign-in name: a-z, 0-9, '.', '-', at most 40
  std::string role = "agent";
  std::vector<std::string> scopes;
};
// ask_person "bad-name", "bad-role", "bad-scope", "too-many-scopes", "weak-password" (shorter than 8 characters),
// "name-taken", "name-remembered" (a workstation knows a person of this name: recall_person()).
Result<Person> add_person(Ledger& ledger, const NewPerson& person, std::string_view password,
                          platform::Entropy& entropy);

// The same for a set-up, which may have been cut short before: whom it added under this name is replaced.
Result<Person> put_first_person(Ledger& ledger, const NewPerson& person, std::string_view password,
                                platform::Entropy& entropy);

// By sign-in name. ask_person "unknown-name", as with all that follow.
Result<Person> find_person(Ledger& ledger, std::string_view name);

// Nobody signs in by this name any more, and who is signed in is signed out. What the person did before still counts
// whenever it arrives; what was made after is refused.
Result<Person> disable_person(Ledger& ledger, std::string_view name, std::int64_t now_ms);
Result<Person> enable_person(Ledger& ledger, std::string_view name);

// A new key pair wrapped by the new password; sign-ins made with the old one still count when they arrive, and no new
// ones can be made with it where the change is known.
Result<Person> change_password(Ledger& ledger, std::string_view name, std::string_view password,
                               platform::Entropy& entropy);
Result<Person> change_role(Ledger& ledger, std::string_view name, const std::string& role);
Result<Person> change_scopes(Ledger& ledger, std::string_view name, const std::vector<std::string>& scopes);

// Whether what a workstation tells about a person could be one: to be kept as a claim.
Result<void> check_claim(const Person& person);
// Takes a person back whom a workstation remembers and the ledger lost: same id, same key, so that what they did counts
// again (Intake::settle_waiting). Role and scopes are those of the claim unless others are given. When somebody has
// this name by now, the person comes back disabled under another name, for what they did. ask_person "not-remembered";
// "remembered-twice" when workstations tell different keys: name the one to believe.
struct Recall {
  std::string name;
  std::string role;                 // empty: as remembered
  std::vector<std::string> scopes;  // likewise
  std::optional<Id> device;         // whose word counts
};
Result<Person> recall_person(Ledger& ledger, const Recall& recall, std::int64_t now_ms);

}  // namespace holdline::hub
