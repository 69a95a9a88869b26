// The documents about callbacks. Internal to hub/callbacks.
#pragma once

#include <nlohmann/json.hpp>

#include "hub/callbacks/list.hpp"

namespace holdline::hub {

nlohmann::json list_document(const CallbackList& list, const std::vector<contingency::ListedCase>& listed,
                             std::int64_t now_ms, std::size_t most);
nlohmann::json preview_document(const contingency::Preview& seen, const contingency::ListCoverage& coverage);
nlohmann::json release_document(const contingency::ReleaseBatch& batch, std::int64_t now_ms);

}  // namespace holdline::hub
