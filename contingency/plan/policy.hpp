// The thresholds and limits of a site: what every machine here is made with. They travel with the plan and have its
// version, so that every desk and the audit mean the same ones.
#pragma once

#include "contingency/code/throttle.hpp"
#include "contingency/manual/limits.hpp"
#include "contingency/probes/options.hpp"
#include "contingency/readiness/readiness.hpp"
#include "contingency/service/presses.hpp"

namespace holdline::contingency {

struct Policy {
  ProbeOptions probes;
  StateOptions states;
  PressOptions presses;
  ThrottleOptions codes;
  ManualLimits limits;
  ReadinessOptions readiness;  // plan_version: the plan's own
};

}  // namespace holdline::contingency
