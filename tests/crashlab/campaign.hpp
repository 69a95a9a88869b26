// Many experiments, one seed each.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "tests/crashlab/report.hpp"

namespace holdline::crashlab {

struct CampaignOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t runs = 0;    // 0: as many as there is time for
  std::int64_t seconds = 0;  // of wall time; 0: as long as the runs take
  unsigned jobs = 1;
  std::optional<Store> store;  // these alone; the seeds of others are passed over
  std::optional<Fault> fault;
};

Plan plan_of(std::uint64_t seed);

// One laboratory for each store, made when it is first needed. What goes wrong in an experiment is part of its outcome.
class Labs {
 public:
  Outcome run(const Plan& plan, std::uint64_t seed, const Tell& tell);

 private:
  std::array<std::unique_ptr<Lab>, store_count> labs_;
};

// Every run in one of `jobs` processes, and as if it were alone. The caller has no other threads. Throws
// std::system_error when there is no process to be had.
Report run_campaign(const CampaignOptions& options);
// One seed, telling every step.
Report replay(std::uint64_t seed, const Tell& tell);

}  // namespace holdline::crashlab
