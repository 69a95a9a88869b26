// An import as the administrator's API speaks of it: the request, the report, and how far one came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "hub/import/duplicates.hpp"
#include "hub/import/import.hpp"
#include "hub/setup/config.hpp"
#include "platform/http/http.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::hub {

// Empty when it is not given.
std::string query_of(const platform::HttpRequest& request, std::string_view name);
// Of POST /import, docs/api.md. ask_person "malformed".
Result<ImportRequest> import_request(const platform::HttpRequest& request, const HubConfig& config,
                                     platform::Entropy& entropy, std::int64_t now_ms);
nlohmann::json to_json(const ImportReport& report);
nlohmann::json to_json(const ImportRun& run);
nlohmann::json to_json(const Rescan& found);

}  // namespace holdline::hub
