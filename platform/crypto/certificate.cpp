#include "platform/crypto/certificate.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "platform/crypto/openssl_ptr.hpp"
#include "platform/os/files.hpp"

namespace holdline::platform {
namespace {

constexpr std::uint64_t max_file_bytes = 64 * 1024;
constexpr std::size_t max_common_name = 64;  // ub-common-name, RFC 5280

std::string key_to_pem(EVP_PKEY* key) {
  return to_pem(
      [&](BIO* bio) { return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

bool is_safe_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_' || c == ' ';
  });
}

bool is_ip_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> raw;
  return inet_pton(AF_INET, name.c_str(), raw.data()) == 1 || inet_pton(AF_INET6, name.c_str(), raw.data()) == 1;
}

// The configuration syntax of OpenSSL's extensions splits at commas, so every name is checked before it gets there.
Result<std::string> alternative_names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    const bool ip = is_ip_address(name);
    if (!ip && (!is_safe_name(name) || name.find(' ') != std::string::npos))
      return fail(ErrorKind::ask_person, "bad-name", "A server name must be a DNS name or an IP address.");
    out += (out.empty() ? "" : ",") + std::string(ip ? "IP:" : "DNS:") + name;
  }
  if (out.empty()) return fail(ErrorKind::ask_person, "bad-name", "A server certificate needs at least one name.");
  return out;
}

bool set_subject(X509_NAME* subject, std::string_view common_name) {
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

// 127 random bits: unguessable, positive and unique without a counter that could be rolled back.
bool set_random_serial(X509* certificate) {
  std::array<unsigned char, 16> raw;
  if (RAND_bytes(raw.data(), raw.size()) != 1) return false;
  raw[0] = static_cast<unsigned char>((raw[0] & 0x7f) | 0x40);
  BIGNUM* number = BN_bin2bn(raw.data(), raw.size(), nullptr);
  const bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  return ok;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  const bool ok = extension && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return ok;
}

using Extensions = std::vector<std::pair<int, std::string>>;

struct Draft {
  std::string_view subject;
  EVP_PKEY* public_key;
  X509* issuer;  // null: self-signed
  EVP_PKEY* issuer_key;
  UnixTime now;
  std::chrono::seconds lifetime;
  Extensions extensions;
};

Result<X509Ptr> sign(const Draft& draft) {
  X509Ptr certificate(X509_new());
  X509* const c = certificate.get();
  X509* const issuer = draft.issuer ? draft.issuer : c;
  std::time_t start = std::chrono::floor<std::chrono::seconds>(draft.now - backdate).time_since_epoch().count();
  std::time_t end = (draft.now + draft.lifetime).time_since_epoch().count();
  bool ok = c && X509_set_version(c, X509_VERSION_3) && set_random_serial(c) &&
            set_subject(X509_get_subject_name(c), draft.subject) &&
            X509_set_issuer_name(c, X509_get_subject_name(issuer)) && X509_set_pubkey(c, draft.public_key) &&
            X509_time_adj_ex(X509_getm_notBefore(c), 0, 0, &start) &&
            X509_time_adj_ex(X509_getm_notAfter(c), 0, 0, &end);
  for (const auto& [nid, value] : draft.extensions) ok = ok && add_extension(c, issuer, nid, value);
  ok = ok && X509_sign(c, draft.issuer_key, EVP_sha256()) > 0;
  if (!ok) return openssl_failure(ErrorKind::stop, "crypto-failed", "A certificate could not be made.");
  return certificate;
}

bool is_p256(EVP_PKEY* key) {
  char group[32] = {};
  std::size_t size = 0;
  return key && EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
         std::string_view(group, size) == SN_X9_62_prime256v1;
}

}  // namespace

Result<CertificateInfo> describe_certificate(std::string_view pem) {
  const auto certificates = read_certificates(pem);
  if (certificates.empty())
    return fail(ErrorKind::ask_person, "bad-certificate", "This is not a certificate in PEM form.");
  return describe(certificates.front().get());
}

Result<DeviceKey> make_device_key_and_csr(std::string_view device_id) {
  if (!is_safe_name(device_id) || device_id.size() > max_common_name)
    return fail(ErrorKind::ask_person, "bad-name", "A device id is 1 to 64 letters, digits and dashes.");
  const PkeyPtr key(EVP_EC_gen(SN_X9_62_prime256v1));
  const X509ReqPtr request(X509_REQ_new());
  if (!key || !request || !set_subject(X509_REQ_get_subject_name(request.get()), device_id) ||
      !X509_REQ_set_pubkey(request.get(), key.get()) || X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0)
    return openssl_failure(ErrorKind::stop, "crypto-failed", "A device key could not be made.");
  return DeviceKey{key_to_pem(key.get()), to_pem([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, request.get()); })};
}

struct CertificateAuthority::Impl {
  X509Ptr certificate;
  PkeyPtr key;
  std::string pem;
  sync::Hash fingerprint;

  Impl(X509Ptr c, PkeyPtr k)
      : certificate(std::move(c)),
        key(std::move(k)),
        pem(certificate_to_pem(certificate.get())),
        fingerprint(fingerprint_of(certificate.get())) {}
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CertificateAuthority::CertificateAuthority(CertificateAuthority&&) noexcept = default;
CertificateAuthority& CertificateAuthority::operator=(CertificateAuthority&&) noexcept = default;
CertificateAuthority::~CertificateAuthority() = default;

Result<CertificateAuthority> CertificateAuthority::create(std::string_view name, UnixTime now) {
  if (!is_safe_name(name) || name.size() > max_common_name)
    return fail(ErrorKind::ask_person, "bad-name",
                "The authority's name is 1 to 64 letters, digits, spaces and dashes.");
  PkeyPtr key(EVP_EC_gen(SN_X9_62_prime256v1));
  if (!key) return openssl_failure(ErrorKind::stop, "crypto-failed", "A key could not be made.");
  HOLDLINE_ASSIGN(auto certificate, sign({name,
                                          key.get(),
                                          nullptr,
                                          key.get(),
                                          now,
                                          ca_lifetime,
                                          {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                           {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                           {NID_subject_key_identifier, "hash"}}}));
  return CertificateAuthority(std::make_unique<Impl>(std::move(certificate), std::move(key)));
}

Result<CertificateAuthority> CertificateAuthority::from_pem(std::string_view certificate_pem,
                                                            std::string_view key_pem) {
  auto certificates = read_certificates(certificate_pem);
  if (certificates.size() != 1 || X509_check_ca(certificates.front().get()) != 1)
    return fail(ErrorKind::ask_person, "bad-certificate", "This is not the certificate of an authority in PEM form.");
  PkeyPtr key = read_private_key(key_pem);
  if (!key || X509_check_private_key(certificates.front().get(), key.get()) != 1) {
    ERR_clear_error();
    return fail(ErrorKind::ask_person, "bad-key", "The private key does not belong to the authority's certificate.");
  }
  return CertificateAuthority(std::make_unique<Impl>(std::move(certificates.front()), std::move(key)));
}

Result<CertificateAuthority> CertificateAuthority::load(const std::filesystem::path& file) {
  HOLDLINE_TRY(check_private_file(file));
  HOLDLINE_ASSIGN(const auto pem, read_file(file, max_file_bytes));
  return from_pem(pem, pem);
}

Result<void> CertificateAuthority::save(const std::filesystem::path& file) const {
  if (std::filesystem::exists(std::filesystem::symlink_status(file)))
    return fail(ErrorKind::ask_person, "file-exists", "There is an authority in " + file.string() + " already.");
  // Beside its place first: a part of it, left by a crash, would be taken for a damaged one.
  return replace_file(file, impl_->pem + key_pem());
}

const std::string& CertificateAuthority::certificate_pem() const { return impl_->pem; }
std::string CertificateAuthority::key_pem() const { return key_to_pem(impl_->key.get()); }
const sync::Hash& CertificateAuthority::fingerprint() const { return impl_->fingerprint; }

Result<Identity> CertificateAuthority::issue_server(const std::vector<std::string>& names, UnixTime now,
                                                    std::chrono::seconds lifetime) const {
  HOLDLINE_ASSIGN(const auto alternatives, alternative_names(names));
  const PkeyPtr key(EVP_EC_gen(SN_X9_62_prime256v1));
  if (!key) return openssl_failure(ErrorKind::stop, "crypto-failed", "A key could not be made.");
  const auto subject = std::string_view(names.front()).substr(0, max_common_name);
  HOLDLINE_ASSIGN(const auto certificate, sign({subject,
                                                key.get(),
                                                impl_->certificate.get(),
                                                impl_->key.get(),
                                                now,
                                                lifetime,
                                                {{NID_basic_constraints, "critical,CA:FALSE"},
                                                 {NID_key_usage, "critical,digitalSignature"},
                                                 {NID_ext_key_usage, "serverAuth"},
                                                 {NID_subject_alt_name, alternatives},
                                                 {NID_subject_key_identifier, "hash"},
                                                 {NID_authority_key_identifier, "keyid:always"}}}));
  return Identity{certificate_to_pem(certificate.get()) + impl_->pem, key_to_pem(key.get())};
}

Result<std::string> CertificateAuthority::sign_device(std::string_view csr_pem, std::string_view device_id,
                                                      UnixTime now, std::chrono::seconds lifetime) const {
  if (!is_safe_name(device_id) || device_id.size() > max_common_name)
    return fail(ErrorKind::ask_person, "bad-name", "A device id is 1 to 64 letters, digits and dashes.");
  const BioPtr bio(BIO_new_mem_buf(csr_pem.data(), static_cast<int>(csr_pem.size())));
  const X509ReqPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  EVP_PKEY* const key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  const bool good = is_p256(key) && X509_REQ_verify(request.get(), key) == 1;
  ERR_clear_error();
  if (!good)
    return fail(ErrorKind::ask_person, "bad-csr",
                "The certificate request is broken or not signed by its own P-256 key.");
  HOLDLINE_ASSIGN(const auto certificate, sign({device_id,
                                                key,
                                                impl_->certificate.get(),
                                                impl_->key.get(),
                                                now,
                                                lifetime,
                                                {{NID_basic_constraints, "critical,CA:FALSE"},
                                                 {NID_key_usage, "critical,digitalSignature"},
                                                 {NID_ext_key_usage, "clientAuth"},
                                                 {NID_subject_key_identifier, "hash"},
                                                 {NID_authority_key_identifier, "keyid:always"}}}));
  return certificate_to_pem(certificate.get());
}

}  // namespace holdline::platform
