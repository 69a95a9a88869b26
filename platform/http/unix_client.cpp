#include "platform/http/unix_client.hpp"

#include <memory>

#include "platform/http/curl_transfer.hpp"

namespace holdline::platform {
namespace {

struct Extra {
  std::string unix_socket;
  bool connect_only = false;
  PinnedTrust* pin = nullptr;
};

Result<HttpClientResponse> perform(const HttpClientOptions& options, HttpClientRequest request, const Extra& extra) {
  const CurlLibrary library;
  CurlTransfer transfer(options, extra.pin, std::move(request));
  HOLDLINE_TRY(transfer.prepare());
  if (!extra.unix_socket.empty()) {
    const CURLcode set = curl_easy_setopt(transfer.handle(), CURLOPT_UNIX_SOCKET_PATH, extra.unix_socket.c_str());
    if (set != CURLE_OK) return fail(ErrorKind::ask_person, "bad-request", "The path of the socket is not valid.");
  }
  if (extra.connect_only) curl_easy_setopt(transfer.handle(), CURLOPT_CONNECT_ONLY, 1L);
  return transfer.finish(curl_easy_perform(transfer.handle()));
}

}  // namespace

Result<HttpClientResponse> request_over_unix(const std::filesystem::path& socket, HttpClientRequest request) {
  HttpClientOptions options;
  options.allow_plain_http = true;
  request.url.insert(0, "http://localhost");
  auto response = perform(options, std::move(request), {socket.string(), false, nullptr});
  // Of a socket that a killed process has left, or that is not there: it comes to the same.
  if (!response && response.error().code == "connection-refused")
    return fail(ErrorKind::retry_later, "unreachable", "No process answers at this socket.");
  return response;
}

Result<HttpClientResponse> request_over_https(const HttpClientOptions& options, HttpClientRequest request) {
  std::unique_ptr<PinnedTrust> pin;
  if (options.trust.ca_fingerprint) pin = std::make_unique<PinnedTrust>(*options.trust.ca_fingerprint);
  return perform(options, std::move(request), {{}, false, pin.get()});
}

Result<PinnedAuthority> fetch_pinned_authority(const std::string& url, const sync::Hash& ca_fingerprint,
                                               const std::string& proxy, std::chrono::milliseconds timeout) {
  PinnedTrust pin(ca_fingerprint);
  HttpClientOptions options;
  options.proxy = proxy;
  HttpClientRequest request;
  request.url = url;
  request.timeout = timeout;
  HOLDLINE_TRY(perform(options, std::move(request), {{}, true, &pin}));
  return PinnedAuthority{pin.ca_pem(), pin.has_passed()};
}

}  // namespace holdline::platform
