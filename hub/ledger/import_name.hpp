// What an import is called where people read of what it did.
#pragma once

#include <string>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// "import of 28 Nov 2026 by ada from crm-export.csv"; without the name of a file, its source: "from crm-nightly".
std::string import_name(const ImportRun& run);

}  // namespace holdline::hub
