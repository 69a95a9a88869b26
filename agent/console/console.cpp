#include "agent/console/console.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "agent/console/assets.hpp"

namespace holdline::agent {

namespace {

using platform::HttpRequest;
using platform::HttpResponse;

constexpr std::string_view api_root = "/api/v1", secure_prefix = "__Host-";

// What the page may load and who may hold it: this origin, and nobody.
HttpResponse guarded(HttpResponse response, std::string cache_control) {
  response.headers.insert(
      response.headers.end(),
      {{"Cache-Control", std::move(cache_control)},
       {"Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"},
       {"Cross-Origin-Opener-Policy", "same-origin"},
       {"Cross-Origin-Resource-Policy", "same-origin"},
       {"Referrer-Policy", "no-referrer"},
       {"X-Content-Type-Options", "nosniff"}});
  return response;
}

HttpResponse not_kept(HttpResponse response) { return guarded(std::move(response), "no-store"); }

// Names of assets hold a hash of their content; the page itself is asked for each time.
HttpResponse file_response(const Asset& asset, std::string_view known_etags) {
  HttpResponse response;
  response.content_type = asset.content_type;
  response.headers.emplace_back("ETag", asset.etag);
  if (known_etags.find(asset.etag) != known_etags.npos) {
    response.status = 304;
  } else {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = asset.gzip;
  }
  return guarded(std::move(response), asset.path == "/" ? "no-cache" : "public, max-age=31536000, immutable");
}

HttpResponse answer_file(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD")
    return not_kept(platform::error_response(405, "only-to-read", "The files of the page can only be read."));
  const auto assets = console_assets();
  const auto found = std::ranges::find(assets, std::string_view(request.path), &Asset::path);
  if (found == assets.end())
    return not_kept(platform::error_response(404, "unknown-path", "There is nothing here; the console is at /."));
  return file_response(*found, request.header("if-none-match"));
}

// The value of one of the cookies "a=1; b=2"; empty without it.
std::string_view cookie_of(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const auto end = cookies.find(';');
    std::string_view one = cookies.substr(0, end);
    cookies.remove_prefix(end == cookies.npos ? cookies.size() : end + 1);
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  }
  return {};
}

// Without an end of its own: it goes with the browser, and the session behind it ends by itself.
void set_cookie(HttpResponse& response, const std::string& cookie, std::string_view value, std::string_view more = {}) {
  const std::string_view secure = cookie.starts_with(secure_prefix) ? "; Secure" : "";
  response.headers.emplace_back("Set-Cookie", cookie + "=" + std::string(value) +
                                                  "; Path=/; HttpOnly; SameSite=Strict" + std::string(secure) +
                                                  std::string(more));
}

// Scripts of the page see one half, other ports of the computer the other one.
HttpResponse token_in_halves(HttpResponse response, const std::string& cookie) {
  auto json = nlohmann::json::parse(response.body, nullptr, false);
  if (response.status != 200 || !json.is_object() || !json.contains("token")) return response;
  const auto token = json["token"].get<std::string>();
  set_cookie(response, cookie, std::string_view(token).substr(0, token.size() / 2));
  json.erase("token");
  json["page_key"] = token.substr(token.size() / 2);
  response.body = json.dump();
  return response;
}

HttpResponse without_cookie(HttpResponse response, const std::string& cookie) {
  set_cookie(response, cookie, "", "; Max-Age=0");
  return response;
}

// Of TLS the name says that only this host has set it, and over TLS.
std::string cookie_name(const ConsolePlace& place) {
  const std::string& host = place.hosts.front();
  const auto port = host.rfind(':');
  const std::string at = port == host.npos || host.ends_with(']') ? "443" : host.substr(port + 1);
  return (place.tls ? std::string(secure_prefix) : std::string()) + "holdline-" + at;
}

}  // namespace

Console::Console(LocalApi& api, boost::asio::io_context& io, ConsolePlace place)
    : api_(api), place_(std::move(place)), cookie_(cookie_name(place_)), events_(api, io) {}

platform::HttpServerOptions Console::server_options() {
  platform::HttpServerOptions options;
  options.header_bytes = 32 * 1024;
  options.body_bytes = options.anonymous_body_bytes = 256 * 1024;
  options.max_connections = 512;
  // No browser shows a certificate, and some sites have one address for all.
  options.max_unauthenticated = options.max_unauthenticated_per_address = 400;
  options.unauthenticated_burst = 2'000;
  options.unauthenticated_per_second = 500;
  return options;
}

void Console::answer(HttpRequest request, platform::Respond respond) {
  if (auto refusal = refuse_foreign(request, place_)) return respond(not_kept(*std::move(refusal)));
  if (request.path.starts_with("/api/")) return answer_api(std::move(request), std::move(respond));
  respond(answer_file(request));
}

void Console::answer_api(HttpRequest request, platform::Respond respond) {
  const auto is = [&](std::string_view method, std::string_view path) {
    return request.method == method && request.path == std::string(api_root).append(path);
  };
  if (is("POST", "/enroll") || is("POST", "/reenroll"))
    return respond(
        not_kept(platform::error_response(403, "not-allowed", "A workstation is enrolled with holdline enroll.")));
  request.headers.erase("authorization");
  const std::string_view half = cookie_of(request.header("cookie"), cookie_);
  if (const std::string_view other = request.header("x-holdline-key"); !half.empty() && !other.empty())
    request.headers["authorization"] = "Bearer " + std::string(half).append(other);
  const platform::Respond kept_nowhere(
      [respond = std::move(respond)](HttpResponse response) { respond(not_kept(std::move(response))); });
  if (is("GET", "/events")) return events_.open(std::move(request), kept_nowhere);
  const bool signs_in = is("POST", "/login"), signs_out = is("POST", "/logout");
  api_.answer(std::move(request),
              platform::Respond([signs_in, signs_out, cookie = cookie_, kept_nowhere](HttpResponse response) {
                if (signs_in) response = token_in_halves(std::move(response), cookie);
                if (signs_out && response.status == 200) response = without_cookie(std::move(response), cookie);
                kept_nowhere(std::move(response));
              }));
}

}  // namespace holdline::agent
