// A desk that probes in virtual time, round by round with jitter, as the daemons do: what answers is a function of
// time.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "contingency/probes/health.hpp"

namespace holdline::contingency {

// How long an answer takes; nothing: none came, or a wrong one.
using Answers = std::function<std::optional<std::int64_t>(Target, std::int64_t at_ms)>;

class Probing {
 public:
  Probing(std::vector<Target> targets, Answers answers, unsigned seed = 1)
      : targets_(std::move(targets)), answers_(std::move(answers)), random_(seed) {}

  // Calls `told` with every result until `until_ms`, in the order in which they come in. The next round does not wait
  // for an answer that is late.
  void run(std::int64_t until_ms, const std::function<void(const Probe&, std::int64_t)>& told) {
    for (; round_ms_ < until_ms; round_ms_ += next_round_ms(options_, random_()), ++round_) {
      std::vector<std::pair<std::int64_t, Probe>> results;
      for (const Target target : targets_) {
        if (target == Target::hub_write && round_ % options_.rounds_per_write != 0) continue;
        const auto took = answers_(target, round_ms_);
        const bool good = took && *took < options_.timeout_ms;
        results.push_back({round_ms_ + (good ? *took : options_.timeout_ms), {target, good, good ? *took : 0}});
      }
      std::ranges::stable_sort(results, {}, [](const auto& result) { return result.first; });
      for (const auto& [at_ms, probe] : results) told(probe, at_ms);
    }
  }

 private:
  std::vector<Target> targets_;
  Answers answers_;
  std::mt19937_64 random_;
  ProbeOptions options_;
  std::int64_t round_ms_ = 0;
  std::uint64_t round_ = 0;
};

inline constexpr std::int64_t second_ms = 1'000, minute_ms = 60'000, hour_ms = 3'600'000;

}  // namespace holdline::contingency
