#include "hub/intake/authority.hpp"

#include <algorithm>

#include "hub/contingency/station_tells.hpp"
#include "hub/contingency/typed_code.hpp"
#include "platform/crypto/signing.hpp"

namespace holdline::hub {

namespace {

Refusal nobody() {
  return {
      std::string(unknown_person),
      "The hub does not know this person (any more). Nothing is lost: it waits until an operator recalls the person "
      "(holdline-hub person recall)."};
}

}  // namespace

Result<const Person*> Authority::person(const Id& id) {
  auto known = people_.find(id);
  if (known == people_.end()) {
    HOLDLINE_ASSIGN(auto found, find_(id));
    known = people_.emplace(id, std::move(found)).first;
  }
  return known->second ? &*known->second : nullptr;
}

Result<bool> Authority::knows(const Id& id) {
  HOLDLINE_ASSIGN(const Person* who, person(id));
  return who != nullptr;
}

Result<std::string> Authority::name_of(const Id& id) {
  HOLDLINE_ASSIGN(const Person* who, person(id));
  return who != nullptr ? who->name : std::string();
}

Result<std::optional<Refusal>> Authority::check(const Id& device, const sync::Assertion& assertion) {
  HOLDLINE_ASSIGN(const Person* who, person(assertion.person));
  if (!who) return nobody();
  const sync::Bytes text = sync::assertion_text(device, assertion);
  const auto signed_by = [&](const sync::Bytes& key) { return platform::verify(key, text, assertion.signature); };
  if (!signed_by(who->public_key) && std::ranges::none_of(who->former_keys, signed_by))
    return Refusal{"bad-sign-in",
                   "The sign-in does not carry the person's signature. Sign in again on that workstation."};
  return std::nullopt;
}

Result<Judgement> Authority::check(const sync::Schema& schema, const Device& device, const sync::Action& action,
                                   const sync::Assertion* assertion, std::int64_t made_ms) {
  const auto refused = [](std::string code, std::string text) {
    return Judgement{Refusal{std::move(code), std::move(text)}};
  };
  if (device.state != DeviceState::active)
    return refused("device-revoked", "This workstation may no longer send entries.");
  if (action.header.person == device.id) return Judgement{refuse_station(schema, device, action.ops)};
  HOLDLINE_ASSIGN(const Person* who, person(action.header.person));
  if (!who) return Judgement{nobody()};
  if (!assertion || assertion->person != action.header.person)
    return refused("no-sign-in",
                   "The action names a sign-in that the hub has not seen for this person and workstation.");
  Judgement judgement;
  if (who->state == PersonState::disabled) {
    if (made_ms >= who->disabled_ms)
      return refused("person-disabled",
                     "This was made after the person was disabled. A supervisor can enter it again.");
    judgement.marks |= made_before_disabling;
  }
  // Both by the workstation's clock; correcting moves both alike.
  if (sign_in_ms_ != 0 && action.header.made.wall_ms - assertion->at_ms > sign_in_ms_)
    judgement.marks |= sign_in_too_old;
  judgement.refusal = sync::refuse_elsewhere(device.scopes, action.ops);
  if (!judgement.refusal) judgement.refusal = sync::refuse(schema, {who->role, who->scopes}, action.ops);
  if (!judgement.refusal) judgement.refusal = refuse_typed_codes(schema, site_key_, action.ops, made_ms);
  if (judgement.refusal) return judgement;
  if (const auto fields = sync::fields_elsewhere(schema, device.profile, action.ops); !fields.empty())
    return refused("field-refused",
                   "The field " + fields.front()->label + " is not for this workstation. Ask who manages its profile.");
  return judgement;
}

Result<bool> Authority::may_decide(const Id& id, bool own, std::span<const sync::Op> ops) {
  HOLDLINE_ASSIGN(const Person* who, person(id));
  return who && sync::may_decide({who->role, who->scopes}, own, ops);
}

}  // namespace holdline::hub
