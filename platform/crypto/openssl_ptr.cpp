#include "platform/crypto/openssl_ptr.hpp"

#include <ctime>

#include <openssl/pem.h>

namespace holdline::platform {
namespace {

UnixTime to_unix(const ASN1_TIME* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return UnixTime(std::chrono::seconds(timegm(&parts)));
}

}  // namespace

tl::unexpected<Error> openssl_failure(ErrorKind kind, std::string code, std::string_view what) {
  const unsigned long error = ERR_peek_error();
  ERR_clear_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  std::string message(what);
  if (reason) message.append(" (").append(reason).append(")");
  return fail(kind, std::move(code), std::move(message));
}

std::vector<X509Ptr> read_certificates(std::string_view pem) {
  std::vector<X509Ptr> out;
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) out.emplace_back(next);
  // The end of the text is reported as "no start line"; anything else is a broken certificate.
  const unsigned long error = ERR_peek_last_error();
  const bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) out.clear();
  return out;
}

PkeyPtr read_private_key(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return key;
}

std::string certificate_to_pem(X509* certificate) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

sync::Hash fingerprint_of(const X509* certificate) {
  sync::Hash hash;
  unsigned int size = 0;
  X509_digest(certificate, EVP_sha256(), hash.bytes.data(), &size);
  return hash;
}

CertificateInfo describe(X509* certificate) {
  CertificateInfo info;
  char name[257] = {};  // 64 characters (RFC 5280) of up to 4 bytes
  if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name) > 0)
    info.common_name = name;
  info.fingerprint = fingerprint_of(certificate);
  if (BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr)) {
    char* hex = BN_bn2hex(number);
    if (hex) info.serial = hex;
    OPENSSL_free(hex);
    BN_free(number);
  }
  info.not_before = to_unix(X509_get0_notBefore(certificate));
  info.not_after = to_unix(X509_get0_notAfter(certificate));
  return info;
}

}  // namespace holdline::platform
