// Turns the bytes of one connection into requests, one at a time (RFC 9112). Pure: no socket, no clock; the server
// shell and the fuzzer drive it the same way.
// Internal to platform/http.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "platform/http/http.hpp"

namespace holdline::platform {

struct HttpParserLimits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 4 * 1024 * 1024;
};

// One request. Memory used is bounded by the limits; a Content-Length above the limit fails before anything is
// allocated for it.
class HttpRequestParser {
 public:
  enum class State {
    header,  // the header is not complete
    body,    // the header is, the body is not
    done,    // take() gives the request
    failed,  // answer with failure() and close: where the next request starts is unknown
  };

  explicit HttpRequestParser(const HttpParserLimits& limits);
  ~HttpRequestParser();
  HttpRequestParser(const HttpRequestParser&) = delete;
  HttpRequestParser& operator=(const HttpRequestParser&) = delete;

  // Consumes a prefix of `bytes` and returns its length. The caller keeps the rest and offers it again with more
  // bytes behind it: a header or chunk line is only consumed whole. In state done the rest is the next request.
  std::size_t feed(std::string_view bytes);

  State state() const;
  // The refusal for a failed request: 400, 413 or 431.
  HttpResponse failure() const;
  // The client waits for "100 Continue" before it sends the body. Known from state body on.
  bool expects_continue() const;
  // Whether another request may follow. Valid in state done.
  bool keep_alive() const;
  // The request without its peer. Call once, in state done.
  HttpRequest take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::platform
