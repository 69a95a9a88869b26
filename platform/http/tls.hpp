// TLS 1.3 as both ends of Holdline use it: no older version, no early data (0-RTT can be replayed), session tickets so
// that a fleet that comes back resumes cheaply (RFC 8446).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/crypto/certificate.hpp"
#include "platform/http/http.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/result.hpp"

extern "C" {
struct ssl_ctx_st;
struct ssl_st;
}

namespace holdline::platform {

// The server's side: its certificate, and the authority client certificates are checked against. Immutable, shared by
// all connections, usable from any thread. Tickets are sealed with keys drawn at creation, so a resumed session never
// outlives the process; it ends after an hour at the latest.
class TlsServerContext {
 public:
  // A client may present no certificate; one that does not verify ends the handshake, but for one whose dates are not
  // those of this clock (see PeerCertificate). `client_ca_pem` may hold several authorities; empty: nobody is asked for
  // a certificate, as browsers would ask the person. Errors: "bad-certificate", "bad-key".
  static Result<std::shared_ptr<const TlsServerContext>> create(const Identity& server, std::string_view client_ca_pem);

  explicit TlsServerContext(ssl_ctx_st* owned) : context_(owned) {}
  TlsServerContext(const TlsServerContext&) = delete;
  TlsServerContext& operator=(const TlsServerContext&) = delete;
  ~TlsServerContext();

  ssl_ctx_st* native() const { return context_; }

 private:
  ssl_ctx_st* context_;
};

// The verified client certificate of an established connection, if it presented one.
std::optional<PeerCertificate> peer_certificate(const ssl_st* connection);

// Why a server's certificate was refused, as an error with code "tls-untrusted" and a sentence for a person.
// `verify_result` is an X509_V_ERR_ code; 0 (X509_V_OK) means that the chain is good but the name is not.
Error untrusted_server(long verify_result);

// Whom a client believes.
struct TlsTrust {
  // Certificates of trusted authorities, PEM.
  std::string ca_pem;
  // Used instead of ca_pem when set: the SHA-256 fingerprint of the one authority that may have signed the server's
  // certificate. The server has to send that authority with its chain; name, dates and signatures are checked as usual.
  std::optional<sync::Hash> ca_fingerprint;
  // A moment that has passed, whatever this computer's clock shows: where the clock is behind it, certificates are
  // judged by it. Asked before each connection, on the client's thread. Empty: there is the clock only.
  std::function<UnixTime()> has_passed;
};

// Connections of this client context judge certificates at `moment` when this computer's clock is behind it.
void verify_no_earlier_than(ssl_ctx_st* context, UnixTime moment);

// Checks a server's chain against a fingerprint. Installed into each client context of a connection pool; must outlive
// them. One thread. The authority signs nothing for the future: where this computer's clock is behind the beginning of
// the server's certificate (a dead battery), the chain is judged by that beginning.
class PinnedTrust {
 public:
  explicit PinnedTrust(const sync::Hash& ca_fingerprint) : fingerprint_(ca_fingerprint) {}
  PinnedTrust(const PinnedTrust&) = delete;
  PinnedTrust& operator=(const PinnedTrust&) = delete;

  void install(ssl_ctx_st* context);
  // The authority that matched, PEM; empty until a server's certificate was accepted.
  const std::string& ca_pem() const { return ca_pem_; }
  // When the accepted server's certificate began: a moment that has passed (see TlsTrust).
  UnixTime has_passed() const { return has_passed_; }

 private:
  struct Callback;
  sync::Hash fingerprint_;
  std::string ca_pem_;
  UnixTime has_passed_{};
};

}  // namespace holdline::platform
