// A hub that its workstations reach through a proxy which fails on demand, and what such tests ask.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/process/support/centre.hpp"
#include "tests/process/support/fault_proxy.hpp"

namespace holdline::process {

struct CentreBehindProxy {
  FaultProxy proxy;
  Centre centre{proxy.port()};
  CentreBehindProxy() { proxy.forward_to(centre.hub().port()); }
};

// Text that hardly gets smaller by compression, so that a push of it can be told from other requests by its size.
inline std::string noise(unsigned seed, std::size_t size = 3'900) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-+.,:;!?()&%=#*";
  std::mt19937 draw{seed};
  std::string text;
  while (text.size() < size) text += letters[draw() % letters.size()];
  return text;
}
inline constexpr std::size_t bytes_of_a_noisy_push = 2'800;

// How far the replica, or the ledger, has come: an action moves the ledger by one.
inline std::uint64_t change_of(const Json& status) { return std::stoull(status["replica"]["cn"].get<std::string>()); }
inline std::uint64_t change_of(const Hub& hub) {
  return std::stoull(hub.ask({"status", "--json"})["cn"].get<std::string>());
}

inline std::size_t count(const std::vector<std::string>& all, const std::string& one) {
  return static_cast<std::size_t>(std::ranges::count(all, one));
}

}  // namespace holdline::process
