// GET /customers: who is found by what the caller says.
// Internal to agent/api.
#pragma once

#include "agent/api/route.hpp"

namespace holdline::agent {

void search_customers(Workstation& station, Call call);

}  // namespace holdline::agent
