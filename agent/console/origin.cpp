#include "agent/console/origin.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace holdline::agent {

namespace {

bool opens_the_page(const platform::HttpRequest& request) {
  return request.method == "GET" && request.path == "/" && request.header("sec-fetch-mode") == "navigate" &&
         request.header("sec-fetch-dest") == "document";
}

// Browsers say since 2023 from where a request was made; "none" is the address bar.
bool is_of_own_page(const platform::HttpRequest& request) {
  const std::string_view site = request.header("sec-fetch-site");
  return site.empty() || site == "same-origin" || site == "none" || opens_the_page(request);
}

// Host names are the same in capitals and small letters (RFC 4343).
std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return small;
}

bool only_reads(std::string_view method) { return method == "GET" || method == "HEAD"; }

platform::HttpResponse refused(std::string_view why) { return platform::error_response(403, "not-from-here", why); }

}  // namespace

ConsolePlace console_here(std::uint16_t port) {
  const std::string at = ":" + std::to_string(port);
  return {false, {"localhost" + at, "127.0.0.1" + at, "[::1]" + at}};
}

ConsolePlace console_of(std::span<const std::string> certificate_names, std::uint16_t port) {
  constexpr std::uint16_t preset = 443;  // which browsers leave out
  const std::string at = port == preset ? "" : ":" + std::to_string(port);
  ConsolePlace place{true, {}};
  for (const std::string& name : certificate_names) {
    if (name.find('*') != name.npos) continue;
    const bool is_ipv6 = name.find(':') != name.npos;
    place.hosts.push_back(in_small_letters(is_ipv6 ? "[" + name + "]" : name) + at);
  }
  return place;
}

std::optional<platform::HttpResponse> refuse_foreign(const platform::HttpRequest& request, const ConsolePlace& place) {
  const std::string host = in_small_letters(request.header("host"));
  if (std::ranges::find(place.hosts, host) == place.hosts.end())
    return refused("Open the console at " + place.address(place.hosts.front()) + "/" +
                   (place.tls ? "." : " on this computer."));
  const std::string origin = in_small_letters(request.header("origin"));
  if (!origin.empty() && origin != place.address(host)) return refused("Another page may not use this console.");
  if (!is_of_own_page(request)) return refused("Another page may not use this console.");
  if (!only_reads(request.method) && request.header(page_header).empty())
    return refused("A change needs the header X-Holdline, which the console's own page sends.");
  return std::nullopt;
}

}  // namespace holdline::agent
