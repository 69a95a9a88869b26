// Who changed a record, when, where and from which value, as a workstation may know it.
// Internal to hub/feed.
#pragma once

#include <string>
#include <string_view>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// Answers `{collection, record}` (sync/wire/PROTOCOL.md). ask_person "unknown-record" for what is not there or not in a
// scope of the device, alike.
Result<std::string> answer_history(Ledger& ledger, const Device& device, std::string_view body);

}  // namespace holdline::hub
