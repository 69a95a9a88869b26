// The one way out of this folder: single requests of the agent's JSON API (docs/api.md). Session repeats them.
#pragma once

#include <filesystem>
#include <utility>

#include "platform/http/client.hpp"
#include "sync/base/result.hpp"

namespace holdline::cli {

class Api {
 public:
  virtual ~Api() = default;
  // Blocks until it is over. `request.url` is the target below /api/v1: "/status". Any HTTP status is an answer; errors
  // are those of platform/http/unix_client.hpp.
  virtual Result<platform::HttpClientResponse> send(platform::HttpClientRequest request) = 0;
};

// The agent behind its Unix socket.
class UnixApi final : public Api {
 public:
  explicit UnixApi(std::filesystem::path socket) : socket_(std::move(socket)) {}
  Result<platform::HttpClientResponse> send(platform::HttpClientRequest request) override;

 private:
  std::filesystem::path socket_;
};

}  // namespace holdline::cli
