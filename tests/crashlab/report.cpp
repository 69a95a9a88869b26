#include "tests/crashlab/report.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace holdline::crashlab {

namespace {

constexpr std::size_t failures_kept = 20;

template <class... Values>
std::string line_of(const char* format, Values... values) {
  std::array<char, 200> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

// In the order they stand in the line.
constexpr std::array injected_counts{&Injected::power_cuts,  &Injected::failed_syncs, &Injected::refused_changes,
                                     &Injected::read_errors, &Injected::bit_flips,    &Injected::misdirected,
                                     &Injected::stale_pages, &Injected::swapped_files};

std::string row_of(std::string_view store, std::string_view fault, const Tally& tally) {
  return line_of("%-8s %-13s %10llu %12llu %10llu %9llu %9llu %6llu %10llu\n", std::string(store).c_str(),
                 std::string(fault).c_str(), static_cast<unsigned long long>(tally.runs),
                 static_cast<unsigned long long>(tally.acked_checked),
                 static_cast<unsigned long long>(tally.count(Verdict::kept)),
                 static_cast<unsigned long long>(tally.count(Verdict::harmless)),
                 static_cast<unsigned long long>(tally.count(Verdict::detected)),
                 static_cast<unsigned long long>(tally.count(Verdict::lost)),
                 static_cast<unsigned long long>(tally.count(Verdict::undetected)));
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  runs += other.runs;
  acked_checked += other.acked_checked;
  for (std::size_t i = 0; i < verdicts.size(); ++i) verdicts[i] += other.verdicts[i];
  for (const auto& [how, times] : other.told) told[how] += times;
  return *this;
}

void Report::add(std::uint64_t seed, const Plan& plan, const Outcome& outcome) {
  Tally& tally = tallies[plan];
  ++tally.runs;
  tally.acked_checked += outcome.acked_checked;
  ++tally.verdicts[static_cast<std::size_t>(outcome.verdict)];
  if (outcome.verdict == Verdict::detected) ++tally.told[outcome.what];
  injected += outcome.injected;
  if (outcome.verdict != Verdict::lost && outcome.verdict != Verdict::undetected) return;
  failures.push_back({seed, plan, outcome});
  std::ranges::sort(failures, {}, &Failure::seed);
  if (failures.size() > failures_kept) failures.pop_back();
}

Tally Report::total() const {
  Tally sum;
  for (const auto& [plan, tally] : tallies) sum += tally;
  return sum;
}

std::string line_of(const Outcome& outcome) {
  nlohmann::json injected = nlohmann::json::array();
  for (const auto count : injected_counts) injected.push_back(outcome.injected.*count);
  const nlohmann::json json{static_cast<unsigned>(outcome.verdict), outcome.what, outcome.acked_checked, injected};
  // What is told of a failure may hold bytes of any kind.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Outcome outcome_of(std::string_view line) {
  const nlohmann::json json = nlohmann::json::parse(line);
  Outcome outcome{static_cast<Verdict>(json.at(0).get<unsigned>()), json.at(1), json.at(2), {}};
  for (std::size_t i = 0; i < injected_counts.size(); ++i) outcome.injected.*injected_counts[i] = json.at(3).at(i);
  return outcome;
}

std::string text_of(const Failure& failure) {
  return "FAILED  seed " + std::to_string(failure.seed) + ": " + std::string(name_of(failure.plan.store)) + ", " +
         std::string(name_of(failure.plan.fault)) + ": " +
         (failure.outcome.verdict == Verdict::lost ? "lost: " : "undetected: ") + failure.outcome.what +
         "\nagain:  holdline-crashlab --seed " + std::to_string(failure.seed) + "\n";
}

std::string table_of(const Report& report) {
  std::string text = line_of("%-8s %-13s %10s %12s %10s %9s %9s %6s %10s\n", "store", "fault", "runs", "acked checked",
                             "kept", "harmless", "detected", "lost", "undetected");
  for (const auto& [plan, tally] : report.tallies) text += row_of(name_of(plan.store), name_of(plan.fault), tally);
  const Tally total = report.total();
  text += row_of("all", "", total);
  std::string told;
  for (const auto& [how, times] : total.told) told += (told.empty() ? "" : ", ") + how + " " + std::to_string(times);
  const Injected& done = report.injected;
  text += "damage was told: " + told + "\n";
  text += "injected: power cuts " + std::to_string(done.power_cuts) + ", failed syncs " +
          std::to_string(done.failed_syncs) + ", refused changes " + std::to_string(done.refused_changes) +
          ", read errors " + std::to_string(done.read_errors) + ", bit flips " + std::to_string(done.bit_flips) +
          ", misdirected writes " + std::to_string(done.misdirected) + ", stale pages " +
          std::to_string(done.stale_pages) + ", swapped files " + std::to_string(done.swapped_files) + "\n";
  text += line_of("%.0f runs in %.1f s, %.0f a minute and processor\n", static_cast<double>(total.runs), report.seconds,
                  60 * static_cast<double>(total.runs) / std::max(report.cpu_seconds, 0.001));
  for (const Failure& failure : report.failures) text += "\n" + text_of(failure);
  return text;
}

std::string json_of(const Report& report) {
  const Tally total = report.total();
  const nlohmann::ordered_json json{{"power_cuts", report.injected.power_cuts},
                                    {"fsync_failures", report.injected.failed_syncs},
                                    {"bit_flips", report.injected.bit_flips},
                                    {"read_errors", report.injected.read_errors},
                                    {"misdirected", report.injected.misdirected},
                                    {"stale_pages", report.injected.stale_pages},
                                    {"files_swapped", report.injected.swapped_files},
                                    {"acked_checked", total.acked_checked},
                                    {"harmless", total.count(Verdict::harmless)},
                                    {"detected", total.count(Verdict::detected)},
                                    {"lost", total.count(Verdict::lost)},
                                    {"undetected", total.count(Verdict::undetected)},
                                    {"runs", total.runs},
                                    {"cpu_seconds", static_cast<std::uint64_t>(report.cpu_seconds)}};
  return json.dump() + "\n";
}

}  // namespace holdline::crashlab
