// What an administrator of the hub does there: the calls behind `holdline-hub person` and `holdline-hub device`.
#include "hub/people/devices.hpp"
#include "hub/people/people.hpp"
#include "tests/sim/world/hub_node.hpp"

namespace holdline::sim {

namespace {

template <class T>
Result<void> done(Result<T> result) {
  if (!result) return fail(std::move(result));
  return {};
}

}  // namespace

bool HubNode::administer(std::size_t seat, const SeatAccess& wanted) {
  const std::string name = name_of_person(seat), device = stage_.setting.devices[seat].id.text();
  const auto changed = [&](auto member, const Decision& call) {
    if (!is_up()) return false;
    Access next = stage_.access.now();
    if (next[seat].*member == wanted.*member) return true;
    next[seat].*member = wanted.*member;
    next[seat].disabled_ms = !next[seat].disabled                 ? 0
                             : stage_.access.now()[seat].disabled ? next[seat].disabled_ms
                                                                  : clock_.now().wall_ms;
    return decide(std::move(next), call);
  };
  return changed(&SeatAccess::disabled,
                 [&](hub::Ledger& ledger) {
                   return wanted.disabled ? done(hub::disable_person(ledger, name, clock_.now().wall_ms))
                                          : done(hub::enable_person(ledger, name));
                 }) &&
         changed(&SeatAccess::role,
                 [&](hub::Ledger& ledger) { return done(hub::change_role(ledger, name, wanted.role)); }) &&
         changed(&SeatAccess::writes,
                 [&](hub::Ledger& ledger) { return done(hub::change_scopes(ledger, name, wanted.writes)); }) &&
         changed(&SeatAccess::revoked,
                 [&](hub::Ledger& ledger) {
                   const auto state = wanted.revoked ? hub::DeviceState::revoked : hub::DeviceState::active;
                   return done(hub::set_device_state(ledger, device, state));
                 }) &&
         changed(&SeatAccess::held, [&](hub::Ledger& ledger) {
           return done(hub::change_device_scopes(ledger, device, wanted.held, std::nullopt));
         });
}

// One change. Those who wait are looked at when it is done, as after every other turn of the ledger's thread.
bool HubNode::decide(Access next, const Decision& call) {
  observe();  // what had its turn was judged by what held until now
  stage_.access.decides(std::move(next));
  const auto changed = call(ledger());
  if (changed) stage_.access.decided();
  if (changed && !disk_.power_is_off()) {
    observe_access();
    committed();
  }
  if (!changed) {
    stage_.trace.line("hub", "an administrator's change failed: " + changed.error().code);
    needs_restart_ = true;
  }
  survive();
  return changed.has_value();
}

}  // namespace holdline::sim
