// How far a long command is: one line redrawn at a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "cli/session.hpp"

namespace holdline::cli {

class Progress {
 public:
  static constexpr std::chrono::milliseconds at_terminal{100};
  static constexpr std::chrono::seconds elsewhere{10};

  explicit Progress(Environment& environment);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shows the text unless the last one is too fresh. Text of our own: it is not escaped.
  void show(const std::string& text);
  // Takes the line away, so that something else can be written.
  void clear();

 private:
  Environment& world_;
  platform::Clock::Monotonic last_;
  bool drawn_ = false;
};

}  // namespace holdline::cli
