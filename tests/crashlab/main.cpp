// holdline-crashlab: attacks the storage of outbox, replica and ledger, many times a second. Ends with 0 when nothing
// acknowledged was lost and no damage went unnoticed, else with 1.
#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

#include "tests/crashlab/campaign.hpp"

namespace {

// What one of the names stands for.
template <class Kind, std::size_t count>
std::optional<Kind> named(const std::string& name) {
  for (std::size_t i = 0; i < count; ++i)
    if (holdline::crashlab::name_of(static_cast<Kind>(i)) == name) return static_cast<Kind>(i);
  return std::nullopt;
}

template <class Kind, std::size_t count>
CLI::Validator one_of_the_names() {
  return {[](const std::string& name) { return named<Kind, count>(name) ? "" : "there is no " + name; }, "NAME"};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace holdline::crashlab;
  CLI::App app("Attacks the storage of the product on disks that fail, and checks what it still holds.");
  CampaignOptions options;
  std::optional<std::uint64_t> seed;
  std::string store, fault;
  bool json = false;
  app.add_option("--runs", options.runs, "How many experiments; 0: as many as --seconds allows (default: 10000)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--seconds", options.seconds, "Stop after this long; 0: when all are done")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--first-seed", options.first_seed, "The first of them")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--seed", seed, "This one alone, telling every step")->check(CLI::NonNegativeNumber);
  app.add_option("--jobs", options.jobs, "Experiments at a time, each in a process")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--store", store, "Only on outbox, replica or ledger")->check(one_of_the_names<Store, store_count>());
  app.add_option("--fault", fault, "Only this one, as the table names it")
      ->check(one_of_the_names<Fault, fault_count>());
  app.add_flag("--json", json, "Print one line of JSON");
  CLI11_PARSE(app, argc, argv);
  options.store = named<Store, store_count>(store);
  options.fault = named<Fault, fault_count>(fault);
  if (options.runs == 0 && options.seconds == 0) options.runs = 10'000;
  const Report report =
      seed ? replay(*seed, [](const std::string& step) { std::cerr << "  " << step << "\n"; }) : run_campaign(options);
  if (json)
    for (const Failure& failure : report.failures) std::cerr << text_of(failure);
  std::cout << (json ? json_of(report) : table_of(report));
  return report.failed() ? 1 : 0;
}
