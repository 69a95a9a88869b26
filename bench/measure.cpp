#include "bench/measure.hpp"

#include <algorithm>
#include <thread>

#include "platform/os/entropy.hpp"

namespace holdline::bench {

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

double Rounds::limit_over_product() const {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < product.size(); ++i) ratios.push_back(limit[i] / product[i]);
  return median(std::move(ratios));
}

Scratch::Scratch(const std::filesystem::path& where)
    : path_(where / ("bench-" + platform::SystemEntropy().id().text())) {
  std::filesystem::create_directories(path_);
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void pause_a_moment() { std::this_thread::sleep_for(std::chrono::microseconds(500)); }

}  // namespace holdline::bench
