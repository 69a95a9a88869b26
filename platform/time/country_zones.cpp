#include "platform/time/country_zones.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace holdline::platform {

// Lines "COUNTRY COORDINATES ZONE …".
std::vector<std::string> zones_of_country(std::string_view country) {
  std::vector<std::string> zones;
  std::ifstream table("/usr/share/zoneinfo/zone.tab");
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string code, place, zone;
    words >> code >> place >> zone;
    if (!zone.empty() && code == country) zones.push_back(std::move(zone));
  }
  std::ranges::sort(zones);
  return zones;
}

}  // namespace holdline::platform
