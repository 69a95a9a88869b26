// Accounts: rules for names, roles and passwords, and a person's signing key, made here once and kept only wrapped by
// the person's password.
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
// ask_person "bad-name", "bad-role", "bad-scope", "weak-password" (shorter than 8 characters), "name-taken".
Result<Person> add_person(Ledger& ledger, const NewPerson& person, std::string_view password,
                          platform::Entropy& entropy);

// The same for a set-up, which may have been cut short before: whom it added under this name is replaced.
Result<Person> put_first_person(Ledger& ledger, const NewPerson& person, std::string_view password,
                                platform::Entropy& entropy);

}  // namespace holdline::hub
