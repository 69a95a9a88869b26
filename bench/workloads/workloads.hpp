// What can be measured. Each workload makes its own data below `directory`, interleaves the product with its limit, and
// reports its figures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "bench/report.hpp"

namespace holdline::bench {

struct Options {
  bool quick = false;                      // fewer rounds and customers: shows that it works, not how fast it is
  std::optional<std::uint32_t> customers;  // for the workloads that search, instead of their own number
  std::filesystem::path directory;         // on the file system to be measured
  std::filesystem::path programs;          // where holdlined lies
};

void durable_entry(const Options&, Report&);
void drain(const Options&, Report&);
void bootstrap(const Options&, Report&);
void search(const Options&, Report&);
void access(const Options&, Report&);
void idle(const Options&, Report&);
void stalled_disk(const Options&, Report&);
void import_alone(const Options&, Report&);
void import_turns(const Options&, Report&);
void live(const Options&, Report&);
void flood(const Options&, Report&);
void typed_fields(const Options&, Report&);
void workstations(const Options&, Report&);
void callbacks(const Options&, Report&);
void claiming(const Options&, Report&);

}  // namespace holdline::bench
