// The local API in a form that programs read: openapi.json (OpenAPI 3.1), compiled in and served by the daemon itself.
#pragma once

#include <string_view>

#include "platform/http/http.hpp"

namespace holdline::agent {

// Static; JSON.
std::string_view api_description();
platform::HttpResponse description_response();

}  // namespace holdline::agent
