// holdline-crashlab: attacks the storage of outbox, replica and ledger, many times a second. Ends with 0 when nothing
// acknowledged was lost and no damage went unnoticed, else with 1.
#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

#include "tests/crashlab/campaign.hpp"

int main(int argc, char** argv) {
  using namespace holdline::crashlab;
  CLI::App app("Attacks the storage of the product on disks that fail, and checks what it still holds.");
  CampaignOptions options;
  std::optional<std::uint64_t> seed;
  bool json = false;
  app.add_option("--runs", options.runs, "How many experiments; 0: as many as --seconds allows (default: 10000)");
  app.add_option("--seconds", options.seconds, "Stop after this long; 0: when all are done")->capture_default_str();
  app.add_option("--first-seed", options.first_seed, "The first of them")->capture_default_str();
  app.add_option("--seed", seed, "This one alone, telling every step");
  app.add_option("--jobs", options.jobs, "Experiments at a time")->capture_default_str();
  app.add_flag("--json", json, "Print one line of JSON");
  CLI11_PARSE(app, argc, argv);
  if (options.runs == 0 && options.seconds == 0) options.runs = 10'000;
  const Report report =
      seed ? replay(*seed, [](const std::string& step) { std::cerr << "  " << step << "\n"; }) : run_campaign(options);
  if (json)
    for (const Failure& failure : report.failures) std::cerr << text_of(failure);
  std::cout << (json ? json_of(report) : table_of(report));
  return report.failed() ? 1 : 0;
}
