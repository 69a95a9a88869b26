#include "hub/people/scopes.hpp"

#include <algorithm>
#include <set>

#include "hub/people/rules.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t most_scopes_named = 20;

std::string listed(const std::vector<std::string>& scopes) {
  std::string text;
  for (std::size_t n = 0; n < scopes.size() && n < most_scopes_named; ++n) text += (n == 0 ? "" : ", ") + scopes[n];
  if (scopes.size() > most_scopes_named) text += " and " + std::to_string(scopes.size() - most_scopes_named) + " more";
  return text;
}

}  // namespace

Result<std::vector<std::string>> known_scopes(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const auto used, reader->scopes());
  HOLDLINE_ASSIGN(const auto devices, ledger.devices());
  HOLDLINE_ASSIGN(const auto people, ledger.all_people());
  std::set<std::string> scopes(used.begin(), used.end());
  for (const Device& device : devices) scopes.insert(device.scopes.begin(), device.scopes.end());
  for (const Person& person : people) scopes.insert(person.scopes.begin(), person.scopes.end());
  return std::vector<std::string>(scopes.begin(), scopes.end());
}

Result<void> check_known_scopes(Ledger& ledger, std::span<const std::string> scopes) {
  HOLDLINE_TRY(check_scopes(scopes));
  HOLDLINE_ASSIGN(const auto known, known_scopes(ledger));
  const auto unknown =
      std::ranges::find_if(scopes, [&](const std::string& scope) { return !std::ranges::binary_search(known, scope); });
  if (known.empty() || unknown == scopes.end()) return {};
  return fail(ErrorKind::ask_person, "unknown-scope",
              "There is no scope " + *unknown + ". Those there are: " + listed(known) +
                  ". A new one is made by: holdline-hub scope add " + *unknown);
}

Result<void> make_scope(Ledger& ledger, const std::string& scope) {
  HOLDLINE_TRY(check_scopes({&scope, 1}));
  return ledger.add_scope(scope);
}

}  // namespace holdline::hub
