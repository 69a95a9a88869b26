// One libcurl transfer: options set the same way for every client, and outcomes as errors of this tree.
// Internal to platform/http.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "platform/crypto/openssl_ptr.hpp"
#include "platform/http/client.hpp"

namespace holdline::platform {

// Keeps libcurl initialised. It counts its users itself.
class CurlLibrary {
 public:
  CurlLibrary();
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;
  ~CurlLibrary();
};

using CurlEasyPtr = std::unique_ptr<CURL, OpensslFree<curl_easy_cleanup>>;

class CurlTransfer {
 public:
  // `options` and `pin` (may be null) must outlive the transfer.
  CurlTransfer(const HttpClientOptions& options, PinnedTrust* pin, HttpClientRequest request);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  // Sets all options. Error "bad-request".
  Result<void> prepare();
  CURL* handle() const { return easy_.get(); }

  // The outcome after libcurl reported `code`. Call once.
  Result<HttpClientResponse> finish(CURLcode code);

  // Whether a body is under way and no byte has moved for `limit`, or the answer does not begin for as long as the
  // request says (TimeoutFor::answer). To be asked now and then.
  bool stalled(std::chrono::steady_clock::time_point now, std::chrono::milliseconds limit);

 private:
  static std::size_t on_body(char* data, std::size_t one, std::size_t size, void* self);
  static std::size_t on_header(char* data, std::size_t one, std::size_t size, void* self);
  static CURLcode on_tls_context(CURL* easy, void* context, void* self);

  template <class Value>
  void set(CURLoption option, Value value);
  void set_method();
  void set_tls();
  Result<void> set_headers();
  Error error_of(CURLcode code) const;
  Error tls_error(CURLcode code) const;

  const HttpClientOptions& options_;
  PinnedTrust* const pin_;
  HttpClientRequest request_;
  CurlEasyPtr easy_;
  curl_slist* header_list_ = nullptr;
  CURLcode setup_ = CURLE_OK;  // the first option that was refused
  std::array<char, CURL_ERROR_SIZE> detail_{};

  HttpClientResponse response_;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;

  curl_off_t moved_ = 0;
  std::chrono::steady_clock::time_point moved_at_{};
};

}  // namespace holdline::platform
