#include "platform/crypto/certificate.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "platform/crypto/openssl_ptr.hpp"
#include "platform/os/files.hpp"
#include "platform/text/url.hpp"

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
  Validity validity;
  Extensions extensions;
  std::string_view grant = {};
};

Validity from_now(UnixTime now, std::chrono::seconds lifetime) {
  return {std::chrono::floor<std::chrono::seconds>(now - backdate), now + lifetime};
}

// A certificate that outlives its issuer would be refused in the end by a chain that looks good from the front.
UnixTime end_of(const Draft& draft) {
  return draft.issuer ? std::min(draft.validity.until, describe(draft.issuer).not_after) : draft.validity.until;
}

bool add_grant(X509* certificate, std::string_view grant) {
  if (grant.empty()) return true;
  ASN1_OCTET_STRING* bytes = ASN1_OCTET_STRING_new();
  ASN1_OBJECT* object = OBJ_txt2obj(grant_oid, 1);
  X509_EXTENSION* extension = nullptr;
  const bool ok = bytes && object &&
                  ASN1_OCTET_STRING_set(bytes, reinterpret_cast<const unsigned char*>(grant.data()),
                                        static_cast<int>(grant.size())) == 1 &&
                  (extension = X509_EXTENSION_create_by_OBJ(nullptr, object, 0, bytes)) != nullptr &&
                  X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  ASN1_OBJECT_free(object);
  ASN1_OCTET_STRING_free(bytes);
  return ok;
}

Result<X509Ptr> sign(const Draft& draft) {
  X509Ptr certificate(X509_new());
  X509* const c = certificate.get();
  X509* const issuer = draft.issuer ? draft.issuer : c;
  std::time_t start = draft.validity.from.time_since_epoch().count();
  std::time_t end = end_of(draft).time_since_epoch().count();
  bool ok = c && X509_set_version(c, X509_VERSION_3) && set_random_serial(c) &&
            set_subject(X509_get_subject_name(c), draft.subject) &&
            X509_set_issuer_name(c, X509_get_subject_name(issuer)) && X509_set_pubkey(c, draft.public_key) &&
            X509_time_adj_ex(X509_getm_notBefore(c), 0, 0, &start) &&
            X509_time_adj_ex(X509_getm_notAfter(c), 0, 0, &end);
  for (const auto& [nid, value] : draft.extensions) ok = ok && add_extension(c, issuer, nid, value);
  ok = ok && add_grant(c, draft.grant) && X509_sign(c, draft.issuer_key, EVP_sha256()) > 0;
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

std::vector<std::string> sorted_names(const std::vector<std::string>& names) {
  std::vector<std::string> sorted;
  for (const std::string& name : names) {
    std::array<unsigned char, sizeof(in6_addr)> raw;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool six = inet_pton(AF_INET6, name.c_str(), raw.data()) == 1;
    sorted.push_back(six ? inet_ntop(AF_INET6, raw.data(), text.data(), text.size()) : name);
  }
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

Result<CertificateInfo> describe_certificate(std::string_view pem) {
  HOLDLINE_ASSIGN(auto chain, describe_chain(pem));
  return std::move(chain.front());
}

Result<std::vector<CertificateInfo>> describe_chain(std::string_view pem) {
  const auto certificates = read_certificates(pem);
  if (certificates.empty())
    return fail(ErrorKind::ask_person, "bad-certificate", "This is not a certificate in PEM form.");
  std::vector<CertificateInfo> chain;
  for (const auto& certificate : certificates) chain.push_back(describe(certificate.get()));
  return chain;
}

Result<void> check_identity(const Identity& identity) {
  const auto chain = read_certificates(identity.chain_pem);
  if (chain.empty()) return fail(ErrorKind::ask_person, "bad-certificate", "This is not a certificate in PEM form.");
  const PkeyPtr key = read_private_key(identity.key_pem);
  const bool matches = key && X509_check_private_key(chain.front().get(), key.get()) == 1;
  ERR_clear_error();
  if (!matches) return fail(ErrorKind::ask_person, "bad-key", "The private key does not belong to the certificate.");
  return {};
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

namespace {

// Null when it is not a request that is signed by its own P-256 key.
X509ReqPtr read_request(std::string_view csr_pem) {
  const BioPtr bio(BIO_new_mem_buf(csr_pem.data(), static_cast<int>(csr_pem.size())));
  X509ReqPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  EVP_PKEY* const key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  if (!is_p256(key) || X509_REQ_verify(request.get(), key) != 1) request.reset();
  ERR_clear_error();
  return request;
}

tl::unexpected<Error> bad_request() {
  return fail(ErrorKind::ask_person, "bad-csr",
              "The certificate request is broken or not signed by its own P-256 key.");
}

}  // namespace

Result<sync::Hash> key_of_request(std::string_view csr_pem) {
  const auto request = read_request(csr_pem);
  if (!request) return bad_request();
  return hash_of_key(X509_REQ_get_X509_PUBKEY(request.get()));
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
                                          from_now(now, ca_lifetime),
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

Validity CertificateAuthority::validity() const {
  const CertificateInfo own = describe(impl_->certificate.get());
  return {own.not_before, own.not_after};
}

Result<Identity> CertificateAuthority::issue_server(const std::vector<std::string>& names, UnixTime now,
                                                    std::chrono::seconds lifetime) const {
  return issue_server(names, from_now(now, lifetime));
}

Result<Identity> CertificateAuthority::issue_server(const std::vector<std::string>& names,
                                                    const Validity& validity) const {
  HOLDLINE_ASSIGN(const auto alternatives, alternative_names(names));
  const PkeyPtr key(EVP_EC_gen(SN_X9_62_prime256v1));
  if (!key) return openssl_failure(ErrorKind::stop, "crypto-failed", "A key could not be made.");
  const auto subject = std::string_view(names.front()).substr(0, max_common_name);
  HOLDLINE_ASSIGN(const auto certificate, sign({subject,
                                                key.get(),
                                                impl_->certificate.get(),
                                                impl_->key.get(),
                                                validity,
                                                {{NID_basic_constraints, "critical,CA:FALSE"},
                                                 {NID_key_usage, "critical,digitalSignature"},
                                                 {NID_ext_key_usage, "serverAuth"},
                                                 {NID_subject_alt_name, alternatives},
                                                 {NID_subject_key_identifier, "hash"},
                                                 {NID_authority_key_identifier, "keyid:always"}}}));
  return Identity{certificate_to_pem(certificate.get()) + impl_->pem, key_to_pem(key.get())};
}

Result<std::string> CertificateAuthority::sign_device(std::string_view csr_pem, std::string_view device_id,
                                                      UnixTime now, std::string_view grant,
                                                      std::chrono::seconds lifetime) const {
  if (!is_safe_name(device_id) || device_id.size() > max_common_name)
    return fail(ErrorKind::ask_person, "bad-name", "A device id is 1 to 64 letters, digits and dashes.");
  const auto request = read_request(csr_pem);
  if (!request) return bad_request();
  HOLDLINE_ASSIGN(const auto certificate, sign({device_id,
                                                X509_REQ_get0_pubkey(request.get()),
                                                impl_->certificate.get(),
                                                impl_->key.get(),
                                                from_now(now, lifetime),
                                                {{NID_basic_constraints, "critical,CA:FALSE"},
                                                 {NID_key_usage, "critical,digitalSignature"},
                                                 {NID_ext_key_usage, "clientAuth"},
                                                 {NID_subject_key_identifier, "hash"},
                                                 {NID_authority_key_identifier, "keyid:always"}},
                                                grant}));
  return certificate_to_pem(certificate.get());
}

}  // namespace holdline::platform
