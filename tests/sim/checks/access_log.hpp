// Who may do what, and when that changed: what the hub's administrator decided, as the world remembers it. The checkers
// judge what the hub took and told by this, and the hub's ledger must say the same.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "tests/sim/checks/ledger_history.hpp"
#include "tests/sim/world/setting.hpp"

namespace holdline::sim {

// Of one seat: its workstation, and the person at it.
struct SeatAccess {
  bool revoked = false;
  std::vector<std::string> held;  // scopes that the workstation may hold
  bool disabled = false;
  std::int64_t disabled_ms = 0;  // since when, by the hub's clock
  std::string role;
  std::vector<std::string> writes;  // scopes that the person may write in
  bool operator==(const SeatAccess&) const = default;
};
using Access = std::vector<SeatAccess>;  // by seat

class AccessLog {
 public:
  explicit AccessLog(const Setting& setting);

  const Access& now() const { return moments_.back(); }
  const Access& at_first() const { return moments_.front(); }
  // An administrator decides this now. What becomes of it is known when the ledger was looked at: `decided` when the
  // hub said that it is done, else it may have happened or not.
  void decides(Access next);
  void decided();
  // Throws Violation: the ledger says otherwise than the administrator did.
  void observe(hub::Ledger& ledger);

  // All results that the history has and that were not told before were given while now() held.
  void results_seen(const LedgerHistory& history);
  // What held when the hub gave a workstation's entry of that number.
  const Access& when(const sync::Id& device, std::uint64_t entry) const;
  // The moment that holds, for a copy of the hub's disk; and that such a copy was put back.
  std::size_t mark() const { return moments_.size() - 1; }
  void restored_to(std::size_t moment, const LedgerHistory& history);

  // The person may sign in at the workstation of their seat: something it holds is theirs.
  bool lets_in(std::size_t seat) const;
  std::size_t seat_of(const sync::Id& device) const;
  const SeatAccess& of(const sync::Id& device) const { return now()[seat_of(device)]; }
  // What a replica that was filled for this version of its workstation's grants holds; empty: the hub never had that.
  const std::vector<std::string>& held_for(std::size_t seat, std::uint32_t grants) const;
  // The version that holds now.
  std::uint32_t grants(std::size_t seat) const { return grants_[seat]; }

 private:
  Access read(hub::Ledger& ledger);

  const Setting& setting_;
  std::vector<Access> moments_;
  Access attempted_;                                      // empty: nothing is open
  std::map<sync::Id, std::vector<std::size_t>> results_;  // by entry from 1: the moment it was given in
  std::vector<std::uint32_t> grants_;
  std::map<std::pair<std::size_t, std::uint32_t>, std::vector<std::string>> held_for_;
};

}  // namespace holdline::sim
