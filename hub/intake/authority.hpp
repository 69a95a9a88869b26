// Whether an action may take effect, checked when it is applied: its sign-in, its workstation, and its person's rights
// by the table both sides have (sync/action/rights.hpp).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "hub/ledger/ledger.hpp"
#include "sync/action/action.hpp"
#include "sync/action/rights.hpp"

namespace holdline::hub {

using sync::Refusal;

// The refusal that settles itself when the person becomes known: what it is about is kept until then, as waiting.
inline constexpr std::string_view unknown_person = "unknown-person";

// What is found about an action.
struct Judgement {
  std::optional<Refusal> refusal;  // nothing: it is allowed
  std::uint8_t marks = 0;          // ActionMark, of an allowed one
};

// One thread. Remembers whom it looked up: make one for each group of pushes, so that changed rights hold for the next.
class Authority {
 public:
  using FindPerson = std::function<Result<std::optional<Person>>(const Id&)>;
  // `sign_in_ms`: how old a sign-in may become before its actions are marked; workstations ask to sign in again at the
  // same age. 0: any. `site_key`: of the short codes by which incidents are declared.
  explicit Authority(FindPerson find, std::int64_t sign_in_ms = 0, std::string site_key = {})
      : find_(std::move(find)), sign_in_ms_(sign_in_ms), site_key_(std::move(site_key)) {}

  // A sign-in is good when its signature is the person's own, by the present key or an earlier one, over this device,
  // number and time. Nothing: it is good.
  Result<std::optional<Refusal>> check(const Id& device, const sync::Assertion& assertion);

  // An action is allowed when its assertion names its person, who was not disabled when it was made, every op lies in a
  // scope of device and person, the person's role may do this kind of op in this collection, and the device may hold
  // the fields it changes. `made_ms`: when, by the hub's clock; when it arrived is no matter. A sign-in's age only
  // marks what was done by it: the person was told that it is saved. What was declared by a short code was.
  Result<Judgement> check(const sync::Schema& schema, const Device& device, const sync::Action& action,
                          const sync::Assertion* assertion, std::int64_t made_ms);

  // Whether somebody is known by now.
  Result<bool> knows(const Id& id);

  // The sign-in name; empty for whom nobody knows.
  Result<std::string> name_of(const Id& id);

  // Whether the person may decide about a held action, their own or somebody else's (sync::may_decide).
  Result<bool> may_decide(const Id& person, bool own, std::span<const sync::Op> ops);

 private:
  Result<const Person*> person(const Id& id);

  FindPerson find_;
  std::int64_t sign_in_ms_;
  std::string site_key_;
  std::map<Id, std::optional<Person>> people_;
};

}  // namespace holdline::hub
