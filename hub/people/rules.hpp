// What names, roles, scopes and passwords may be.
// Internal to hub/people.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sync/base/result.hpp"

namespace holdline::hub {

// One or more, at most sync::limits::scopes_per_grant, each a scope. ask_person "bad-scope", "too-many-scopes".
Result<void> check_scopes(std::span<const std::string> scopes);
// ask_person "bad-name", "bad-role", "weak-password".
Result<void> check_sign_in_name(std::string_view name);
Result<void> check_device_name(std::string_view name);
Result<void> check_role(std::string_view role);
Result<void> check_password(std::string_view password);

}  // namespace holdline::hub
