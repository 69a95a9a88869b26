// The tunables of one world. Most have their production values; some are turned far down, so that what needs thousands
// of records on a real hub happens in a world of a few dozen: cuts and cuts and results in parts, snapshots of many
// chunks, uploads that wait for credit, snapshots that are dropped while somebody fetches them.
#pragma once

#include "hub/snapshots.hpp"
#include "hub/sync_service.hpp"
#include "sync/session.hpp"
#include "tests/sim/chance.hpp"

namespace holdline::sim {

struct Knobs {
  hub::ServiceLimits service;
  hub::SnapshotLimits snapshots;
  sync::Session::Options session;

  static Knobs turned(Chance chance);
  // A replica may stand between two heads of the ledger.
  bool cuts_in_parts() const { return service.records_per_cut < sync::limits::records_per_cut; }
};

}  // namespace holdline::sim
