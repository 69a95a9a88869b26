// Several probes may stand for one system, such as two pages of a CRM: it is well while all of them are. A value.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "contingency/probes/health.hpp"

namespace holdline::contingency {

class JoinedProbes {
 public:
  // What this result of the probe `name` says of its system; nothing: it is good, and another one of it is not.
  std::optional<Probe> take(const std::string& name, const Probe& probe) {
    auto& good = good_[static_cast<std::size_t>(probe.target)];
    good[name] = probe.good;
    const bool all_good = std::ranges::all_of(good, [](const auto& one) { return one.second; });
    if (probe.good && !all_good) return std::nullopt;
    return probe;
  }

 private:
  std::array<std::map<std::string, bool>, target_count> good_;
};

}  // namespace holdline::contingency
