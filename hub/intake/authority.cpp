#include "hub/intake/authority.hpp"

#include <algorithm>
#include <array>

#include "platform/crypto/signing.hpp"

namespace holdline::hub {

namespace {

struct Right {
  std::string_view role, collection;
  bool create, edit, erase_row;
};

// First match wins; "*" is any. What is not listed is refused.
constexpr std::array rights = {
    Right{"agent", "conflict", false, false, false}, Right{"agent", "suppression", true, true, false},
    Right{"agent", "*", true, true, true},           Right{"supervisor", "conflict", false, true, false},
    Right{"supervisor", "*", true, true, true},
};

bool allowed(std::string_view role, std::string_view collection, sync::OpKind kind) {
  for (const Right& right : rights) {
    if (right.role != role || (right.collection != "*" && right.collection != collection)) continue;
    switch (kind) {
      case sync::OpKind::create:
        return right.create;
      case sync::OpKind::edit:
        return right.edit;
      case sync::OpKind::erase_row:
        return right.erase_row;
    }
  }
  return false;
}

bool within(std::string_view scope, const std::vector<std::string>& scopes) {
  return std::ranges::any_of(scopes, [&](const std::string& granted) { return scope == granted; });
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

Result<std::optional<Refusal>> Authority::check(const Id& device, const sync::Assertion& assertion) {
  HOLDLINE_ASSIGN(const Person* who, person(assertion.person));
  if (!who) return Refusal{"unknown-person", "The person who signed in is not known to the hub."};
  if (!platform::verify(who->public_key, sync::assertion_text(device, assertion), assertion.signature))
    return Refusal{"bad-sign-in",
                   "The sign-in does not carry the person's signature. Sign in again on that workstation."};
  return std::nullopt;
}

Result<std::optional<Refusal>> Authority::check(const sync::Schema& schema, const Device& device,
                                                const sync::Action& action, const sync::Assertion* assertion) {
  if (device.state != DeviceState::active)
    return Refusal{"device-revoked", "This workstation may no longer send entries."};
  if (!assertion || assertion->person != action.header.person)
    return Refusal{"no-sign-in",
                   "The action names a sign-in that the hub has not seen for this person and workstation."};
  HOLDLINE_ASSIGN(const Person* who, person(action.header.person));
  if (!who) return Refusal{"unknown-person", "The person who did this is not known to the hub."};
  for (const sync::Op& op : action.ops) {
    if (!within(op.scope, device.scopes))
      return Refusal{"scope-refused", "The workstation may not write in this scope. Ask who manages its scopes."};
    if (!within(op.scope, who->scopes))
      return Refusal{"scope-refused", "The person may not write in this scope. Ask who manages their rights."};
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (!collection || !allowed(who->role, collection->name, op.kind))
      return Refusal{"role-refused", "The person's role does not allow this. A supervisor can decide it."};
  }
  return std::nullopt;
}

}  // namespace holdline::hub
