#include "agent/api/description/description.hpp"

// Defined in description.S.
extern "C" const char holdline_openapi_json[], holdline_openapi_json_end[];

namespace holdline::agent {

std::string_view api_description() {
  return {holdline_openapi_json, static_cast<std::size_t>(holdline_openapi_json_end - holdline_openapi_json)};
}

platform::HttpResponse description_response() {
  platform::HttpResponse response;
  response.body = api_description();
  return response;
}

}  // namespace holdline::agent
