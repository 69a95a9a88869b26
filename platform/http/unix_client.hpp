// Synchronous HTTP for the command line: to the agent over its Unix socket, to the hub over HTTPS, and the first
// contact of an enrolment. One request per call; blocks the calling thread until it is over.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "platform/http/client.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

// `request.url` is the target only ("/status?x=1"). Errors as HttpClient; here "unreachable" means that no process
// listens (no socket file, or nobody behind it) and "permission" that this login may not open it.
Result<HttpClientResponse> request_over_unix(const std::filesystem::path& socket, HttpClientRequest request);

// `request.url` is a full https:// address.
Result<HttpClientResponse> request_over_https(const HttpClientOptions& options, HttpClientRequest request);

struct PinnedAuthority {
  std::string ca_pem;
  UnixTime has_passed;  // see PinnedTrust: for the requests that follow, should this computer's clock be behind it
};

// The authority with this fingerprint, as sent by the server at `url` ("https://host:port/") after it proved to hold a
// certificate of that authority for its name. Nothing is requested from it. Error "tls-untrusted" when it cannot.
Result<PinnedAuthority> fetch_pinned_authority(const std::string& url, const sync::Hash& ca_fingerprint,
                                               const std::string& proxy, std::chrono::milliseconds timeout);

}  // namespace holdline::platform
