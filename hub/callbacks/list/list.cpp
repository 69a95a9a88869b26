#include "hub/callbacks/list/list.hpp"

#include "contingency/readiness/report.hpp"

namespace holdline::hub {

namespace {

constexpr Lane callback_lane = 1;
constexpr std::int64_t silent_ms = 15 * 60'000;  // a workstation at work asks the hub every half minute

// Promises that the hub holds and that have not taken effect, by their workstation.
Result<std::map<Id, std::uint64_t>> held_promises(LedgerReader& reader) {
  constexpr std::size_t most_held = 10'000;
  std::map<Id, std::uint64_t> promises;
  for (const HeldState state : {HeldState::waiting, HeldState::quarantined}) {
    HOLDLINE_ASSIGN(const auto held, reader.held(state, most_held));
    for (const HeldAction& one : held)
      if (one.lane.lane == callback_lane) ++promises[one.lane.device];
  }
  return promises;
}

}  // namespace

Result<contingency::ListCoverage> coverage_of(Ledger& ledger, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(auto missing, held_promises(*reader));
  HOLDLINE_ASSIGN(const auto reports, ledger.device_reports());
  std::map<Id, std::int64_t> heard;
  for (const DeviceReport& one : reports) {
    heard[one.device] = one.heard_ms;
    if (one.report.empty()) continue;
    if (const auto told = contingency::decode_report(one.report)) missing[one.device] += told->waiting;
  }
  HOLDLINE_ASSIGN(const auto devices, ledger.devices());
  contingency::ListCoverage coverage;
  for (const Device& device : devices) {
    if (device.state == DeviceState::revoked) continue;
    const auto count = missing.find(device.id);
    const bool has_more = count != missing.end() && count->second != 0;
    if (!has_more && now_ms - heard[device.id] < silent_ms) continue;
    coverage.outstanding.push_back(device.name);
    if (has_more) coverage.may_be_missing += count->second;
  }
  return coverage;
}

}  // namespace holdline::hub
