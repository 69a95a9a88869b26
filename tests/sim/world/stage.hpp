// What every part of one world shares.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "tests/sim/checks/access_log.hpp"
#include "tests/sim/checks/ledger_history.hpp"
#include "tests/sim/checks/ledger_model.hpp"
#include "tests/sim/people/deeds.hpp"
#include "tests/sim/world/knobs.hpp"
#include "tests/sim/world/setting.hpp"
#include "tests/sim/world/timeline.hpp"
#include "tests/sim/world/trace.hpp"

namespace holdline::sim {

struct Stage {
  Stage(const Setting& fixed, const Knobs& turned, bool verbose)
      : setting(fixed),
        knobs(turned),
        trace(timeline, verbose),
        history(fixed, turned.cuts_in_parts()),
        access(fixed),
        model(fixed) {}

  void count(std::string_view what) { ++counters[std::string(what)]; }
  // The history that holds has a result of it.
  bool hub_has(DeedNo no) const {
    return std::ranges::any_of(deeds.places(), [&](const auto& place) {
      return place.second == no && history.has_result(place.first.device, place.first.incarnation, place.first.ref);
    });
  }

  const Setting& setting;
  const Knobs knobs;
  Timeline timeline;
  Trace trace;
  Counters counters;
  LedgerHistory history;
  AccessLog access;
  LedgerModel model;
  Deeds deeds;
};

// SQLite knows disks by name, one world has many, and a process plays many worlds.
inline std::string new_disk_name() {
  static std::uint64_t made = 0;
  return "sim-disk-" + std::to_string(++made);
}

}  // namespace holdline::sim
