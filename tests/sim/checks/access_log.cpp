#include "tests/sim/checks/access_log.hpp"

#include <algorithm>

#include "sync/action/rights.hpp"
#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

AccessLog::AccessLog(const Setting& setting) : setting_(setting), grants_(setting.devices.size(), 0) {
  Access first;
  for (std::size_t seat = 0; seat < setting.devices.size(); ++seat)
    first.push_back({false, setting.devices[seat].scopes, false, 0, "supervisor", setting.people[seat].scopes});
  moments_.push_back(std::move(first));
}

void AccessLog::decides(Access next) { attempted_ = std::move(next); }

void AccessLog::decided() { moments_.push_back(std::exchange(attempted_, {})); }

void AccessLog::observe(hub::Ledger& ledger) {
  const Access read = this->read(ledger);
  if (!attempted_.empty() && read == attempted_) decided();
  attempted_.clear();
  for (std::size_t seat = 0; seat < read.size(); ++seat)
    if (read[seat] != now()[seat])
      throw Violation("what an administrator decided holds", "the hub says otherwise of seat " + std::to_string(seat));
}

Access AccessLog::read(hub::Ledger& ledger) {
  Access access;
  for (std::size_t seat = 0; seat < setting_.devices.size(); ++seat) {
    const auto device = must_read(ledger.device(setting_.devices[seat].id), "a workstation").value();
    const auto person = must_read(ledger.person(setting_.people[seat].id), "a person").value();
    access.push_back({device.state == hub::DeviceState::revoked, device.scopes,
                      person.state == hub::PersonState::disabled, person.disabled_ms, person.role, person.scopes});
    grants_[seat] = device.grants;
    const auto [held, is_new] = held_for_.try_emplace({seat, device.grants}, device.scopes);
    if (!is_new && held->second != device.scopes)
      throw Violation("a version of a workstation's grants is of one set of scopes",
                      "version " + std::to_string(device.grants) + " of seat " + std::to_string(seat) +
                          " was of other scopes in another history");
  }
  return access;
}

void AccessLog::results_seen(const LedgerHistory& history) {
  for (const hub::Device& device : setting_.devices)
    results_[device.id].resize(history.results(device.id).size(), moments_.size() - 1);
}

const Access& AccessLog::when(const sync::Id& device, std::uint64_t entry) const {
  return moments_[results_.at(device).at(entry - 1)];
}

void AccessLog::restored_to(std::size_t moment, const LedgerHistory& history) {
  attempted_.clear();
  moments_.push_back(Access(moments_[moment]));
  results_seen(history);  // has fewer than before
}

bool AccessLog::lets_in(std::size_t seat) const {
  const SeatAccess& its = now()[seat];
  return !its.revoked && !its.disabled &&
         std::ranges::any_of(its.held, [&](const std::string& scope) { return sync::is_within(scope, its.writes); });
}

std::size_t AccessLog::seat_of(const sync::Id& device) const {
  return static_cast<std::size_t>(std::ranges::find(setting_.devices, device, &hub::Device::id) -
                                  setting_.devices.begin());
}

const std::vector<std::string>& AccessLog::held_for(std::size_t seat, std::uint32_t grants) const {
  static const std::vector<std::string> nothing;
  const auto found = held_for_.find({seat, grants});
  return found == held_for_.end() ? nothing : found->second;
}

}  // namespace holdline::sim
