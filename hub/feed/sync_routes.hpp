// Which call answers which path of the sync protocol: what the HTTP server and any other transport have in common.
#pragma once

#include <cstdint>
#include <string_view>

#include "hub/feed/sync_service.hpp"
#include "hub/intake/intake.hpp"

namespace holdline::hub {

// Answers every path but push and pull, which are taken in groups and may wait. ask_person "unknown-path".
Result<sync::Bytes> answer_reading(SyncService& service, const Device& device, std::string_view path,
                                   std::string_view body, std::int64_t now_ms);

// A push as it came over the wire.
Result<IncomingPush> read_push_body(SyncService& codec, const sync::SchemaVersions& schemas, const Device& device,
                                    std::string_view body);

}  // namespace holdline::hub
