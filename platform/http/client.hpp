// HTTP client of the daemons: libcurl's multi interface on an Asio io_context. Connections are kept, TLS sessions
// resumed; nothing follows redirects or reads the environment.
//
// Threads: an HttpClient belongs to the one thread that runs its io_context. Create, use and destroy it there (or while
// no thread runs it). No call blocks, destruction included: name resolution still in progress is abandoned.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/http/http.hpp"
#include "platform/http/tls.hpp"
#include "sync/base/result.hpp"

namespace boost::asio {
class io_context;
}

namespace holdline::platform {

struct HttpClientOptions {
  TlsTrust trust;
  Identity identity;              // client certificate and key; empty: none is presented
  std::string proxy;              // "http://proxy.site:3128"; empty: direct, whatever the environment says
  bool allow_plain_http = false;  // http:// URLs; for loopback, and where neither a secret nor a person's data is sent
  bool allow_tls_1_2 = false;     // for servers that are not Holdline's
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds stall_timeout{15'000};  // without a byte while a body is being sent or received
};

// What HttpClientRequest::timeout is for.
enum class TimeoutFor : std::uint8_t {
  everything,  // the request and its answer together
  answer,      // for the answer to begin, after the last byte that moved: a line that is only slow may take its time
};

struct HttpClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // sent from where it lies, not copied
  std::chrono::milliseconds timeout{30'000};
  TimeoutFor timeout_for = TimeoutFor::everything;
  bool connect_only = false;  // of `url` only the host and the port count: a TCP connection is made, the status is 0
  std::size_t max_response_bytes = 8 * 1024 * 1024;
};

struct HttpClientResponse {
  int status = 0;
  HttpFields headers;  // names in lower case
  std::string body;
};

// Error codes of every request. Any HTTP status is a response, not an error.
//   retry later: "unreachable" (no connection; the request was not sent), "connection-refused" (likewise; the server's
//                computer answers, and nothing serves there), "connection-lost" (it may have been executed), "timeout"
//   ask a person: "tls-untrusted" (the server's certificate), "tls-client-rejected" (ours), "tls-failed", "too-large",
//                "bad-request", "permission" (Unix socket)
class HttpClient {
 public:
  using RequestId = std::uint64_t;
  using Callback = std::function<void(Result<HttpClientResponse>)>;

  HttpClient(boost::asio::io_context& io, HttpClientOptions options);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) = delete;
  // Abandons all requests; their callbacks are destroyed without being called.
  ~HttpClient();

  // Starts a request. The callback is called exactly once, from the io_context and never during send(), unless the
  // request is cancelled first. It may call send() and cancel() and may destroy the client.
  RequestId send(HttpClientRequest request, Callback callback);
  // The callback will not be called any more. Unknown and finished ids are ignored.
  void cancel(RequestId id);

  // With TlsTrust::ca_fingerprint: the authority that matched, PEM; empty before the first accepted connection.
  const std::string& pinned_ca_pem() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace holdline::platform
