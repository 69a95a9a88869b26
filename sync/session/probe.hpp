// The probe, which is asked every few seconds whatever else is under way: does the hub answer, and does it take writes?
// JSON, as the control messages of sync/wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/base/result.hpp"

namespace holdline::sync {

struct Probe {
  bool write = false;  // also: that it stores something and finds it again
  bool operator==(const Probe&) const = default;
};
struct Probed {
  bool written = false;          // it did
  std::int64_t hub_wall_ms = 0;  // when it answered
  bool operator==(const Probed&) const = default;
};

std::string encode_json(const Probe&);
std::string encode_json(const Probed&);
// ask_person "malformed-message".
Result<Probe> decode_probe(std::string_view json);
Result<Probed> decode_probed(std::string_view json);

namespace path {
inline constexpr std::string_view probe = "/sync/v1/probe";
}  // namespace path

}  // namespace holdline::sync
