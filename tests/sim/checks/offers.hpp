// What came to the hub, as it came: the ground on which the checkers judge what it did with it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "hub/intake/intake.hpp"
#include "tests/sim/checks/ledger_history.hpp"
#include "tests/sim/people/deeds.hpp"

namespace holdline::sim {

struct Offer {
  sync::Maker maker;
  sync::Action action;
  std::int64_t corrected_ms = 0;
  sync::Hash hash;  // of the chain
};

// As somebody reads it who knows every version of the schema.
sync::Action action_of(const Setting& setting, const sync::Maker& maker, const hub::ReadAction& read);

class Offers {
 public:
  explicit Offers(const Setting& setting) : setting_(setting) {}

  // These are about to be taken by a hub whose clock says `hub_ms`, in the order of their numbers, whatever the order
  // they came in. Each place is met by what continues its lane there: not by a copy, not by what follows a gap, and not
  // by another chain.
  void add(std::span<const hub::IncomingPush> pushes, const LedgerHistory& history, Deeds& deeds, std::int64_t hub_ms);
  // Throws Violation: the deed was never offered there.
  const Offer& at(const ActionPlace& place, DeedNo no) const;

 private:
  using LaneKey = std::tuple<sync::Id, sync::Id, sync::Lane>;  // device, incarnation
  struct Tip {
    std::uint64_t number = 0;
    sync::Hash hash;
  };

  Tip tip_of(const LaneKey& lane, const LedgerHistory& history, const Deeds& deeds) const;

  const Setting& setting_;
  std::map<std::pair<ActionPlace, DeedNo>, Offer> offers_;
  std::map<LaneKey, std::uint64_t> reached_;  // the last number that may have been taken
};

}  // namespace holdline::sim
