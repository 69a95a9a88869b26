// Addresses. An absolute https address is taken apart by libcurl's own rules: what this accepts, the client can be sent
// to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdline::platform {

struct HttpsUrl {
  std::string host;  // a name, or a numeric address without brackets
  std::uint16_t port = 443;
};

// Nothing: not an https address, or one with more than scheme, host and port (a user, a path, a query).
std::optional<HttpsUrl> parse_https_origin(const std::string& text);

// A numeric IPv4 or IPv6 address, without brackets.
bool is_ip_address(const std::string& text);
// A host name (RFC 1123): labels of letters, digits and hyphens, at most 253 characters; the first may be "*".
bool is_host_name(const std::string& text);

// A part of a path, or a value of a query, as it stands in an address (RFC 3986).
std::string percent_encoded(std::string_view part);

}  // namespace holdline::platform
