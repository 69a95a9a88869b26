// What happened, one line an event with its virtual time: the last lines for people, a hash of all of them for telling
// whether two runs were the same.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "tests/sim/world/timeline.hpp"

namespace holdline::sim {

class Trace {
 public:
  static constexpr std::size_t kept_lines = 40;

  Trace(const Timeline& timeline, bool verbose) : timeline_(timeline), verbose_(verbose) {}

  void line(std::string_view who, std::string_view what);
  const std::deque<std::string>& last() const { return last_; }
  std::uint64_t hash() const { return hash_; }

 private:
  const Timeline& timeline_;
  bool verbose_;
  std::deque<std::string> last_;
  std::uint64_t hash_ = 0xcbf29ce484222325ull;
};

// How often something happened: faults by kind, and what must happen at least once in a campaign.
using Counters = std::map<std::string, std::uint64_t, std::less<>>;

// A promise that did not hold. The campaign prints it with the seed and the trace.
class Violation : public std::runtime_error {
 public:
  Violation(std::string checker, const std::string& difference)
      : std::runtime_error(difference), checker_(std::move(checker)) {}
  const std::string& checker() const { return checker_; }

 private:
  std::string checker_;
};

}  // namespace holdline::sim
