// Accounts of this machine, for deciding who may use a local socket.
#pragma once

#include <cstdint>
#include <string>

namespace holdline::platform {

// The account this process runs as.
std::uint32_t own_uid();

// Whether the account belongs to the group, as its first or a further one. False for unknown accounts and groups.
bool is_member(std::uint32_t uid, const std::string& group);

}  // namespace holdline::platform
