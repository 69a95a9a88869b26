#include "tests/crashlab/campaign.hpp"

#include <chrono>
#include <numeric>
#include <string_view>

#include "tests/crashlab/ledger/lab.hpp"
#include "tests/crashlab/outbox/lab.hpp"
#include "tests/crashlab/replica/lab.hpp"
#include "tests/support/shared_work.hpp"

namespace holdline::crashlab {

namespace {

// How often what is done, out of 1,000 runs: most of them where people's own words are at stake, and the costly ones
// (a ledger has three connections to open) so often that they take about as much time together.
using Weights = std::array<std::uint32_t, fault_count>;  // by Fault
constexpr std::array<Weights, store_count> weights{{
    {480, 40, 160, 20, 25, 60, 15, 20, 20},  // outbox
    {45, 5, 6, 2, 6, 14, 4, 6, 4},           // replica
    {30, 4, 12, 2, 4, 10, 2, 2, 2},          // ledger
}};
constexpr std::array<std::unique_ptr<Lab> (*)(), store_count> makers{make_outbox_lab, make_replica_lab,
                                                                     make_ledger_lab};

}  // namespace

Outcome Labs::run(const Plan& plan, std::uint64_t seed, const Tell& tell) {
  const auto store = static_cast<std::size_t>(plan.store);
  auto& lab = labs_[store];
  try {
    if (!lab) {
      support::choose_log_salts(store);  // a prepared disk is the same one, whichever run needs it first
      lab = makers[store]();
    }
    support::choose_log_salts(seed);
    return lab->run(plan.fault, seed, tell);
  } catch (const Broken& broken) {
    lab.reset();  // with whatever it left open
    return {broken.verdict(), broken.what(), 0, {}};
  } catch (const std::exception& error) {
    lab.reset();
    return {Verdict::lost, std::string("an exception escaped: ") + error.what(), 0, {}};
  }
}

Plan plan_of(std::uint64_t seed) {
  std::uint32_t all = 0;
  for (const Weights& of_store : weights) all = std::accumulate(of_store.begin(), of_store.end(), all);
  std::uint32_t drawn = Random(seed ^ 0x706c'616e).below(all);
  for (std::size_t store = 0; store < store_count; ++store)
    for (std::size_t fault = 0; fault < fault_count; ++fault) {
      if (drawn < weights[store][fault]) return {static_cast<Store>(store), static_cast<Fault>(fault)};
      drawn -= weights[store][fault];
    }
  return {};
}

Report run_campaign(const CampaignOptions& options) {
  const double cpu_before = support::cpu_seconds_with_workers();
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  const auto wanted = [&](const Plan& plan) {
    return plan.store == options.store.value_or(plan.store) && plan.fault == options.fault.value_or(plan.fault);
  };
  Labs labs;  // each worker's own: they are made when they are needed
  Report report;
  support::SharedWork shared;
  shared.work = [&](std::uint64_t n) -> std::optional<std::string> {
    const bool over = options.seconds > 0 && seconds() > static_cast<double>(options.seconds);
    if (over || (options.runs != 0 && n >= options.runs)) return std::nullopt;
    const std::uint64_t seed = options.first_seed + n;
    const Plan plan = plan_of(seed);
    return wanted(plan) ? line_of(labs.run(plan, seed, [](const std::string&) {})) : std::string();
  };
  shared.done = [&](std::uint64_t n, std::string_view line) {
    const std::uint64_t seed = options.first_seed + n;
    if (!line.empty()) report.add(seed, plan_of(seed), outcome_of(line));
    return true;
  };
  shared.died = [&](std::uint64_t n, const std::string& how) {
    const std::uint64_t seed = options.first_seed + n;
    report.add(seed, plan_of(seed), {Verdict::lost, "its process ended: " + how, 0, {}});
  };
  support::share_work(options.jobs, shared);
  report.seconds = seconds();
  report.cpu_seconds = support::cpu_seconds_with_workers() - cpu_before;
  return report;
}

Report replay(std::uint64_t seed, const Tell& tell) {
  const Plan plan = plan_of(seed);
  tell(std::string(name_of(plan.store)) + ", " + std::string(name_of(plan.fault)));
  Labs labs;
  Report report;
  report.add(seed, plan, labs.run(plan, seed, tell));
  return report;
}

}  // namespace holdline::crashlab
