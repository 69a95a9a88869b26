#include "agent/fleet/self_checks.hpp"

#include "contingency/readiness/report.hpp"

namespace holdline::agent {

namespace {

constexpr std::string_view drawn = "drawn\n", not_drawn = "not drawn\n";
constexpr std::int64_t rehearse_every_ms = 15 * 60'000;

}  // namespace

SelfChecks::SelfChecks(platform::Path file) : file_(std::move(file)) {
  const auto text = platform::read_file(file_, not_drawn.size());
  if (text && (*text == drawn || *text == not_drawn)) prints_ = *text == drawn;
}

void SelfChecks::drew(bool well) {
  {
    const platform::MutexLock lock(mutex_);
    if (prints_ == well) return;
    prints_ = well;
  }
  (void)platform::replace_file(file_, well ? drawn : not_drawn);
}

std::optional<bool> SelfChecks::prints() const {
  const platform::MutexLock lock(mutex_);
  return prints_;
}

bool SelfChecks::should_rehearse(std::uint32_t version, std::int64_t boot_ms) {
  const platform::MutexLock lock(mutex_);
  if (tried_version_ == version && boot_ms - tried_ms_ < rehearse_every_ms) return false;
  tried_version_ = version;
  tried_ms_ = boot_ms;
  return true;
}

void SelfChecks::rehearsed(std::string not_runnable) {
  if (not_runnable.size() > contingency::actions_bytes) {
    not_runnable.resize(contingency::actions_bytes - 4);
    not_runnable.resize(not_runnable.rfind(',') == std::string::npos ? 0 : not_runnable.rfind(','));
    not_runnable += ", …";
  }
  const platform::MutexLock lock(mutex_);
  not_runnable_ = std::move(not_runnable);
}

std::optional<std::string> SelfChecks::not_runnable() const {
  const platform::MutexLock lock(mutex_);
  return not_runnable_;
}

}  // namespace holdline::agent
