#include "hub/people/rules.hpp"

#include <algorithm>

#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t max_sign_in_name = 40;
constexpr std::size_t max_device_name = 60;
constexpr std::size_t shortest_password = 8;

}  // namespace

Result<void> check_scopes(std::span<const std::string> scopes) {
  if (scopes.empty())
    return fail(ErrorKind::ask_person, "bad-scope", "Name at least one scope, for example acme/london.");
  for (const std::string& scope : scopes)
    if (!sync::is_scope(scope))
      return fail(ErrorKind::ask_person, "bad-scope",
                  "A scope is up to four lower-case words with slashes between, like acme/london.");
  if (scopes.size() > sync::limits::scopes_per_grant)
    return fail(ErrorKind::ask_person, "too-many-scopes",
                "These are " + std::to_string(scopes.size()) + " scopes; one workstation or person can have " +
                    std::to_string(sync::limits::scopes_per_grant) +
                    " at most, because every contact with the hub names them. Group what belongs together.");
  return {};
}

Result<void> check_sign_in_name(std::string_view name) {
  const bool good = !name.empty() && name.size() <= max_sign_in_name && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  if (good) return {};
  return fail(ErrorKind::ask_person, "bad-name", "A sign-in name has at most 40 of a-z, 0-9, '.' and '-'.");
}

Result<void> check_device_name(std::string_view name) {
  if (!name.empty() && name.size() <= max_device_name && !sync::has_control_character(name)) return {};
  return fail(ErrorKind::ask_person, "bad-name", "Give the workstation a name of at most 60 characters.");
}

Result<void> check_role(std::string_view role) {
  if (role == "agent" || role == "supervisor" || role == "it") return {};
  return fail(ErrorKind::ask_person, "bad-role", "The role is agent, supervisor or it.");
}

Result<void> check_password(std::string_view password) {
  if (password.size() >= shortest_password) return {};
  return fail(ErrorKind::ask_person, "weak-password", "A password has at least 8 characters.");
}

}  // namespace holdline::hub
