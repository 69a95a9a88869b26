// Experiments on the replica.
#pragma once

#include <memory>

#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

std::unique_ptr<Lab> make_replica_lab();

}  // namespace holdline::crashlab
