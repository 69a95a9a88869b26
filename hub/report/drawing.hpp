// A report as a PDF to be printed, signed and filed.
#pragma once

#include <string>

#include "contingency/report/report.hpp"
#include "sync/base/result.hpp"

namespace holdline::hub {

// A4 pages, each with title, date and number; text of any script. May take a second: for a thread that nobody waits
// for. stop "print-failed".
Result<std::string> draw_report(const contingency::IncidentReport& report);

}  // namespace holdline::hub
