// holdline-sim: runs a campaign, or one world again, and says how it went. Ends with 0 when every world kept every
// promise, else with 1.
#include <malloc.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "tests/sim/campaign.hpp"

namespace {

using namespace holdline::sim;

// Of a tape that people may read.
constexpr std::size_t max_tape_lines = 60;

struct Wishes {
  CampaignOptions campaign;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> tapes;
  std::int64_t shrink_seconds = 60;
  std::string tape_out;
  bool verbose = false, json = false;
};

void tell(const Failure& failure) {
  std::cout << "checker     " << failure.checker << "\ndifference  " << failure.difference << "\n\n" << failure.trace;
}

// What a person needs to look into it.
void explain(const Setting& setting, std::uint64_t seed, const Wishes& wishes) {
  const Played played = play_seed(setting, seed);
  if (!played.failure) {
    std::cout << "\nseed " << seed
              << " kept every promise when it was played again: its world is not made by its seed alone\n";
    return;
  }
  std::cout << "\nFAILED      seed " << seed << "\n";
  tell(*played.failure);
  if (wishes.shrink_seconds > 0) {
    std::cerr << "making it shorter, at most " << wishes.shrink_seconds << " seconds ...\n";
    const ShrunkFailure shrunk = shrink_failure(setting, played.tape, wishes.shrink_seconds);
    std::cout << "\nSHORTER     " << shrunk.actions << " actions and " << shrunk.faults << " faults, found in "
              << shrunk.worlds << " worlds\n";
    tell(shrunk.failure);
    const std::string tape = shrunk.tape.text();
    if (static_cast<std::size_t>(std::ranges::count(tape, '\n')) <= max_tape_lines)
      std::cout << "\nits tape:\n" << tape;
    if (!wishes.tape_out.empty()) std::ofstream(wishes.tape_out) << "# " << shrunk.failure.checker << "\n" << tape;
  }
  std::cout << "\nagain:      holdline-sim --seed " << seed << "\n";
}

int replay(const Setting& setting, const Wishes& wishes) {
  const Played played = play_seed(setting, *wishes.seed, wishes.verbose);
  if (!played.failure) {
    std::cout << "seed " << *wishes.seed
              << " kept every promise: " << counter(played.counters, "acknowledged actions checked")
              << " acknowledged actions checked\n";
    return 0;
  }
  explain(setting, *wishes.seed, wishes);
  return 1;
}

int play_tapes(const Setting& setting, const Wishes& wishes) {
  bool failed = false;
  for (const std::string& file : wishes.tapes) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    const auto tape = Tape::parse(text.str());
    if (!tape || tape->choices() == 0) {
      std::cerr << file << ": " << (tape ? "is missing or empty" : tape.error().message) << "\n";
      failed = true;
      continue;
    }
    const Played played = play_tape(setting, *tape, wishes.verbose);
    std::cout << file << ": " << (played.failure ? "FAILED" : "kept every promise") << ", "
              << counter(played.counters, "actions acknowledged") << " actions\n";
    if (played.failure) tell(*played.failure);
    failed = failed || played.failure;
  }
  return failed ? 1 : 0;
}

int campaign(const Setting& setting, const Wishes& wishes) {
  const auto report = run_campaign(setting, wishes.campaign);
  std::cout << (wishes.json ? json_of(report) : summary_of(report));
  if (!report.failure) return 0;
  const bool crashed = report.failure->checker == no_crash;
  if (report.failed_seed && !crashed && !wishes.json) explain(setting, *report.failed_seed, wishes);
  if (report.failed_seed && crashed)
    std::cerr << "FAILED      seed " << *report.failed_seed << ": " << report.failure->difference
              << "\nagain:      holdline-sim --verbose --seed " << *report.failed_seed << "\n";
  if (!report.failed_seed) std::cerr << report.failure->checker << ": " << report.failure->difference << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Simulates workstations and a hub on virtual time, breaks things, and checks every promise.");
  Wishes wishes;
  app.add_option("--seeds", wishes.campaign.seeds,
                 "How many worlds; without it, and with --seconds, as many as there is time for")
      ->check(CLI::PositiveNumber);
  app.add_option("--first-seed", wishes.campaign.first_seed, "The first of them")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--seconds", wishes.campaign.seconds, "Stop after this long")->check(CLI::NonNegativeNumber);
  std::int64_t minutes = 0;
  app.add_option("--minutes", minutes, "The same in minutes")->check(CLI::NonNegativeNumber);
  app.add_option("--jobs", wishes.campaign.jobs, "Worlds at a time, each in a process")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", wishes.seed, "Play this one world again, and make its failure shorter")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--tape", wishes.tapes, "Play these tapes");
  app.add_option("--shrink-seconds", wishes.shrink_seconds, "How long to look for a shorter failure; 0: not at all")
      ->capture_default_str();
  app.add_option("--tape-out", wishes.tape_out, "Where to put the tape of the shorter failure");
  app.add_flag("--verbose", wishes.verbose, "Print every event of --seed or --tape");
  app.add_flag("--complete", wishes.campaign.complete, "Fail when something that must happen sometimes did not");
  app.add_flag("--json", wishes.json, "Print the result as one line of JSON");
  CLI11_PARSE(app, argc, argv);
  wishes.campaign.seconds += 60 * minutes;
  if (wishes.campaign.seconds > 0 && app.count("--seeds") == 0)
    wishes.campaign.seeds = std::numeric_limits<std::uint64_t>::max() - wishes.campaign.first_seed;
  // The disks of a world are large strings that come and go: giving their memory back to the system each time, page
  // by page, takes longer than anything else that it is asked for.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // counts every allocation of all worlds under one lock
  const Setting setting;
  if (wishes.seed) return replay(setting, wishes);
  return wishes.tapes.empty() ? campaign(setting, wishes) : play_tapes(setting, wishes);
}
