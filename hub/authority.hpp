// Who may do what: one table of role × collection, checked again for every action when it is applied.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "hub/ledger.hpp"
#include "sync/action.hpp"

namespace holdline::hub {

struct Refusal {
  std::string code;
  std::string text;
};

// Everything a verdict needs, as values.
class Authority {
 public:
  explicit Authority(std::map<Id, Person> people) : people_(std::move(people)) {}

  // A sign-in is good when its signature is the person's own over this device, number and time.
  std::optional<Refusal> check(const Id& device, const sync::Assertion& assertion) const;

  // An action is allowed when its assertion names its person, every op lies in a scope of device and person, and the
  // person's role may do this kind of op in this collection.
  std::optional<Refusal> check(const sync::Schema& schema, const Device& device, const sync::Action& action,
                               const sync::Assertion* assertion) const;

 private:
  std::map<Id, Person> people_;
};

}  // namespace holdline::hub
