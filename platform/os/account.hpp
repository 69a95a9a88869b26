// Accounts of this machine: who may use a local socket, and whose the files are that this process makes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sync/base/result.hpp"

namespace holdline::platform {

// The account this process runs as.
std::uint32_t own_uid();

// The session of processes this one belongs to: one for each terminal (getsid(2)).
std::int64_t own_terminal();

// Whether the account belongs to the group, as its first or a further one. False for unknown accounts and groups.
bool is_member(std::uint32_t uid, const std::string& group);

// For good, when this process is root and the directory another account's: what it makes there from now on is theirs as
// well. Otherwise nothing. Errors: "file-missing", "io-error".
Result<void> become_owner_of(const std::filesystem::path& directory);

}  // namespace holdline::platform
