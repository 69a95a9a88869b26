// Experiments on the hub's ledger, with intake in front of it.
#pragma once

#include <memory>

#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

std::unique_ptr<Lab> make_ledger_lab();

}  // namespace holdline::crashlab
