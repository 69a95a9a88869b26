// What of a plan is part of a drill.
#pragma once

#include "contingency/plan/plan.hpp"

namespace holdline::contingency {

// It can be performed dry, or the plan says that it is performed all the same: else a drill leaves it out.
inline bool can_be_practised(const PlanAction& action) {
  return action.does.kind == ActionKind::checklist || action.dry_run || action.real_in_drill;
}

}  // namespace holdline::contingency
