#include "hub/ledger/import_name.hpp"

#include <array>
#include <cstdlib>

#include "sync/base/timestamp.hpp"

namespace holdline::hub {

std::string import_name(const ImportRun& run) {
  constexpr std::size_t longest_file = 120;
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string day = sync::format_time(run.begun_ms).substr(0, 10);  // 2026-11-28
  const auto month = static_cast<std::size_t>(std::atoi(day.substr(5, 2).c_str()) - 1) % months.size();
  const std::string& from = run.file.empty() ? run.source : run.file;
  return "import of " + std::to_string(std::atoi(day.substr(8).c_str())) + " " + std::string(months[month]) + " " +
         day.substr(0, 4) + (run.person.empty() ? "" : " by " + run.person) + " from " + from.substr(0, longest_file);
}

}  // namespace holdline::hub
