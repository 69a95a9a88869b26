// The engine's road to the hub: libcurl on the I/O thread, answers handed to the engine's thread, and
// Retry-After read from HTTP.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
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

  // How long to wait for an answer to begin when so many bytes are on their way to the hub: the last of them may leave
  // this machine long after they were handed to it, and whatever is asked later waits behind them.
  static std::int64_t answer_limit_ms(std::int64_t timeout_ms, std::size_t bytes_under_way);

  // Any thread. `timeout_ms` is for the answer to begin, on a line that carries nothing else.
  void post(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) override;
  void abandon() override;

  // Another certificate, other authorities or another address from now on. On the I/O thread. What is under way is
  // abandoned.
  void use(platform::HttpClientOptions options, std::string hub);

 private:
  void send(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms);

  boost::asio::io_context& io_;
  std::string hub_;
  Deliver deliver_;
  std::optional<platform::HttpClient> client_;                   // the I/O thread only, like what follows; never empty
  std::map<platform::HttpClient::RequestId, std::size_t> sent_;  // with the bytes of each body
};

}  // namespace holdline::agent
