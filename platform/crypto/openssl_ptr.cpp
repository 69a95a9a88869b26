#include "platform/crypto/openssl_ptr.hpp"

#include <arpa/inet.h>

#include <array>
#include <ctime>

#include <openssl/pem.h>

namespace holdline::platform {
namespace {

UnixTime to_unix(const ASN1_TIME* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return UnixTime(std::chrono::seconds(timegm(&parts)));
}

std::string_view view(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string ip_text(std::string_view raw) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = raw.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (family == AF_INET6 && raw.size() != sizeof(in6_addr)) return {};
  return inet_ntop(family, raw.data(), text.data(), text.size()) != nullptr ? text.data() : std::string();
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* const all = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all, i);
    if (name->type == GEN_DNS) names.emplace_back(view(name->d.dNSName));
    if (name->type == GEN_IPADD) names.push_back(ip_text(view(name->d.iPAddress)));
  }
  GENERAL_NAMES_free(all);
  return sorted_names(names);
}

std::string grant_of(X509* certificate) {
  ASN1_OBJECT* const object = OBJ_txt2obj(grant_oid, 1);
  const int at = object ? X509_get_ext_by_OBJ(certificate, object, -1) : -1;
  ASN1_OBJECT_free(object);
  return at < 0 ? std::string() : std::string(view(X509_EXTENSION_get_data(X509_get_ext(certificate, at))));
}

}  // namespace

sync::Hash hash_of_key(const X509_PUBKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(key, &der);
  const auto hash =
      sync::sha256(std::string_view(reinterpret_cast<char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0));
  OPENSSL_free(der);
  return hash;
}

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
  info.key = hash_of_key(X509_get_X509_PUBKEY(certificate));
  info.names = names_of(certificate);
  info.grant = grant_of(certificate);
  return info;
}

}  // namespace holdline::platform
