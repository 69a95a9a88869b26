#include "hub/people/asking.hpp"

#include "hub/intake/authority.hpp"
#include "sync/action/rights.hpp"

namespace holdline::hub {

Result<Person> asking_person(Ledger& ledger, const Device& device, const sync::PersonQuestion& question,
                             std::int64_t sign_in_ms, std::int64_t now_ms) {
  Authority authority([&](const Id& id) { return ledger.person(id); });
  HOLDLINE_ASSIGN(const auto refusal, authority.check(device.id, question.sign_in));
  if (refusal) return fail(ErrorKind::ask_person, refusal->code, refusal->text);
  HOLDLINE_ASSIGN(auto person, ledger.person(question.sign_in.person));
  if (!person || person->state == PersonState::disabled)
    return fail(ErrorKind::ask_person, "person-disabled", "This person may not work here any more.");
  if (sign_in_ms != 0 && now_ms - question.sign_in.at_ms > sign_in_ms)
    return fail(ErrorKind::ask_person, "sign-in-too-old", "This sign-in is too old. Sign in again.");
  return *std::move(person);
}

std::vector<std::string> common_scopes(const Person& person, const Device& device) {
  std::vector<std::string> scopes = person.scopes;
  std::erase_if(scopes, [&](const std::string& scope) { return !sync::is_within(scope, device.scopes); });
  return scopes;
}

}  // namespace holdline::hub
