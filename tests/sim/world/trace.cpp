#include "tests/sim/world/trace.hpp"

#include <array>
#include <cstdio>
#include <iostream>

namespace holdline::sim {

void Trace::line(std::string_view who, std::string_view what) {
  std::array<char, 32> time{};
  const std::int64_t now = timeline_.now_ms();
  std::snprintf(time.data(), time.size(), "%6lld.%03lld  ", static_cast<long long>(now / 1000),
                static_cast<long long>(now % 1000));
  std::string text = time.data();
  text += who;
  text.append(who.size() < 10 ? 10 - who.size() : 1, ' ');
  text += what;
  for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  if (verbose_) std::cout << text << '\n';
  last_.push_back(std::move(text));
  if (last_.size() > kept_lines) last_.pop_front();
}

}  // namespace holdline::sim
