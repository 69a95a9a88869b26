// How the road to the hub is watched, by the settings.
#pragma once

#include <chrono>

namespace holdline::agent {

struct LinkConfig {
  std::chrono::milliseconds every{5'000};  // between two rounds of probes, 1 s to 1 min, with jitter
  bool gateway = true;                     // probe the gateway of this computer as well: is it my network?
};

}  // namespace holdline::agent
