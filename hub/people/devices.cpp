#include "hub/people/devices.hpp"

#include <algorithm>

#include "hub/ledger/grants.hpp"
#include "hub/people/rules.hpp"

namespace holdline::hub {

namespace {

template <class Change>
Result<Device> device_changed(Ledger& ledger, std::string_view name_or_id, Change change) {
  HOLDLINE_ASSIGN(Device device, find_device(ledger, name_or_id));
  change(device);
  HOLDLINE_TRY(ledger.put_device(device));
  return device;
}

}  // namespace

Result<Device> find_device(Ledger& ledger, std::string_view name_or_id) {
  HOLDLINE_ASSIGN(const auto devices, ledger.devices());
  const auto id = Id::parse(name_or_id);
  std::vector<Device> found;
  std::ranges::copy_if(devices, std::back_inserter(found),
                       [&](const Device& device) { return id ? device.id == *id : device.name == name_or_id; });
  if (found.size() == 1) return std::move(found.front());
  if (found.empty())
    return fail(ErrorKind::ask_person, "unknown-device",
                "There is no such workstation. See which there are: holdline-hub device list");
  return fail(ErrorKind::ask_person, "name-ambiguous",
              std::to_string(found.size()) + " workstations have this name. Give the id: holdline-hub device list");
}

Result<Device> set_device_state(Ledger& ledger, std::string_view device, DeviceState state) {
  return device_changed(ledger, device, [&](Device& one) { one.state = state; });
}

Result<Device> rename_device(Ledger& ledger, std::string_view device, const std::string& name) {
  HOLDLINE_TRY(check_device_name(name));
  return device_changed(ledger, device, [&](Device& one) { one.name = name; });
}

Result<Device> change_device_scopes(Ledger& ledger, std::string_view device, const std::vector<std::string>& scopes,
                                    std::optional<sync::VisibilitySet> profile) {
  HOLDLINE_TRY(check_scopes(scopes));
  return device_changed(ledger, device, [&](Device& one) {
    if (one.scopes == scopes && one.profile == profile.value_or(one.profile)) return;
    one.scopes = scopes;
    one.profile = profile.value_or(one.profile);
    one.grants = grants_of(one.scopes, one.profile);
  });
}

}  // namespace holdline::hub
