// Many worlds, one seed each, and what they have to show together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/play.hpp"

namespace holdline::sim {

struct CampaignOptions {
  std::uint64_t first_seed = 1, seeds = 100;
  std::int64_t seconds = 0;  // of wall time; 0: as long as it takes
  unsigned jobs = 1;         // worlds at a time
  bool complete = false;     // what must happen sometimes has to have happened
};

// What a worker tells of a world, and the line it tells it in.
struct PlayedWorld {
  bool twice = false;
  Counters counters;
  std::optional<Failure> failure;
};
std::string line_of(const PlayedWorld& world);
PlayedWorld world_of(std::string_view line);

// The checker of a failure that ended the process it was played in.
inline constexpr std::string_view no_crash = "no world ends its process";

struct CampaignReport {
  std::uint64_t seeds = 0, played_twice = 0;
  double cpu_seconds = 0;
  Counters counters;
  std::optional<std::uint64_t> failed_seed;  // when a world failed
  std::optional<Failure> failure;

  void add(std::uint64_t seed, PlayedWorld world);
};

// Plays every world as if it were alone, in one of `jobs` processes, and one in fifty twice, the second time from its
// tape: a failure can only be looked into when it can be repeated. Ends at the first failure. The caller has no other
// threads. Throws std::system_error when there is no process to be had.
CampaignReport run_campaign(const Setting& setting, const CampaignOptions& options);

// A failure that was made as short as it could be.
struct ShrunkFailure {
  Tape tape;
  Failure failure;
  std::uint64_t worlds = 0;               // played on the way
  std::uint64_t actions = 0, faults = 0;  // that are left
};
// Shortens what `tape` fails at for at most so long; `tape` must fail.
ShrunkFailure shrink_failure(const Setting& setting, const Tape& tape, std::int64_t seconds);

std::uint64_t counter(const Counters& counters, std::string_view name);
// By kind.
std::vector<std::pair<std::string, std::uint64_t>> faults_of(const Counters& counters);

// For people, one line; for programs, one line of JSON.
std::string summary_of(const CampaignReport& report);
std::string json_of(const CampaignReport& report);

}  // namespace holdline::sim
