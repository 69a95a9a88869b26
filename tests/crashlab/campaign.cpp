#include "tests/crashlab/campaign.hpp"

#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <numeric>
#include <thread>

#include "tests/crashlab/ledger_lab.hpp"
#include "tests/crashlab/outbox_lab.hpp"
#include "tests/crashlab/replica_lab.hpp"

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

class Campaign {
 public:
  explicit Campaign(const CampaignOptions& options) : options_(options), next_(options.first_seed) {}

  Report run() {
    const std::clock_t cpu = std::clock();
    std::vector<std::thread> others;
    for (unsigned i = 1; i < options_.jobs; ++i) others.emplace_back([this] { work(); });
    work();
    for (std::thread& other : others) other.join();
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    report_.cpu_seconds = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    return std::move(report_);
  }

 private:
  void work() {
    Labs labs;
    Report own;
    const Tell nobody = [](const std::string&) {};
    while (!time_is_over()) {
      const std::uint64_t seed = next_++;
      if (options_.runs != 0 && seed >= options_.first_seed + options_.runs) break;
      const Plan plan = plan_of(seed);
      if (plan.store != options_.store.value_or(plan.store) || plan.fault != options_.fault.value_or(plan.fault))
        continue;
      own.add(seed, plan, labs.run(plan, seed, nobody));
    }
    const std::lock_guard lock(mutex_);
    report_.add(own);
  }

  bool time_is_over() const {
    return options_.seconds > 0 && std::chrono::steady_clock::now() - began_ > std::chrono::seconds(options_.seconds);
  }

  const CampaignOptions options_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> next_;
  std::mutex mutex_;
  Report report_;
};

}  // namespace

Outcome Labs::run(const Plan& plan, std::uint64_t seed, const Tell& tell) {
  const auto store = static_cast<std::size_t>(plan.store);
  auto& lab = labs_[store];
  try {
    if (!lab) lab = makers[store]();
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

Report run_campaign(const CampaignOptions& options) { return Campaign(options).run(); }

Report replay(std::uint64_t seed, const Tell& tell) {
  const Plan plan = plan_of(seed);
  tell(std::string(name_of(plan.store)) + ", " + std::string(name_of(plan.fault)));
  Labs labs;
  Report report;
  report.add(seed, plan, labs.run(plan, seed, tell));
  return report;
}

}  // namespace holdline::crashlab
