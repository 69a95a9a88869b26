// What the checkers that read the ledger share.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "sync/wire/message.hpp"
#include "tests/sim/world/setting.hpp"
#include "tests/sim/world/trace.hpp"

namespace holdline::sim {

inline const std::vector<std::string> all_scopes{north, south};
inline constexpr std::size_t endless = 1'000'000;

template <class T>
T must_read(Result<T> result, const char* doing) {
  if (!result) throw Violation("the ledger can be read", std::string(doing) + ": " + result.error().message);
  return *std::move(result);
}

inline bool took_effect(sync::Verdict verdict) {
  return verdict != sync::Verdict::waiting && verdict != sync::Verdict::quarantined;
}

}  // namespace holdline::sim
