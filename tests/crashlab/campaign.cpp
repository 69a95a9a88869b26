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
struct Share {
  Plan plan;
  std::uint32_t weight;
};
constexpr std::array shares{
    Share{{Store::outbox, Fault::power_cut}, 480},   Share{{Store::outbox, Fault::kill}, 40},
    Share{{Store::outbox, Fault::failed_sync}, 160}, Share{{Store::outbox, Fault::read_only}, 20},
    Share{{Store::outbox, Fault::read_error}, 25},   Share{{Store::outbox, Fault::bit_flip}, 60},
    Share{{Store::outbox, Fault::misdirected}, 15},  Share{{Store::outbox, Fault::stale_page}, 20},
    Share{{Store::outbox, Fault::swapped_file}, 20}, Share{{Store::replica, Fault::power_cut}, 45},
    Share{{Store::replica, Fault::kill}, 5},         Share{{Store::replica, Fault::failed_sync}, 6},
    Share{{Store::replica, Fault::read_only}, 2},    Share{{Store::replica, Fault::read_error}, 6},
    Share{{Store::replica, Fault::bit_flip}, 14},    Share{{Store::replica, Fault::misdirected}, 4},
    Share{{Store::replica, Fault::stale_page}, 6},   Share{{Store::replica, Fault::swapped_file}, 4},
    Share{{Store::ledger, Fault::power_cut}, 30},    Share{{Store::ledger, Fault::kill}, 4},
    Share{{Store::ledger, Fault::failed_sync}, 12},  Share{{Store::ledger, Fault::read_only}, 2},
    Share{{Store::ledger, Fault::read_error}, 4},    Share{{Store::ledger, Fault::bit_flip}, 10},
    Share{{Store::ledger, Fault::misdirected}, 2},   Share{{Store::ledger, Fault::stale_page}, 2},
    Share{{Store::ledger, Fault::swapped_file}, 2},
};

std::unique_ptr<Lab> lab_for(Store store) {
  switch (store) {
    case Store::outbox:
      return make_outbox_lab();
    case Store::replica:
      return make_replica_lab();
    case Store::ledger:
      return make_ledger_lab();
  }
  return nullptr;
}

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
  auto& lab = labs_[static_cast<std::size_t>(plan.store)];
  try {
    if (!lab) lab = lab_for(plan.store);
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
  static const std::uint32_t all = std::accumulate(shares.begin(), shares.end(), std::uint32_t{0},
                                                   [](std::uint32_t sum, const Share& s) { return sum + s.weight; });
  std::uint32_t drawn = Random(seed ^ 0x706c'616e).below(all);
  for (const Share& share : shares) {
    if (drawn < share.weight) return share.plan;
    drawn -= share.weight;
  }
  return shares.front().plan;
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
