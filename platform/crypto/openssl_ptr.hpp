// Owners of OpenSSL objects and its error queue as text. Public headers name the C structs only.
// Internal to platform.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "platform/crypto/certificate.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

template <auto Free>
struct OpensslFree {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using BioPtr = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, OpensslFree<X509_free>>;
using X509ReqPtr = std::unique_ptr<X509_REQ, OpensslFree<X509_REQ_free>>;
using X509StorePtr = std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>>;
using SslPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;

// A failed OpenSSL call: `what` plus the first reason of the thread's error queue, which is emptied.
tl::unexpected<Error> openssl_failure(ErrorKind kind, std::string code, std::string_view what);

// Reads all certificates of a PEM text. Empty when there is none or one of them is broken.
std::vector<X509Ptr> read_certificates(std::string_view pem);
// Where a device's certificate keeps its grant: a UUID as an object identifier (ITU-T X.667), which nobody assigns
// twice.
inline constexpr const char* grant_oid = "2.25.193480734093411746862044829671590716803";
// CertificateInfo::key.
sync::Hash hash_of_key(const X509_PUBKEY* key);
// SHA-256 of the DER form.
sync::Hash fingerprint_of(const X509* certificate);
// What PeerCertificate and describe_certificate say about a certificate.
CertificateInfo describe(X509* certificate);
// Reads an unencrypted private key. Never asks for a passphrase.
PkeyPtr read_private_key(std::string_view pem);

// The PEM text of whatever `write(BIO*)` writes; empty when it fails.
template <class Write>
std::string to_pem(Write write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || !write(bio.get())) return {};
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}
std::string certificate_to_pem(X509* certificate);

}  // namespace holdline::platform
