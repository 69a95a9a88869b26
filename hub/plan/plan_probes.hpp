// What the plan has the hub probe, in the words of hub.toml: [[probes]] tables with the same keys. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "platform/probe/settings.hpp"

namespace holdline::hub {

struct PlanProbes {
  std::vector<platform::ProbeSettings> probes;
  std::vector<platform::ConfigProblem> problems;
};
PlanProbes probes_of_plan(std::string_view text);

// All that the hub probes. Of two of one name that of its own settings stays.
std::vector<platform::ProbeSettings> with_probes_of_plan(std::vector<platform::ProbeSettings> own,
                                                         std::vector<platform::ProbeSettings> of_plan);

}  // namespace holdline::hub
