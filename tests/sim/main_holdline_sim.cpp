// holdline-sim: runs a campaign and says how it went. Ends with 0 when every world kept every promise, else with 1.
#include <iostream>

#include <CLI/CLI.hpp>

#include "tests/sim/campaign.hpp"

int main(int argc, char** argv) {
  CLI::App app("Simulates workstations and a hub on virtual time, breaks things, and checks every promise.");
  holdline::sim::CampaignOptions options;
  bool json = false;
  app.add_option("--seeds", options.seeds, "How many worlds")->capture_default_str();
  app.add_option("--first-seed", options.first_seed, "The first of them")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Stop after this long; 0: when all are done")->capture_default_str();
  app.add_option("--jobs", options.jobs, "Worlds at a time")->capture_default_str();
  app.add_flag("--verbose", options.verbose, "Print every event");
  app.add_flag("--complete", options.complete, "Fail when something that must happen sometimes did not");
  app.add_flag("--json", json, "Print the result as JSON");
  CLI11_PARSE(app, argc, argv);
  const auto report = holdline::sim::run_campaign(options);
  std::cout << (json ? json_of(report) : summary_of(report));
  return report.failure ? 1 : 0;
}
