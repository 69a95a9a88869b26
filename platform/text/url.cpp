#include "platform/text/url.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <array>
#include <charconv>
#include <memory>
#include <string_view>

namespace holdline::platform {

namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, FreeUrl>;

std::optional<std::string> part_of(const CurlUrl& url, CURLUPart part, unsigned flags = 0) {
  char* found = nullptr;
  if (curl_url_get(url.get(), part, &found, flags) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, decltype(&curl_free)> owner(found, &curl_free);
  return std::string(found);
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  for (const char c : label)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return false;
  return true;
}

}  // namespace

std::optional<HttpsUrl> parse_https_origin(const std::string& text) {
  const CurlUrl url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    if (part_of(url, part)) return std::nullopt;
  if (part_of(url, CURLUPART_SCHEME) != "https" || part_of(url, CURLUPART_PATH) != "/") return std::nullopt;
  auto host = part_of(url, CURLUPART_HOST);
  const auto port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!host || !port) return std::nullopt;
  HttpsUrl parsed;
  if (host->starts_with('[')) host = host->substr(1, host->size() - 2);
  parsed.host = *std::move(host);
  if (!is_ip_address(parsed.host) && !is_host_name(parsed.host)) return std::nullopt;
  std::from_chars(port->data(), port->data() + port->size(), parsed.port);
  return parsed.port == 0 ? std::nullopt : std::optional(std::move(parsed));
}

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> raw;
  return inet_pton(AF_INET, text.c_str(), raw.data()) == 1 || inet_pton(AF_INET6, text.c_str(), raw.data()) == 1;
}

bool is_host_name(const std::string& text) {
  std::string_view rest = text;
  if (rest.size() > 253) return false;
  if (rest.starts_with("*.")) rest.remove_prefix(2);
  for (;;) {
    const auto dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    rest.remove_prefix(dot + 1);
  }
}

std::string percent_encoded(std::string_view part) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";  // RFC 3986
  std::string result;
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (unreserved.find(c) != std::string_view::npos)
      result += c;
    else
      result.append("%").append(1, hex[byte >> 4]).append(1, hex[byte & 15]);
  }
  return result;
}

}  // namespace holdline::platform
