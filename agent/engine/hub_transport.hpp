// The engine's road to the hub: libcurl on the I/O thread, answers handed to the engine's thread, and
// Retry-After read from HTTP.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "agent/engine/engine.hpp"
#include "platform/http/client.hpp"

namespace boost::asio {
class io_context;
}

namespace holdline::agent {

class HubTransport final : public Transport {
 public:
  using Deliver = std::function<void(std::uint64_t token, Result<TransportAnswer> answer)>;

  // `deliver` is called on the I/O thread. The transport must be destroyed while that thread does not run.
  HubTransport(boost::asio::io_context& io, platform::HttpClientOptions options, std::string hub, Deliver deliver);

  // Any thread.
  void post(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) override;
  void abandon() override;

 private:
  void send(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms);

  boost::asio::io_context& io_;
  std::string hub_;
  Deliver deliver_;
  platform::HttpClient client_;  // the I/O thread only, like what follows
  std::set<platform::HttpClient::RequestId> sent_;
};

}  // namespace holdline::agent
