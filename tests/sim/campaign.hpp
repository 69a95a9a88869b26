// Many worlds, one seed each, and what they have to show together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/world.hpp"

namespace holdline::sim {

struct CampaignOptions {
  std::uint64_t first_seed = 1, seeds = 100;
  std::int64_t seconds = 0;  // of wall time; 0: as long as it takes
  unsigned jobs = 1;         // worlds at a time
  bool verbose = false;      // every event of every world
  bool complete = false;     // what must happen sometimes has to have happened
};

struct CampaignReport {
  std::uint64_t seeds = 0;
  double seconds = 0;
  Counters counters;
  struct Failure {
    std::uint64_t seed = 0;
    std::string checker, difference, trace;
  };
  std::optional<Failure> failure;  // of the lowest seed that failed
};

CampaignReport run_campaign(const CampaignOptions& options);

// For people, one line and what failed; for programs, JSON.
std::string summary_of(const CampaignReport& report);
std::string json_of(const CampaignReport& report);

}  // namespace holdline::sim
