// Where a request to the console comes from. Any page of the Internet can make a browser on this computer send requests
// to a loopback port: by its own name for 127.0.0.1 (DNS rebinding), by a form, by a picture. All of them are told by
// headers that a page cannot write.
// Internal to agent/console.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/http/http.hpp"

namespace holdline::agent {

// The header that marks what the console's page sends: no other page can add it without being asked for permission
// first, which is never given.
inline constexpr std::string_view page_header = "x-holdline";

// How a console is reached; whoever names another place is refused.
struct ConsolePlace {
  bool tls = false;  // https, else http
  std::vector<std::string>
      hosts;  // as browsers write them: "localhost:7878", in small letters; people are told the first

  std::string address(std::string_view host) const { return (tls ? "https://" : "http://") + std::string(host); }
};
// On this computer only, in plain HTTP.
ConsolePlace console_here(std::uint16_t port);
// For other computers, by the names and addresses of its certificate (CertificateInfo::names); those with a '*' are
// names of nobody.
ConsolePlace console_of(std::span<const std::string> certificate_names, std::uint16_t port);

// Why the request is not answered, when it is not: it names another place, comes from another page, or changes
// something without page_header. Whoever opens the page may come from anywhere, such as the softphone's own page: it
// tells nothing before somebody is signed in. Pure.
std::optional<platform::HttpResponse> refuse_foreign(const platform::HttpRequest& request, const ConsolePlace& place);

}  // namespace holdline::agent
