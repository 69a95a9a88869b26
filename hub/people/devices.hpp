// Workstations after they were enrolled: revoked, restored, renamed, given other scopes. Every change is durable when
// it returns. A revoked one is refused from then on, also what it has under way; other scopes or another profile reach
// it with its next answer, and it fetches its replica anew.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// By id, or by a name that only one has. ask_person "unknown-device", "name-ambiguous", as with all that follow.
Result<Device> find_device(Ledger& ledger, std::string_view name_or_id);

Result<Device> set_device_state(Ledger& ledger, std::string_view device, DeviceState state);
// ask_person "bad-name".
Result<Device> rename_device(Ledger& ledger, std::string_view device, const std::string& name);
// ask_person "bad-scope", "too-many-scopes". The profile stays when none is given.
Result<Device> change_device_scopes(Ledger& ledger, std::string_view device, const std::vector<std::string>& scopes,
                                    std::optional<sync::VisibilitySet> profile);

}  // namespace holdline::hub
