// holdline-bench: how fast the product is, beside what the machine can do at most.

#include <iostream>

#include <CLI/CLI.hpp>

#include "bench/workloads/workloads.hpp"

namespace {

using namespace holdline;

struct Workload {
  const char* name;
  const char* what;
  void (*run)(const bench::Options&, bench::Report&);
};

constexpr Workload workloads[] = {
    {"durable_entry", "one entry saved durably, one writer; limit: 512 bytes appended and synced",
     bench::durable_entry},
    {"drain", "10,000 queued entries to a hub over TLS; limit: bare inserts of the rows they leave", bench::drain},
    {"bootstrap", "100,000 customers into an empty replica; limit: bare bulk load of the same tables",
     bench::bootstrap},
    {"search", "each kind of search among 100,000 customers; limit: bare statements on the same indexes",
     bench::search},
    {"access",
     "a new person, a disabled one, a revoked workstation, until 200 connected ones know; limit: one bare round trip "
     "of all",
     bench::access},
    {"idle", "memory and processor time of the daemon with 100,000 customers, doing nothing", bench::idle},
    {"stalled_disk", "answers of the daemon while a sync of its outbox takes 5 s; limit: the same with the disk well",
     bench::stalled_disk},
    {"import_alone", "20,000 new customers imported while nobody pushes, then the same file again",
     bench::import_alone},
    {"import", "a push to a hub that imports 500,000 customers; limit: 512 bytes appended and synced meanwhile",
     bench::import_turns},
    {"live",
     "one entry until 20 workstations show it, beside 20 of another site, and one declaration until it is in force at "
     "all; limit: 512 bytes appended and synced",
     bench::live},
    {"flood", "a drain beside 2,000 wrong enrolment codes a second; limit: the same drain alone", bench::flood},
    {"workstations", "which of 600 workstations are ready, asked at one of them; limit: its bare status",
     bench::workstations},
    {"typed_fields", "typed fields put right and judged, telephone numbers apart", bench::typed_fields},
    {"callbacks", "100,000 promises of 500 workstations made into cases in their order; limit: the same rows sorted",
     bench::callbacks},
    {"claiming",
     "the next callback for each of 200 agents who ask a hub of its own at once; limit: a bare round trip of all",
     bench::claiming},
};

std::string list() {
  std::string text = "Workloads:\n";
  for (const Workload& workload : workloads)
    text += "  " + std::string(workload.name) + std::string(16 - std::string(workload.name).size(), ' ') +
            workload.what + "\n";
  return text + "docs/performance.md says how each figure is measured and how to read it.";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures Holdline beside the limits of this machine", "holdline-bench"};
  bench::Options options;
  options.programs = std::filesystem::absolute(std::filesystem::path(argv[0])).parent_path();
  options.directory = options.programs;
  bool json = false;
  std::string only;
  app.footer(list());
  app.add_flag("--json", json, "one JSON object per figure and line");
  app.add_flag("--quick", options.quick, "fewer rounds and customers: shows that it works, not how fast it is");
  app.add_option("--only", only, "one workload")->check([](const std::string& name) {
    for (const Workload& workload : workloads)
      if (name == workload.name) return std::string();
    return "there is no workload " + name;
  });
  app.add_option("--customers", options.customers, "how many are searched, or lie on the idle workstation (100,000)");
  app.add_option("--directory", options.directory, "where to put the files, on the disk to be measured")
      ->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  try {
    bench::Report report(json);
    for (const Workload& workload : workloads) {
      if (!only.empty() && only != workload.name) continue;
      report.note(workload.what);
      workload.run(options, report);
    }
  } catch (const std::exception& error) {
    std::cerr << "holdline-bench: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
