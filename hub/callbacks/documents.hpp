// The documents about callbacks. Internal to hub/callbacks.
#pragma once

#include <nlohmann/json.hpp>

#include "hub/callbacks/requests.hpp"

namespace holdline::hub {

// What a case is, for whoever asks: its notes only for people at desks.
nlohmann::json case_document(const CallbackDesk& desk, const contingency::ListedCase& listed);
nlohmann::json list_document(const CallbackDesk& desk, const std::vector<contingency::ListedCase>& listed,
                             const contingency::ListCoverage& coverage, std::size_t most);
nlohmann::json preview_document(const contingency::Preview& seen, const contingency::ListCoverage& coverage);
nlohmann::json release_document(const contingency::ReleaseBatch& batch, std::int64_t now_ms);

inline platform::HttpResponse callback_answer(int status, const nlohmann::json& json) {
  platform::HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace holdline::hub
