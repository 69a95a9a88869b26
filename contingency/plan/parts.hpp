// A plan's text as records keep it: in parts, because the text of a field is short. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::contingency {

// The parts of a text, each valid UTF-8 when the text is; at least one.
std::vector<std::string> split_plan(std::string_view text);

// One part as a record has it.
struct PlanPart {
  std::uint32_t version = 0;
  std::uint32_t part = 0, parts = 0;  // from 1
  std::string text;
  std::string sha256;  // of the whole text, in hexadecimal
};

// The texts that are there whole, by version. Parts that do not belong together are left out.
std::map<std::uint32_t, std::string> whole_plans(const std::vector<PlanPart>& parts);

}  // namespace holdline::contingency
