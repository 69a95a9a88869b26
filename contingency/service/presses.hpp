// "CRM not working": the button of agents. Presses of different people within some minutes propose an incident; one
// person who presses often is one person. Not thread-safe. Times are monotonic milliseconds.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace holdline::contingency {

struct PressOptions {
  std::size_t people = 3;
  std::int64_t within_ms = 5 * 60'000;
  std::int64_t quiet_ms = 10 * 60'000;  // after a proposal nothing more is proposed for this long
};

struct Press {
  std::string person;  // sign-in name
  std::string about;   // what does not work; a word of a list, not what a customer said
};

// For supervisors to declare or to dismiss.
struct Proposal {
  std::vector<std::string> people;  // by their latest press, the first one first
  std::string about;                // what most of them named
};

class Presses {
 public:
  explicit Presses(PressOptions options = {}) : options_(options) {}

  // A proposal when this press completes one.
  std::optional<Proposal> step(const Press& press, std::int64_t now_ms);
  std::size_t people(std::int64_t now_ms) const;

 private:
  struct Kept {
    Press press;
    std::int64_t at_ms = 0;
  };
  PressOptions options_;
  std::deque<Kept> kept_;  // one for each person, the latest; at most as many as propose something
  std::optional<std::int64_t> proposed_ms_;
};

}  // namespace holdline::contingency
