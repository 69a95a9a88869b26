// The tunables of one world. Most have their production values; some are turned far down, so that what needs thousands
// of records on a real hub happens in a world of a few dozen: cuts and results in parts, snapshots of many chunks,
// chunks in parts, uploads that wait for credit, snapshots that are dropped while somebody fetches them, page caches
// that do not hold the ledger, outboxes that let go of what was accepted a minute ago.
#pragma once

#include "agent/engine/engine.hpp"
#include "agent/outbox/outbox.hpp"
#include "hub/feed/snapshots.hpp"
#include "hub/feed/sync_service.hpp"
#include "hub/ledger/sqlite/ledger.hpp"
#include "sync/session/session.hpp"
#include "tests/sim/world/chance.hpp"

namespace holdline::sim {

struct Knobs {
  hub::ServiceLimits service;
  hub::SnapshotLimits snapshots;
  hub::SqliteLedgerOptions ledger;  // but for file and disk
  sync::Session::Options session;
  agent::LineLimits line;
  struct LettingGo {
    std::uint64_t keep_bytes = agent::Outbox::Options().keep_bytes;
    std::int64_t keep_ms = agent::Outbox::Options().keep_ms;
    std::int64_t prune_every_ms = 3'600'000;  // as OutboxWorkerOptions has it
    bool is_soon = false;                     // within the hour that a world lasts
  };
  LettingGo outbox;

  static Knobs turned(Chance chance);
  // A replica may stand between two heads of the ledger.
  bool cuts_in_parts() const { return service.records_per_cut < sync::limits::records_per_cut; }
};

}  // namespace holdline::sim
