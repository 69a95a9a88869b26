// Where a request to the console comes from. Any page of the Internet can make a browser on this computer send requests
// to a loopback port: by its own name for 127.0.0.1 (DNS rebinding), by a form, by a picture. All of them are told by
// headers that a page cannot write.
// Internal to agent/console.
#pragma once

#include <cstdint>
#include <optional>

#include "platform/http/http.hpp"

namespace holdline::agent {

// The header that marks what the console's page sends: no other page can add it without being asked for permission
// first, which is never given.
inline constexpr std::string_view page_header = "x-holdline";

// Why the request is not answered, when it is not: it names another host than this computer at `port`, comes from
// another page, or changes something without page_header. Whoever opens the page may come from anywhere, such as the
// softphone's own page: it tells nothing before somebody is signed in. Pure.
std::optional<platform::HttpResponse> refuse_foreign(const platform::HttpRequest& request, std::uint16_t port);

}  // namespace holdline::agent
