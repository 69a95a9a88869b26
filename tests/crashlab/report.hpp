// What a campaign adds up to.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

// What a seed stands for.
struct Plan {
  Store store = Store::outbox;
  Fault fault = Fault::power_cut;
  auto operator<=>(const Plan&) const = default;
};

struct Failure {
  std::uint64_t seed = 0;
  Plan plan;
  Outcome outcome;
};

struct Tally {
  std::uint64_t runs = 0, acked_checked = 0;
  std::array<std::uint64_t, 5> verdicts{};    // by Verdict
  std::map<std::string, std::uint64_t> told;  // how damage was told
  Tally& operator+=(const Tally& other);
  std::uint64_t count(Verdict verdict) const { return verdicts[static_cast<std::size_t>(verdict)]; }
};

struct Report {
  std::map<Plan, Tally> tallies;
  Injected injected;
  std::vector<Failure> failures;  // the lowest seeds, a few
  double seconds = 0, cpu_seconds = 0;

  void add(std::uint64_t seed, const Plan& plan, const Outcome& outcome);
  Tally total() const;
  bool failed() const { return !failures.empty(); }
};

// What a worker tells of a run, in one line.
std::string line_of(const Outcome& outcome);
Outcome outcome_of(std::string_view line);

// A table for people; one line of JSON for programs. Both name what to do to repeat a failure.
std::string table_of(const Report& report);
std::string json_of(const Report& report);
std::string text_of(const Failure& failure);

}  // namespace holdline::crashlab
