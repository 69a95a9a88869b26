// How long the certificate is good, and what IT has to look at, as the status tells it.
// Internal to agent/api.
#pragma once

#include <cstdint>

#include <nlohmann/json.hpp>

#include "agent/engine/engine.hpp"

namespace holdline::agent {

// {"ends","days_left"}; null when it cannot be read. Days are rounded down, and negative when it has ended.
nlohmann::json certificate_json(const sync::CertificateLife& life, std::int64_t now_ms);

// [{"code","message"}]: "certificate-ends-soon" (it should have been renewed by now), "certificate-expired",
// "clock-behind" (what this computer's clock shows has passed long ago), "clocks-differ"; and why nothing can be saved,
// as "outbox-missing".
nlohmann::json health_json(const SyncStatus& sync, const OutboxStatus& outbox, std::int64_t now_ms);

}  // namespace holdline::agent
