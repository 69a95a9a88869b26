// Experiments on the outbox.
#pragma once

#include <memory>

#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

std::unique_ptr<Lab> make_outbox_lab();

}  // namespace holdline::crashlab
