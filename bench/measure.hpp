// Clocks, medians, a scratch directory, and errors that end the run.
#pragma once

#include <chrono>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sync/base/result.hpp"

namespace holdline::bench {

// A benchmark has nobody to ask: whatever goes wrong ends it.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " (" + result.error().code + ")");
  return *std::move(result);
}
inline void must(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().message + " (" + result.error().code + ")");
}

// Seconds since it was made: on the wall, and of processor time in all threads of this program.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count(); }
  double cpu_seconds() const { return static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC; }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  std::clock_t cpu_ = std::clock();
};

struct Took {
  double seconds = 0, cpu_seconds = 0;
};
inline Took took(const Stopwatch& watch) { return {watch.seconds(), watch.cpu_seconds()}; }

// The value below which `share` of the values lie; 0 when there are none.
double percentile(std::vector<double> values, double share);
inline double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

// One number per round, of the product and of the limit measured right before or after it. Their ratio is taken round
// by round: what else the machine does meanwhile then weighs on both.
struct Rounds {
  std::vector<double> product, limit;

  void add(double of_product, double of_limit) {
    product.push_back(of_product);
    limit.push_back(of_limit);
  }
  // Median of limit/product: for durations, where less is better.
  double limit_over_product() const;
};

// Removed with everything in it.
class Scratch {
 public:
  // A new directory below `where`.
  explicit Scratch(const std::filesystem::path& where);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Looks again every half millisecond until `done` says so; ends the run when patience is over.
void pause_a_moment();
template <class Done>
void wait_until(const char* what, const Done& done, std::chrono::seconds patience = std::chrono::seconds(60)) {
  const Stopwatch watch;
  while (!done()) {
    if (watch.seconds() > static_cast<double>(patience.count()))
      throw std::runtime_error(std::string("this did not happen in time: ") + what);
    pause_a_moment();
  }
}

}  // namespace holdline::bench
