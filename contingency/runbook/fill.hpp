// What an action sends, with the incident's words in place. Pure.
#pragma once

#include <map>
#include <string>

#include "contingency/plan/plan.hpp"

namespace holdline::contingency {

// {incident}, {scope}, {reason}, {action} and whatever else `words` has, in the body (as the inside of a JSON text), in
// arguments and parameters (as they are: there is no shell). Addresses, methods and the first argument are the plan's
// alone. A name in braces that `words` does not have stays as it stands.
Performance filled(Performance what, const std::map<std::string, std::string>& words);

}  // namespace holdline::contingency
