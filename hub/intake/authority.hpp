// Who may do what: one table of role × collection, checked again for every action when it is applied.
// Internal to hub/intake.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "hub/ledger/ledger.hpp"
#include "sync/action/action.hpp"

namespace holdline::hub {

struct Refusal {
  std::string code;
  std::string text;
};

// One thread. Remembers whom it looked up: make one for each group of pushes, so that changed rights hold for the next.
class Authority {
 public:
  using FindPerson = std::function<Result<std::optional<Person>>(const Id&)>;
  explicit Authority(FindPerson find) : find_(std::move(find)) {}

  // A sign-in is good when its signature is the person's own over this device, number and time. Nothing: it is good.
  Result<std::optional<Refusal>> check(const Id& device, const sync::Assertion& assertion);

  // An action is allowed when its assertion names its person, every op lies in a scope of device and person, and the
  // person's role may do this kind of op in this collection. Nothing: it is allowed.
  Result<std::optional<Refusal>> check(const sync::Schema& schema, const Device& device, const sync::Action& action,
                                       const sync::Assertion* assertion);

 private:
  Result<const Person*> person(const Id& id);

  FindPerson find_;
  std::map<Id, std::optional<Person>> people_;
};

}  // namespace holdline::hub
