#include "tests/sim/campaign.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/sim/shrink.hpp"

namespace holdline::sim {

namespace {

// A campaign that never met these has not shown that they go well.
constexpr auto sometimes = std::to_array<std::string_view>({
    "fault: line loses messages",
    "fault: line doubles messages",
    "fault: line delays and reorders messages",
    "fault: answers to pushes lost",
    "fault: agent stands still",
    "fault: machine never returns",
    "fault: two-way partition",
    "fault: partition towards the hub",
    "fault: partition from the hub",
    "fault: hub killed",
    "fault: hub's disk fails one sync",
    "fault: hub forgets its feed",
    "fault: hub loses power",
    "fault: hub restored from an older copy",
    "fault: hub's disk is full",
    "fault: hub's disk cannot read",
    "fault: hub's disk becomes read-only",
    "fault: agent killed",
    "fault: agent loses power",
    "fault: agent's disk fails one sync",
    "fault: agent's disk is full",
    "fault: clock jump",
    "fault: agent's disk cannot read",
    "fault: agent's disk becomes read-only",
    "fault: a bit of the replica's file turns over",
    "fault: a write to the replica's file goes astray",
    "fault: a write to the replica's file is never done",
    "fault: a bit of the next copy's file turns over",
    "fault: a write to the next copy's file goes astray",
    "fault: a write to the next copy's file is never done",
    "damaged replica fetched again",
    "damaged replica found by a check",
    "fault: machine put back to an earlier moment",
    "fault: machine cloned",
    "fault: replica rots",
    "request lost",
    "answer lost",
    "answer to a push lost",
    "answer to a push lost again and again",
    "request duplicated",
    "message delayed",
    "power lost in the middle of a change",
    "killed in the middle of a change",
    "power lost in the middle of a hub commit",
    "outbox suspended by a full disk",
    "outbox suspended by a read that failed",
    "outbox suspended by a sync that failed",
    "outbox suspended by a read-only disk",
    "save refused",
    "save found already done",
    "bootstrapped",
    "bootstrapped again",
    "snapshot of several chunks",
    "new epoch",
    "lane reissued",
    "outbox let go of accepted actions",
    "several snapshots kept",
    "action came by two ways",
    "conflict opened",
    "conflict resolved",
    "edits overlapped",
    "merge of disjoint edits",
    "repeated push deduplicated",
    "leaf repaired",
    "replica stood between two heads",
    "refused: scope-refused",
    "refused: unknown-record",
    "waited for an earlier action",
});

constexpr std::uint64_t played_twice_every = 50;
constexpr std::string_view fault_stem = "fault: ";

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

class Campaign {
 public:
  Campaign(const Setting& setting, const CampaignOptions& options)
      : setting_(setting), options_(options), next_(options.first_seed) {}

  CampaignReport run() {
    const double before = cpu_seconds();
    std::vector<std::thread> others;
    for (unsigned i = 1; i < options_.jobs; ++i) others.emplace_back([this] { work(); });
    work();
    for (std::thread& other : others) other.join();
    report_.cpu_seconds = cpu_seconds() - before;
    if (!report_.failure && options_.complete) report_.failure = never_happened();
    return std::move(report_);
  }

 private:
  void work() {
    while (!stop_) {
      const std::uint64_t seed = next_++;
      if (seed >= options_.first_seed + options_.seeds || time_is_over()) return;
      Played played = play_seed(setting_, seed);
      const bool twice = seed % played_twice_every == 0;
      if (twice && !played.failure && play_tape(setting_, played.tape).trace_hash != played.trace_hash)
        played.failure = Failure{"the same choices give the same trace", "two runs differ", {}};
      add(seed, twice, std::move(played));
    }
  }

  void add(std::uint64_t seed, bool twice, Played played) {
    const std::lock_guard lock(mutex_);
    ++report_.seeds;
    report_.played_twice += twice ? 1 : 0;
    for (const auto& [name, count] : played.counters) report_.counters[name] += count;
    if (!played.failure) return;
    stop_ = true;
    if (report_.failed_seed && *report_.failed_seed < seed) return;
    report_.failed_seed = seed;
    report_.failure = std::move(played.failure);
  }

  bool time_is_over() const {
    return options_.seconds > 0 && std::chrono::steady_clock::now() - began_ > std::chrono::seconds(options_.seconds);
  }

  std::optional<Failure> never_happened() const {
    for (const std::string_view what : sometimes)
      if (!report_.counters.contains(what))
        return Failure{"what must happen sometimes did", "never: " + std::string(what), {}};
    return std::nullopt;
  }

  const Setting& setting_;
  const CampaignOptions options_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> next_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  CampaignReport report_;
};

}  // namespace

CampaignReport run_campaign(const Setting& setting, const CampaignOptions& options) {
  return Campaign(setting, options).run();
}

ShrunkFailure shrink_failure(const Setting& setting, const Tape& tape, std::int64_t seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  const std::string checker = play_tape(setting, tape).failure.value().checker;
  Shrunk shrunk = shrink(
      tape,
      [&](const Tape& shorter) {
        const Played played = play_tape(setting, shorter);
        return played.failure && played.failure->checker == checker;
      },
      [&] { return std::chrono::steady_clock::now() < until; });
  const Played played = play_tape(setting, shrunk.tape);
  ShrunkFailure failure{std::move(shrunk.tape), played.failure.value(), shrunk.worlds,
                        counter(played.counters, "actions acknowledged"), 0};
  for (const auto& [kind, count] : faults_of(played.counters)) failure.faults += count;
  return failure;
}

std::uint64_t counter(const Counters& counters, std::string_view name) {
  const auto found = counters.find(name);
  return found == counters.end() ? 0 : found->second;
}

std::vector<std::pair<std::string, std::uint64_t>> faults_of(const Counters& counters) {
  std::vector<std::pair<std::string, std::uint64_t>> faults;
  for (const auto& [name, count] : counters)
    if (name.starts_with(fault_stem)) faults.emplace_back(name.substr(fault_stem.size()), count);
  return faults;
}

std::string summary_of(const CampaignReport& report) {
  std::string kinds;
  std::uint64_t all = 0;
  for (const auto& [kind, count] : faults_of(report.counters)) {
    all += count;
    kinds += (kinds.empty() ? "" : ", ") + kind + " " + std::to_string(count);
  }
  const double minutes = report.cpu_seconds / 60;
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(report.seeds) / std::max(minutes, 1e-9));
  return "seeds " + std::to_string(report.seeds) + " (" + std::to_string(report.played_twice) +
         " of them twice), actions " + std::to_string(counter(report.counters, "actions acknowledged")) + ", faults " +
         std::to_string(all) + " (" + kinds + "), acknowledged actions checked " +
         std::to_string(counter(report.counters, "acknowledged actions checked")) + ", failures " +
         (report.failure ? "1" : "0") + ", " + std::to_string(rate) + " seeds a minute and processor\n";
}

std::string json_of(const CampaignReport& report) {
  nlohmann::ordered_json faults = nlohmann::ordered_json::object();
  for (const auto& [kind, count] : faults_of(report.counters)) faults[kind] = count;
  nlohmann::ordered_json json{{"seeds", report.seeds},
                              {"actions", counter(report.counters, "actions acknowledged")},
                              {"acked_checked", counter(report.counters, "acknowledged actions checked")},
                              {"faults", std::move(faults)},
                              {"failures", report.failure ? 1 : 0},
                              {"cpu_seconds", report.cpu_seconds}};
  if (report.failed_seed) json["failed_seed"] = *report.failed_seed;
  if (report.failure) json["checker"] = report.failure->checker;
  return json.dump() + "\n";
}

}  // namespace holdline::sim
