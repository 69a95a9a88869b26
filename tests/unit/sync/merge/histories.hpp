// Runs every order of arrival of a small history (3 devices, at most 2 ops each, each device's own order kept) and
// checks at every step the laws of sync/merge/LAWS.md that speak of one step. Orders that reach the same state share
// what follows, so the number of orders covered is far above the number of merges done.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/sync/merge/rules.hpp"

namespace holdline::sync::merge_world {

inline constexpr std::size_t devices = 3;

using History = std::array<Script, devices>;

struct Counts {
  std::size_t histories = 0, merges = 0;
  double orders = 0;
};

// Every state that some order of arrival ends in. Checks laws 1 to 3 at every step.
inline std::vector<State> explore(const State& initial, const History& history, Counts& counts) {
  std::map<std::array<std::size_t, devices>, std::pair<std::vector<State>, double>> reached;
  reached[{}] = {{initial}, 1};
  std::vector<State> ends;
  for (auto at = reached.begin(); at != reached.end(); ++at) {  // ascending: every predecessor comes before
    const auto& [done, here] = *at;
    bool complete = true;
    for (std::size_t device = 0; device < devices; ++device) {
      if (done[device] == history[device].size()) continue;
      complete = false;
      const Step& step = history[device][done[device]];
      if (done[step.needs_device] < step.needs_count) continue;
      auto then = done;
      ++then[device];
      auto& [states, orders] = reached[then];
      orders += here.second;
      for (const State& before : here.first) {
        const StoredRecord* stored = before.stored ? &*before.stored : nullptr;
        MergeOutcome outcome = apply(stored, step.arrived);
        ++counts.merges;
        // A function without hidden inputs shows that on any step, so every eighth pays for a second call.
        if (counts.merges % 8 == 0) {
          EXPECT_EQ(outcome, apply(stored, step.arrived)) << "law 1";
        }
        EXPECT_TRUE(nothing_vanished(before, step, outcome)) << "law 2";
        EXPECT_TRUE(idempotent(step, outcome)) << "law 3";
        State after{std::nullopt, before.asked};
        for (const LosingValue& losing : outcome.losing_values)
          after.asked += losing.about_deletion && losing.state == LosingState::open;
        if (stored != nullptr || outcome.created) after.stored = std::move(outcome.next);
        if (after.stored) after.stored->meta.last_device = {};
        if (std::find(states.begin(), states.end(), after) == states.end()) states.push_back(std::move(after));
      }
    }
    if (complete) {
      ends = here.first;
      counts.orders += here.second;
    }
  }
  ++counts.histories;
  return ends;
}

}  // namespace holdline::sync::merge_world
