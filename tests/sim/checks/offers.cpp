#include "tests/sim/checks/offers.hpp"

#include <algorithm>
#include <vector>

#include "tests/sim/world/trace.hpp"

namespace holdline::sim {

namespace {

ActionPlace place_in(const std::tuple<sync::Id, sync::Id, sync::Lane>& lane, std::uint64_t number) {
  return {std::get<0>(lane), std::get<1>(lane), {std::get<2>(lane), number}};
}

}  // namespace

sync::Action action_of(const Setting& setting, const sync::Maker& maker, const hub::ReadAction& read) {
  if (read.action) return *read.action;
  auto known = sync::read_known(setting.known, maker, read.stored);
  if (!known) throw Violation("what one side sends the other can read", known.error().message);
  return std::move(known->action);
}

void Offers::add(std::span<const hub::IncomingPush> pushes, const LedgerHistory& history, Deeds& deeds,
                 std::int64_t hub_ms) {
  std::vector<const hub::IncomingPush*> in_order;
  for (const hub::IncomingPush& push : pushes) in_order.push_back(&push);
  std::ranges::stable_sort(in_order, {}, [](const auto* push) { return push->actions.front().stored.number; });
  std::map<LaneKey, Tip> tips;  // with what the pushes before brought
  for (const hub::IncomingPush* one : in_order) {
    const hub::IncomingPush& push = *one;
    const LaneKey lane{push.maker.device, push.maker.incarnation, push.lane};
    if (!tips.contains(lane)) tips[lane] = tip_of(lane, history, deeds);
    Tip& tip = tips[lane];
    const std::uint64_t first = push.actions.front().stored.number, last = push.actions.back().stored.number;
    if (first > tip.number + 1 || last <= tip.number) continue;
    const sync::Hash& before =
        first == tip.number + 1 ? push.predecessor : push.actions[tip.number - first].stored.hash;
    if (before != tip.hash) continue;
    for (const hub::ReadAction& read : push.actions) {
      if (read.stored.number <= tip.number) continue;
      const sync::Action action = action_of(setting_, push.maker, read);
      const DeedNo no = deed_of(setting_.schema, action.ops).value();
      const ActionPlace place = place_in(lane, read.stored.number);
      const auto time = sync::correct_time(action.header.made, push.clock, hub_ms);
      offers_.insert_or_assign({place, no}, Offer{push.maker, action, time.ms, read.stored.hash});
      deeds.met(place, no);
      tip = {read.stored.number, read.stored.hash};
    }
    reached_[lane] = std::max(reached_[lane], tip.number);
  }
}

// The history that holds may have less than was offered, and less than it once had.
Offers::Tip Offers::tip_of(const LaneKey& lane, const LedgerHistory& history, const Deeds& deeds) const {
  const auto reached = reached_.find(lane);
  std::uint64_t number = reached == reached_.end() ? 0 : reached->second;
  while (number > 0 && !history.has_result(std::get<0>(lane), std::get<1>(lane), {std::get<2>(lane), number})) --number;
  if (number == 0) return {};
  const ActionPlace place = place_in(lane, number);
  return {number, at(place, deeds.places().at(place)).hash};
}

const Offer& Offers::at(const ActionPlace& place, DeedNo no) const {
  const auto offer = offers_.find({place, no});
  if (offer == offers_.end()) throw Violation("no phantom", token_of(no) + " has a result, but was never offered");
  return offer->second;
}

}  // namespace holdline::sim
