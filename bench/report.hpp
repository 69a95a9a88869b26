// What the program says: one figure at a time, as a row for people or as a line of JSON for programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdline::bench {

struct Figure {
  std::string name;  // stable; scripts compare runs by it
  double value = 0;
  std::string unit;             // "us", "ms", "s", "1/s", "B", "MB", "%"
  std::optional<double> limit;  // what the machine can do at most, in the same unit, measured in the same run
  std::optional<double> ratio;  // how near the product comes: 1 is the limit, whichever direction is better
  std::vector<std::pair<std::string, double>> more;  // beside the figure, for who wants to know why
};

class Report {
 public:
  explicit Report(bool json) : json_(json) {}
  // Printed at once: a run takes minutes.
  void add(const Figure& figure);
  // What is being done, for people who watch; nothing with --json.
  void note(std::string_view text);

 private:
  bool json_;
  bool headed_ = false;
};

}  // namespace holdline::bench
