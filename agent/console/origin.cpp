#include "agent/console/origin.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace holdline::agent {

namespace {

bool is_this_computer(std::string_view host, std::uint16_t port) {
  const std::string at = ":" + std::to_string(port);
  return std::ranges::any_of(std::initializer_list<std::string_view>{"localhost", "127.0.0.1", "[::1]"},
                             [&](std::string_view name) { return host == std::string(name) + at; });
}

bool opens_the_page(const platform::HttpRequest& request) {
  return request.method == "GET" && request.path == "/" && request.header("sec-fetch-mode") == "navigate" &&
         request.header("sec-fetch-dest") == "document";
}

// Browsers say since 2023 from where a request was made; "none" is the address bar.
bool is_of_own_page(const platform::HttpRequest& request) {
  const std::string_view site = request.header("sec-fetch-site");
  return site.empty() || site == "same-origin" || site == "none" || opens_the_page(request);
}

bool only_reads(std::string_view method) { return method == "GET" || method == "HEAD"; }

platform::HttpResponse refused(std::string_view why) { return platform::error_response(403, "not-from-here", why); }

}  // namespace

std::optional<platform::HttpResponse> refuse_foreign(const platform::HttpRequest& request, std::uint16_t port) {
  const std::string_view host = request.header("host");
  if (!is_this_computer(host, port))
    return refused("Open the console at http://localhost:" + std::to_string(port) + "/ on this computer.");
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && origin != "http://" + std::string(host))
    return refused("Another page may not use this console.");
  if (!is_of_own_page(request)) return refused("Another page may not use this console.");
  if (!only_reads(request.method) && request.header(page_header).empty())
    return refused("A change needs the header X-Holdline, which the console's own page sends.");
  return std::nullopt;
}

}  // namespace holdline::agent
