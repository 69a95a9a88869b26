// What came to the hub, as it came: the ground on which the checkers judge what it did with it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "hub/intake.hpp"
#include "tests/sim/deeds.hpp"
#include "tests/sim/ledger_history.hpp"

namespace holdline::sim {

struct Offer {
  sync::Maker maker;
  sync::Action action;
  std::int64_t corrected_ms = 0;
};

class Offers {
 public:
  explicit Offers(const Setting& setting) : setting_(setting) {}

  // These are about to be taken by a hub whose clock says `hub_ms`. What has no result yet may get one now.
  void add(std::span<const hub::IncomingPush> pushes, const LedgerHistory& history, std::int64_t hub_ms);
  // Throws Violation: the deed was never offered there.
  const Offer& at(const ActionPlace& place, DeedNo no) const;

 private:
  const Setting& setting_;
  std::map<std::pair<ActionPlace, DeedNo>, Offer> offers_;
};

}  // namespace holdline::sim
