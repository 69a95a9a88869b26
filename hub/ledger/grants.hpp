// The version of what a workstation may hold. A replica names the one it was filled for, and is followed only while
// that is the workstation's. It is made from scopes and profile alone: a counter would be put back with the ledger, and
// then count other scopes by a number that a replica already has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/schema/schema.hpp"

namespace holdline::hub {

// Of these scopes in any order. Never 0, which is what an empty replica names.
std::uint32_t grants_of(std::vector<std::string> scopes, sync::VisibilitySet profile);

}  // namespace holdline::hub
