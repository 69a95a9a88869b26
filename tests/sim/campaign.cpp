#include "tests/sim/campaign.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

namespace holdline::sim {

namespace {

// A campaign that never met these has not shown that they go well.
constexpr auto sometimes = std::to_array<std::string_view>({
    "fault: bad line",
    "fault: two-way partition",
    "fault: partition towards the hub",
    "fault: partition from the hub",
    "fault: hub killed",
    "fault: hub's disk fails one sync",
    "fault: hub forgets its feed",
    "fault: hub loses power",
    "fault: hub restored from an older copy",
    "fault: agent killed",
    "fault: agent loses power",
    "fault: agent's disk fails one sync",
    "fault: agent's disk is full",
    "fault: clock jump",
    "fault: machine put back to an earlier moment",
    "fault: machine cloned",
    "fault: replica rots",
    "request lost",
    "answer lost",
    "answer to a push lost",
    "request duplicated",
    "message delayed",
    "power lost in the middle of a change",
    "power lost in the middle of a hub commit",
    "outbox suspended",
    "save refused",
    "save found already done",
    "bootstrapped",
    "bootstrapped again",
    "new epoch",
    "lane reissued",
    "conflict opened",
    "conflict resolved",
    "edits overlapped",
    "merge of disjoint edits",
    "repeated push deduplicated",
    "leaf repaired",
    "quarantined",
    "waited for an earlier action",
});

CampaignReport::Failure failure_of(std::uint64_t seed, const World& world, std::string checker, std::string what) {
  CampaignReport::Failure failure{seed, std::move(checker), std::move(what), {}};
  for (const std::string& line : world.stage().trace.last()) failure.trace += line + "\n";
  return failure;
}

std::optional<CampaignReport::Failure> run_world(const Setting& setting, std::uint64_t seed, bool verbose,
                                                 Counters& counters, std::uint64_t& trace_hash) {
  World world(setting, seed, verbose);
  std::optional<CampaignReport::Failure> failure;
  try {
    world.run();
  } catch (const Violation& violation) {
    failure = failure_of(seed, world, violation.checker(), violation.what());
  } catch (const std::exception& error) {
    failure = failure_of(seed, world, "no exception escapes", error.what());
  }
  for (const auto& [name, count] : world.stage().counters) counters[name] += count;
  counters["events"] += world.stage().timeline.events();
  trace_hash = world.stage().trace.hash();
  return failure;
}

class Campaign {
 public:
  explicit Campaign(const CampaignOptions& options) : options_(options), next_(options.first_seed) {}

  CampaignReport run() {
    const auto began = std::chrono::steady_clock::now();
    if (options_.seeds > 1) report_.failure = same_seed_same_trace();
    if (!report_.failure) work_all();
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (!report_.failure && options_.complete) report_.failure = never_happened();
    return std::move(report_);
  }

 private:
  // A failure can only be looked into when its seed repeats it.
  std::optional<CampaignReport::Failure> same_seed_same_trace() {
    std::array<std::uint64_t, 2> hashes{};
    Counters ignored;
    for (std::uint64_t& hash : hashes) {
      if (auto failure = run_world(setting_, options_.first_seed, false, ignored, hash)) return failure;
    }
    if (hashes[0] == hashes[1]) return std::nullopt;
    return CampaignReport::Failure{options_.first_seed, "the same seed gives the same trace", "two runs differ", {}};
  }

  void work_all() {
    std::vector<std::thread> others;
    for (unsigned i = 1; i < options_.jobs; ++i) others.emplace_back([this] { work(); });
    work();
    for (std::thread& other : others) other.join();
  }

  void work() {
    while (!stop_) {
      const std::uint64_t seed = next_++;
      if (seed >= options_.first_seed + options_.seeds || time_is_over()) return;
      Counters counters;
      std::uint64_t hash = 0;
      auto failure = run_world(setting_, seed, options_.verbose, counters, hash);
      const std::lock_guard lock(mutex_);
      ++report_.seeds;
      for (const auto& [name, count] : counters) report_.counters[name] += count;
      if (!failure) continue;
      stop_ = true;
      if (!report_.failure || failure->seed < report_.failure->seed) report_.failure = std::move(failure);
    }
  }

  bool time_is_over() const {
    return options_.seconds > 0 && std::chrono::steady_clock::now() - began_ > std::chrono::seconds(options_.seconds);
  }

  std::optional<CampaignReport::Failure> never_happened() const {
    for (const std::string_view what : sometimes)
      if (!report_.counters.contains(what))
        return CampaignReport::Failure{0, "what must happen sometimes did", "never: " + std::string(what), {}};
    return std::nullopt;
  }

  const CampaignOptions options_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const Setting setting_;
  std::atomic<std::uint64_t> next_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  CampaignReport report_;
};

std::uint64_t counter(const CampaignReport& report, std::string_view name) {
  const auto found = report.counters.find(name);
  return found == report.counters.end() ? 0 : found->second;
}

}  // namespace

CampaignReport run_campaign(const CampaignOptions& options) { return Campaign(options).run(); }

std::string summary_of(const CampaignReport& report) {
  std::string faults;
  std::uint64_t all = 0;
  constexpr std::string_view stem = "fault: ";
  for (const auto& [name, count] : report.counters) {
    if (!name.starts_with(stem)) continue;
    all += count;
    faults += (faults.empty() ? "" : ", ") + name.substr(stem.size()) + " " + std::to_string(count);
  }
  std::string text =
      "seeds " + std::to_string(report.seeds) + ", actions " + std::to_string(counter(report, "actions acknowledged")) +
      ", faults " + std::to_string(all) + " (" + faults + "), acknowledged actions checked " +
      std::to_string(counter(report, "acknowledged actions checked")) + ", failures " + (report.failure ? "1" : "0") +
      ", " + std::to_string(static_cast<int>(static_cast<double>(report.seeds) / report.seconds)) + " seeds/s\n";
  if (report.failure) {
    const auto& failure = *report.failure;
    text += "\nFAILED  seed " + std::to_string(failure.seed) + "\nchecker  " + failure.checker + "\ndifference  " +
            failure.difference + "\n\n" + failure.trace;
    if (failure.seed != 0)
      text += "\nagain:  holdline-sim --seeds 1 --first-seed " + std::to_string(failure.seed) + " --verbose\n";
  }
  return text;
}

std::string json_of(const CampaignReport& report) {
  nlohmann::json json{{"schema", "holdline.simulation/1"},
                      {"seeds", report.seeds},
                      {"seconds", report.seconds},
                      {"actions", counter(report, "actions acknowledged")},
                      {"checked", counter(report, "acknowledged actions checked")},
                      {"counters", report.counters},
                      {"failures", report.failure ? 1 : 0}};
  if (report.failure)
    json["failure"] = {{"seed", report.failure->seed},
                       {"checker", report.failure->checker},
                       {"difference", report.failure->difference},
                       {"trace", report.failure->trace}};
  return json.dump(2) + "\n";
}

}  // namespace holdline::sim
