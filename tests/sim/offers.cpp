#include "tests/sim/offers.hpp"

#include <set>

#include "tests/sim/trace.hpp"

namespace holdline::sim {

void Offers::add(std::span<const hub::IncomingPush> pushes, const LedgerHistory& history, std::int64_t hub_ms) {
  std::set<std::pair<ActionPlace, DeedNo>> in_group;  // of the same action in one group the first is taken
  for (const hub::IncomingPush& push : pushes)
    for (const hub::ReadAction& read : push.actions) {
      if (!read.action) continue;
      const auto no = deed_of(setting_.schema, read.action->ops);
      const ActionPlace place{push.maker.device, push.maker.incarnation, {push.lane, read.stored.number}};
      if (!no || history.has_result(place.device, place.incarnation, place.ref)) continue;
      if (!in_group.emplace(place, *no).second) continue;
      const auto time = sync::correct_time(read.action->header.made, push.clock, hub_ms);
      offers_.insert_or_assign({place, *no}, Offer{push.maker, *read.action, time.ms});
    }
}

const Offer& Offers::at(const ActionPlace& place, DeedNo no) const {
  const auto offer = offers_.find({place, no});
  if (offer == offers_.end()) throw Violation("no phantom", token_of(no) + " has a result, but was never offered");
  return offer->second;
}

}  // namespace holdline::sim
