// Plain HTTP values, as a handler sees them. They know neither sockets nor the library that parses them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sync/base/hash.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

// Header or query fields by name. Repeated headers are joined with ", " (RFC 9110 §5.3); of a repeated query field
// the last one counts.
using HttpFields = std::map<std::string, std::string, std::less<>>;

// A client certificate that was verified against the certificate authority of the listener, but for its dates: whoever
// serves decides by its own clock what an expired one is still good for.
struct PeerCertificate {
  std::string common_name;  // the device id, for certificates issued by CertificateAuthority::sign_device
  sync::Hash fingerprint;   // SHA-256 of the DER form
  std::string serial;       // hex, upper case, as `openssl x509 -serial` prints it
  std::chrono::sys_seconds not_after;
  std::string grant;  // as signed into it (CertificateAuthority::sign_device); empty: none
};

// Who is at the other end, known before the first byte of a request is read.
struct Peer {
  enum class Kind {
    unix_socket,  // uid, gid and pid come from the kernel (SO_PEERCRED)
    tls,          // certificate is set only when the client presented one and it was verified
    loopback,     // nothing is known: any local program
  };
  Kind kind = Kind::loopback;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
  std::optional<PeerCertificate> certificate;
  // Where a TLS client comes from, for counting and not for showing: its IPv4 address or its IPv6 network, in bytes.
  std::string origin = {};
};

class LiveBody;

struct HttpRequest {
  std::string method;  // upper case as sent: "GET", "POST"
  std::string path;    // percent-decoded, starts with '/', valid without control characters
  HttpFields query;    // percent-decoded
  HttpFields headers;  // names in lower case
  std::string body;
  Peer peer;

  // The value of a header (lower-case name) or an empty view.
  std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Length, Content-Type and Connection are added
  std::string body;                                          // moved, not copied, on its way to the socket
  std::shared_ptr<LiveBody> live = {};                       // set: goes on after `body`, until one side ends it
};

// The one form in which both daemons refuse the programs of people: a problem document (RFC 9457) with the member
// `code`.
// {"type":"urn:holdline:problem:too-large","title":"Too large","status":413,"detail":"...","code":"too-large"}
// `detail` says what happened and what to do. 401 says as well that a token is wanted (WWW-Authenticate). The server
// adds `instance`, the path that was asked for.
inline constexpr std::string_view problem_type = "application/problem+json";
HttpResponse error_response(int status, std::string_view code, std::string_view message);
HttpResponse error_response(const Error& error);
// The document, for members beside these; `status` 0 for what no server said: it is left out.
nlohmann::json problem_json(int status, std::string_view code, std::string_view message);
HttpResponse problem_response(const nlohmann::json& problem);
// Tells in a problem document which path it is about; leaves every other answer as it is.
void name_instance(HttpResponse& response, std::string_view path);

// The status of an error by its kind: ask_person 422 (400 when malformed), start_over 409, everything else 503.
int http_status(const Error& error);

// Splits a request target into decoded path and query. Nothing for anything but origin form, broken percent escapes,
// control characters or bytes that are not UTF-8.
struct HttpTarget {
  std::string path;
  HttpFields query;
};
std::optional<HttpTarget> parse_target(std::string_view target);

// True when a header name or value could be sent as it is: no line break or other control character can smuggle a
// second header.
bool is_safe_header(std::string_view name, std::string_view value);

std::string_view reason_phrase(int status);

// Takes the one answer to a request. Copies share the answer: the first call wins, later ones are ignored. May be
// called from any thread, during the handler or long after it returned, also when connection and server are gone
// (the answer is then dropped). When the last copy is destroyed unused the client receives 500.
class Respond {
 public:
  using Sink = std::function<void(HttpResponse)>;
  // `sink` is called at most once.
  explicit Respond(Sink sink);
  void operator()(HttpResponse response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Called once per request. It must not block: a long poll keeps `respond` and answers later.
using HttpHandler = std::function<void(HttpRequest request, Respond respond)>;

}  // namespace holdline::platform
