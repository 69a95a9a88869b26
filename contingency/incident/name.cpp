#include "contingency/incident/name.hpp"

namespace holdline::contingency {

namespace {

constexpr std::string_view name_letters = "acdefhjkmnpqrtwx";
static_assert(name_letters.size() == 16);
constexpr std::size_t short_letters = 6;

}  // namespace

std::string incident_name(const sync::Id& incident) {
  std::string name;
  for (const std::uint8_t byte : incident.bytes) {
    name += name_letters[byte >> 4];
    name += name_letters[byte & 15];
  }
  return name;
}

std::string incident_short_name(const sync::Id& incident) {
  std::string name = incident_name(incident).substr(0, short_letters);
  for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
  return name;
}

std::string incident_key(const sync::Id& incident, std::string_view scope) {
  return incident_name(incident) + " " + std::string(scope);
}

std::optional<sync::Id> incident_of_name(std::string_view name) {
  if (name.size() != incident_name_letters) return std::nullopt;
  sync::Id incident;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char small = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    const auto place = name_letters.find(small);
    if (place == name_letters.npos) return std::nullopt;
    incident.bytes[i / 2] = static_cast<std::uint8_t>(incident.bytes[i / 2] << 4 | place);
  }
  return incident;
}

}  // namespace holdline::contingency
