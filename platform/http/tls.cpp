#include "platform/http/tls.hpp"

#include <ctime>

#include <openssl/pem.h>

#include "platform/crypto/openssl_ptr.hpp"

namespace holdline::platform {
namespace {

constexpr long session_seconds = 3600;
constexpr unsigned char session_context[] = "holdline";
constexpr std::string_view kHttp11 = "\x08http/1.1";

// A client that offers protocols must offer ours; one that offers none is taken at its word.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(kHttp11.data());
  const int found = SSL_select_next_proto(&chosen, out_size, ours, kHttp11.size(), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<void> use_identity(SSL_CTX* context, const Identity& identity) {
  const auto chain = read_certificates(identity.chain_pem);
  if (chain.empty() || SSL_CTX_use_certificate(context, chain.front().get()) != 1)
    return openssl_failure(ErrorKind::ask_person, "bad-certificate", "The server certificate cannot be used.");
  for (std::size_t i = 1; i < chain.size(); ++i)
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1)
      return openssl_failure(ErrorKind::ask_person, "bad-certificate", "The server's chain cannot be used.");
  const PkeyPtr key = read_private_key(identity.key_pem);
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return openssl_failure(ErrorKind::ask_person, "bad-key",
                           "The private key does not belong to the server certificate.");
  return {};
}

// A handshake that fails tells the client nothing it could show to a person, and one whose certificate has just expired
// could not even ask for the next. A date is also the one thing that a wrong clock on this side gets wrong for all.
int overlook_dates(int verified, X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  if (verified == 1 || (error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID))
    return verified;
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

Result<void> verify_clients_with(SSL_CTX* context, std::string_view ca_pem) {
  const auto authorities = read_certificates(ca_pem);
  if (authorities.empty())
    return fail(ErrorKind::ask_person, "bad-certificate", "The authority for client certificates is not in PEM form.");
  for (const auto& authority : authorities) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1)
      return openssl_failure(ErrorKind::ask_person, "bad-certificate",
                             "The authority for client certificates is unusable.");
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, overlook_dates);
  return {};
}

}  // namespace

Result<std::shared_ptr<const TlsServerContext>> TlsServerContext::create(const Identity& server,
                                                                         std::string_view client_ca_pem) {
  SslCtxPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_session_id_context(context.get(), session_context, sizeof session_context - 1) != 1 ||
      SSL_CTX_set_num_tickets(context.get(), 1) != 1 || SSL_CTX_set_max_early_data(context.get(), 0) != 1)
    return openssl_failure(ErrorKind::stop, "crypto-failed", "TLS 1.3 is not available.");
  // Idle connections give their record buffers back; a response may be sent in pieces from wherever it lies.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_timeout(context.get(), session_seconds);
  SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
  HOLDLINE_TRY(use_identity(context.get(), server));
  if (!client_ca_pem.empty()) HOLDLINE_TRY(verify_clients_with(context.get(), client_ca_pem));
  return std::make_shared<const TlsServerContext>(context.release());
}

TlsServerContext::~TlsServerContext() { SSL_CTX_free(context_); }

std::optional<PeerCertificate> peer_certificate(const ssl_st* connection) {
  X509* const certificate = SSL_get0_peer_certificate(connection);
  if (!certificate || SSL_get_verify_result(connection) != X509_V_OK) return std::nullopt;
  CertificateInfo info = describe(certificate);
  return PeerCertificate{std::move(info.common_name), info.fingerprint, std::move(info.serial), info.not_after,
                         std::move(info.grant)};
}

Error untrusted_server(long verify_result) {
  const auto error = [](std::string_view message) {
    return Error{ErrorKind::ask_person, "tls-untrusted", std::string(message)};
  };
  switch (verify_result) {
    case X509_V_OK:
      return error("The server's certificate is for another name. Check the server address in the configuration.");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return error("The server's certificate has expired. Check this computer's clock; then renew the certificate.");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return error("The server's certificate is not yet valid. Check this computer's clock.");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_UNTRUSTED:
      return error(
          "The server's certificate comes from an unknown authority: something between this computer and the server "
          "answers in its place, or the server was set up anew. Compare the authority's fingerprint, then enrol "
          "again.");
    default:
      return error(std::string("The server's certificate was refused: ") +
                   X509_verify_cert_error_string(verify_result) + ".");
  }
}

namespace {

// 0 when it cannot be read: then the clock alone decides.
std::time_t beginning_of(const X509* certificate) {
  std::tm utc{};
  return certificate && ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &utc) == 1 ? ::timegm(&utc) : 0;
}

}  // namespace

struct PinnedTrust::Callback {
  // Takes the place of X509_verify_cert: the only trusted certificate is the one that has the fingerprint.
  static int verify(X509_STORE_CTX* context, void* self) {
    auto& pin = *static_cast<PinnedTrust*>(self);
    STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(context);
    X509* authority = nullptr;
    for (int i = 0; i < sk_X509_num(sent); ++i) {
      X509* const candidate = sk_X509_value(sent, i);
      if (X509_check_ca(candidate) == 1 && fingerprint_of(candidate) == pin.fingerprint_) authority = candidate;
    }
    if (!authority) {
      X509_STORE_CTX_set_error(context, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
      return 0;
    }
    STACK_OF(X509)* const trusted = sk_X509_new_null();
    if (!trusted || sk_X509_push(trusted, authority) <= 0) return 0;
    X509_STORE_CTX_set0_trusted_stack(context, trusted);
    const std::time_t begins = beginning_of(X509_STORE_CTX_get0_cert(context));
    if (std::time(nullptr) < begins) X509_STORE_CTX_set_time(context, 0, begins);
    const int verified = X509_verify_cert(context);
    sk_X509_free(trusted);
    if (verified == 1) {
      pin.ca_pem_ = certificate_to_pem(authority);
      pin.has_passed_ =
          std::chrono::time_point_cast<UnixTime::duration>(std::chrono::system_clock::from_time_t(begins));
    }
    return verified;
  }
};

void verify_no_earlier_than(ssl_ctx_st* context, UnixTime moment) {
  const std::time_t passed = std::chrono::system_clock::to_time_t(moment);
  if (std::time(nullptr) < passed) X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), passed);
}

void PinnedTrust::install(ssl_ctx_st* context) { SSL_CTX_set_cert_verify_callback(context, Callback::verify, this); }

}  // namespace holdline::platform
