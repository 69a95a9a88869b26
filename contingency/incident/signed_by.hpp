// Who decided what stands, in words for whoever decides after.
#pragma once

#include <string>

#include "contingency/incident/incident.hpp"

namespace holdline::contingency {

// "sue at 2026-11-30T21:03:00.000Z: the line is full".
std::string signed_by(const Signature& by);

}  // namespace holdline::contingency
