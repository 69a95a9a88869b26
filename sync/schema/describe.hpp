// A schema as a person reads it.
#pragma once

#include <string>

#include "sync/schema/schema.hpp"

namespace holdline::sync {

// A page of Markdown: what is kept of people, why and how long, at one look; for each collection what it is called,
// what leaves a workstation first, its fields with what may stand in them and who decides when two people change one at
// once, and its rules. Pure.
std::string described(const Schema& schema);

}  // namespace holdline::sync
