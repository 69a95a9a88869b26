#include "hub/plan/plan_probes.hpp"

#include <algorithm>

namespace holdline::hub {

PlanProbes probes_of_plan(std::string_view text) {
  const platform::ConfigSource source{"plan", std::string(text)};
  platform::ConfigReader reader({&source, 1});
  PlanProbes read;
  read.probes = platform::read_probes(reader, {{"crm", "identity", "telephony"}, true});
  read.problems = reader.finish("probes");
  return read;
}

std::vector<platform::ProbeSettings> with_probes_of_plan(std::vector<platform::ProbeSettings> own,
                                                         std::vector<platform::ProbeSettings> of_plan) {
  for (platform::ProbeSettings& probe : of_plan)
    if (std::ranges::find(own, probe.name, &platform::ProbeSettings::name) == own.end())
      own.push_back(std::move(probe));
  return own;
}

}  // namespace holdline::hub
