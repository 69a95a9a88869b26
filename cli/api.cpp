#include "cli/api.hpp"

#include "platform/http/unix_client.hpp"

namespace holdline::cli {

Result<platform::HttpClientResponse> UnixApi::send(platform::HttpClientRequest request) {
  request.url.insert(0, "/api/v1");
  return platform::request_over_unix(socket_, std::move(request));
}

}  // namespace holdline::cli
