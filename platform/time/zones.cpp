#include "platform/time/zones.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace holdline::platform {

namespace {

constexpr std::string_view folder = "/usr/share/zoneinfo/";
constexpr std::size_t longest_name = 64;
// Files of the folder that are no zones, or zones a second time.
constexpr std::array<std::string_view, 5> no_zones{"posix/", "right/", "posixrules", "localtime", "Factory"};

bool may_be_zone(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  };
  return !name.empty() && name.size() <= longest_name && name.front() != '/' && std::ranges::all_of(name, is_letter) &&
         std::ranges::none_of(no_zones, [&](std::string_view other) { return name.starts_with(other); });
}

bool is_zone_file(std::string_view name) {
  std::ifstream file(std::string(folder) + std::string(name), std::ios::binary);
  std::array<char, 4> magic{};
  return file.read(magic.data(), magic.size()) && std::string_view(magic.data(), magic.size()) == "TZif";
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Lines "Z NAME …" and "L TARGET NAME" of the database's one text file.
std::optional<std::string> spelled_otherwise(std::string_view name) {
  std::ifstream text(std::string(folder) + "tzdata.zi");
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string kind, first, second;
    words >> kind >> first >> second;
    const std::string& zone = kind == "L" ? second : first;
    if ((kind == "Z" || kind == "L") && same_letters(zone, name)) return zone;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> time_zone_named(std::string_view name) {
  if (!may_be_zone(name)) return std::nullopt;
  if (is_zone_file(name)) return std::string(name);
  return spelled_otherwise(name);
}

}  // namespace holdline::platform
