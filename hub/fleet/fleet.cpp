#include "hub/fleet/fleet.hpp"

#include <algorithm>

#include "sync/action/rights.hpp"

namespace holdline::hub {

Fleet::Fleet(Ledger& ledger) : ledger_(ledger) {
  const auto kept = ledger.device_reports();
  if (!kept) return;
  const platform::MutexLock lock(mutex_);
  for (const DeviceReport& told : *kept) known_[told.device] = {told.heard_ms, told.reported_ms, told.report, false};
}

void Fleet::heard(const Id& device, std::int64_t now_ms) {
  const platform::MutexLock lock(mutex_);
  Known& known = known_[device];
  known.heard_ms = std::max(known.heard_ms, now_ms);
  known.changed = true;
}

Result<void> Fleet::take(const Id& device, std::string_view report, std::int64_t now_ms) {
  HOLDLINE_TRY(contingency::decode_report(report));
  const platform::MutexLock lock(mutex_);
  known_[device] = {now_ms, now_ms, std::string(report), true};
  return {};
}

Result<std::string> Fleet::list(const Device& asking, std::int64_t now_ms) const {
  HOLDLINE_ASSIGN(auto devices, ledger_.devices());
  std::erase_if(devices, [&asking](const Device& device) {
    return std::ranges::none_of(device.scopes,
                                [&](const std::string& scope) { return sync::is_within(scope, asking.scopes); });
  });
  std::ranges::sort(devices, {}, &Device::name);
  if (devices.size() > contingency::fleet_most) devices.resize(contingency::fleet_most);
  contingency::Fleet fleet{now_ms, {}};
  const platform::MutexLock lock(mutex_);
  for (const Device& device : devices) {
    contingency::WorkstationState& state = fleet.workstations.emplace_back();
    state.device = device.id;
    state.name = device.name;
    state.scopes = device.scopes;
    state.revoked = device.state == DeviceState::revoked;
    const auto known = known_.find(device.id);
    if (known == known_.end()) continue;
    state.heard_ms = known->second.heard_ms;
    // One of an older program than this may have been kept in another form: then it is not known.
    if (auto report = contingency::decode_report(known->second.report)) {
      state.reported_ms = known->second.reported_ms;
      state.report = *std::move(report);
    }
  }
  return contingency::encode_json(fleet);
}

Result<void> Fleet::keep() {
  std::vector<DeviceReport> changed;
  {
    const platform::MutexLock lock(mutex_);
    for (auto& [device, known] : known_) {
      if (!std::exchange(known.changed, false)) continue;
      changed.push_back({device, known.heard_ms, known.reported_ms, known.report});
    }
  }
  if (changed.empty()) return {};
  auto kept = ledger_.keep_device_reports(changed);
  if (kept) return kept;
  const platform::MutexLock lock(mutex_);
  for (const DeviceReport& report : changed) known_[report.device].changed = true;
  return kept;
}

}  // namespace holdline::hub
