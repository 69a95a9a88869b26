#include "hub/people/asking.hpp"

#include "hub/intake/authority.hpp"
#include "sync/action/rights.hpp"
#include "sync/base/hash.hpp"

namespace holdline::hub {

sync::Hash GoodSignIns::of(const Id& device, const Person& person, const sync::Assertion& sign_in) {
  return sync::sha256({person.public_key, sign_in.signature, sync::assertion_text(device, sign_in)});
}

void GoodSignIns::keep(const sync::Hash& hash) {
  if (good_.size() >= most) good_.clear();
  good_.insert(hash);
}

Result<Person> asking_person(Ledger& ledger, const Device& device, const sync::PersonQuestion& question,
                             std::int64_t sign_in_ms, std::int64_t now_ms, GoodSignIns* good) {
  HOLDLINE_ASSIGN(auto person, ledger.person(question.sign_in.person));
  const auto hash =
      person && good != nullptr ? std::optional(GoodSignIns::of(device.id, *person, question.sign_in)) : std::nullopt;
  if (!hash || !good->has(*hash)) {
    Authority authority([&](const Id&) { return Result<std::optional<Person>>(person); });
    HOLDLINE_ASSIGN(const auto refusal, authority.check(device.id, question.sign_in));
    if (refusal) return fail(ErrorKind::ask_person, refusal->code, refusal->text);
    if (hash) good->keep(*hash);
  }
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
