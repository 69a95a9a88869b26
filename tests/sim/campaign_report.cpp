// What a campaign says: figures, what never happened although it should sometimes, and failures with their seeds.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/sim/campaign.hpp"

namespace holdline::sim {

namespace {

constexpr std::string_view fault_stem = "fault: ";

}  // namespace

void CampaignReport::add(std::uint64_t seed, PlayedWorld world) {
  ++seeds;
  played_twice += world.twice ? 1 : 0;
  for (const auto& [name, count] : world.counters) counters[name] += count;
  if (!world.failure) return;
  failed_seed = seed;
  failure = std::move(world.failure);
}

std::string line_of(const PlayedWorld& world) {
  nlohmann::json json{{"twice", world.twice}, {"counters", world.counters}};
  if (world.failure) json["failure"] = {world.failure->checker, world.failure->difference, world.failure->trace};
  // What is told of a failure may hold bytes of any kind.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

PlayedWorld world_of(std::string_view line) {
  const nlohmann::json json = nlohmann::json::parse(line);
  PlayedWorld world{json.at("twice"), {}, std::nullopt};
  for (const auto& [name, count] : json.at("counters").items()) world.counters[name] = count;
  if (json.contains("failure")) {
    const auto& failure = json.at("failure");
    world.failure = Failure{failure.at(0), failure.at(1), failure.at(2)};
  }
  return world;
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
