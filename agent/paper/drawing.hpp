// Pages of paper forms as a PDF: A4, black on white, thin lines, legible when it is photocopied.
#pragma once

#include <string>
#include <vector>

#include "contingency/forms/page.hpp"

namespace holdline::agent {

// Sheets of one pad, one after the other; one that needs several pages has its number and code on each. Takes some
// milliseconds a page, any thread. stop "print-failed".
Result<std::string> draw_forms(const std::vector<contingency::FormPage>& forms);

}  // namespace holdline::agent
