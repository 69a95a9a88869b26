#include "bench/report.hpp"

#include <iomanip>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

namespace holdline::bench {

namespace {

constexpr int name_width = 32, number_width = 14;

std::string shown(double value) {
  std::ostringstream text;
  const int decimals = value >= 1000 ? 0 : value >= 10 ? 1 : 3;
  text << std::fixed << std::setprecision(decimals) << value;
  return text.str();
}

std::string shown(const std::optional<double>& value) { return value ? shown(*value) : "-"; }

}  // namespace

void Report::add(const Figure& figure) {
  if (json_) {
    nlohmann::ordered_json line{{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
    line["limit"] = figure.limit ? nlohmann::ordered_json(*figure.limit) : nullptr;
    line["ratio"] = figure.ratio ? nlohmann::ordered_json(*figure.ratio) : nullptr;
    for (const auto& [name, value] : figure.more) line[name] = value;
    std::cout << line.dump() << std::endl;
    return;
  }
  if (!headed_)
    std::cout << std::left << std::setw(name_width) << "figure" << std::right << std::setw(number_width) << "value"
              << std::setw(6) << "unit" << std::setw(number_width) << "limit" << std::setw(number_width) << "ratio"
              << "\n";
  headed_ = true;
  std::cout << std::left << std::setw(name_width) << figure.name << std::right << std::setw(number_width)
            << shown(figure.value) << std::setw(6) << figure.unit << std::setw(number_width) << shown(figure.limit)
            << std::setw(number_width) << shown(figure.ratio) << "\n";
  for (const auto& [name, value] : figure.more)
    std::cout << std::left << std::setw(name_width) << "    " + name << std::right << std::setw(number_width)
              << shown(value) << "\n";
  std::cout << std::flush;
}

void Report::note(std::string_view text) {
  if (!json_) std::cerr << "... " << text << std::endl;
}

}  // namespace holdline::bench
