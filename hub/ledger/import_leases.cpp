#include "hub/ledger/import_leases.hpp"

#include <algorithm>

#include "sync/base/timestamp.hpp"

namespace holdline::hub {

ImportLeases::Lease& ImportLeases::Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  end();
  leases_ = std::exchange(other.leases_, nullptr);
  source_of_ = std::move(other.source_of_);
  return *this;
}

void ImportLeases::Lease::end() {
  ImportLeases* leases = std::exchange(leases_, nullptr);
  if (leases == nullptr) return;
  const platform::MutexLock lock(leases->mutex_);
  leases->held_.erase(source_of_);
}

Result<ImportLeases::Lease> ImportLeases::take(const ImportRun& run) {
  const std::pair source_of(run.source, run.scope);
  const platform::MutexLock lock(mutex_);
  if (const auto held = held_.find(source_of); held != held_.end())
    return fail(ErrorKind::retry_later, "import-running",
                held->second.described +
                    " is under way, and one source is imported by one at a time. Nothing of this file was taken: "
                    "repeat the command when that one has ended, or give it --wait.");
  std::string described =
      "The import of " + (run.file.empty() ? "a file" : run.file) + " from " + run.source + " into " + run.scope;
  if (!run.person.empty()) described += " by " + run.person;
  if (run.begun_ms != 0) described += ", begun " + sync::format_time(run.begun_ms) + ",";
  held_.emplace(source_of, Holder{run.id, std::move(described)});
  Lease lease;
  lease.leases_ = this;
  lease.source_of_ = source_of;
  return lease;
}

bool ImportLeases::is_running(const sync::Id& run) const {
  const platform::MutexLock lock(mutex_);
  return !run.is_nil() && std::ranges::any_of(held_, [&](const auto& held) { return held.second.run == run; });
}

}  // namespace holdline::hub
