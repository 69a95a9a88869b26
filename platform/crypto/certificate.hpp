// Keys and X.509 certificates: the tenant's certificate authority, the hub's server certificate and the client
// certificates of workstations, and how long each is good for. ECDSA P-256 with SHA-256 throughout (RFC 5280, RFC
// 5480).
//
// Synchronous, no thread of its own; const members may be called from any thread. Time is an argument; keys and serial
// numbers come from OpenSSL's generator.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/hash.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

using UnixTime = std::chrono::sys_seconds;

inline UnixTime unix_time_of(std::int64_t unix_ms) {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(unix_ms)));
}
inline std::int64_t unix_ms_of(UnixTime time) { return std::chrono::milliseconds(time.time_since_epoch()).count(); }

inline constexpr std::chrono::days ca_lifetime{3650};
inline constexpr std::chrono::days server_lifetime{397};  // what browsers accept
inline constexpr std::chrono::days device_lifetime{90};   // renewed by the agent long before
// Certificates start a little in the past, because a workstation's clock may be slow.
inline constexpr std::chrono::minutes backdate{60};

// A certificate with its private key, both PEM. chain_pem holds the leaf first, then its issuers up to the root.
struct Identity {
  std::string chain_pem;
  std::string key_pem;
};
// Whether the key belongs to the first certificate of the chain. Errors: "bad-certificate", "bad-key".
Result<void> check_identity(const Identity& identity);

struct CertificateInfo {
  std::string common_name;
  sync::Hash fingerprint;  // SHA-256 of the DER form
  std::string serial;      // hex, upper case
  UnixTime not_before;
  UnixTime not_after;
  sync::Hash key;                  // SHA-256 of its public key (SubjectPublicKeyInfo, DER)
  std::vector<std::string> names;  // DNS names and IP addresses of a server, sorted
  std::string grant;               // of a device, see CertificateAuthority::sign_device(); empty: none
};

// Describes the first certificate of a PEM text. Error "bad-certificate".
Result<CertificateInfo> describe_certificate(std::string_view pem);
// All of them, in their order; at least one. Error "bad-certificate".
Result<std::vector<CertificateInfo>> describe_chain(std::string_view pem);

// Names of a server as CertificateInfo::names tells them: sorted, each once, addresses in their one form.
std::vector<std::string> sorted_names(const std::vector<std::string>& names);

struct Validity {
  UnixTime from, until;
};

struct DeviceKey {
  std::string key_pem;  // private: goes to the keystore, never to the hub
  std::string csr_pem;  // PKCS#10 request with CN = device id
};
Result<DeviceKey> make_device_key_and_csr(std::string_view device_id);
// As CertificateInfo::key, of a request. Error "bad-csr": not a request, or not signed by its own P-256 key.
Result<sync::Hash> key_of_request(std::string_view csr_pem);

class CertificateAuthority {
 public:
  // A new self-signed authority, in memory only until save().
  static Result<CertificateAuthority> create(std::string_view name, UnixTime now);
  // Errors: "bad-certificate" (not PEM, not an authority), "bad-key" (not PEM, or of another certificate).
  static Result<CertificateAuthority> from_pem(std::string_view certificate_pem, std::string_view key_pem);
  // Reads what save() wrote. Error "file-missing" when there is none (the caller decides whether to create one),
  // "loose-permissions" when others could have read the key; else as from_pem() and platform/os/files.hpp.
  static Result<CertificateAuthority> load(const std::filesystem::path& file);

  CertificateAuthority(CertificateAuthority&&) noexcept;
  CertificateAuthority& operator=(CertificateAuthority&&) noexcept;
  ~CertificateAuthority();

  // Writes certificate and key into one new file of mode 0600, so that there is never one without the other. Success
  // means durable. An existing file is an error ("file-exists"): losing an authority cuts off every enrolled
  // workstation.
  Result<void> save(const std::filesystem::path& file) const;

  const std::string& certificate_pem() const;
  std::string key_pem() const;
  // What an enrolment code carries.
  const sync::Hash& fingerprint() const;
  Validity validity() const;

  // A new key and certificate for a server. `names` are DNS names or IP addresses, at least one; the chain includes
  // the authority itself, so that a client that knows only its fingerprint can check it. Like every certificate it ends
  // when the authority does at the latest. Error "bad-name".
  Result<Identity> issue_server(const std::vector<std::string>& names, UnixTime now,
                                std::chrono::seconds lifetime = server_lifetime) const;
  Result<Identity> issue_server(const std::vector<std::string>& names, const Validity& validity) const;

  // A client certificate (PEM, leaf only) for the public key of `csr_pem`. The subject is `device_id`, whatever the
  // request says: the hub decides who a device is. The request must be signed by its own P-256 key. `grant` is kept in
  // an extension of the certificate, so that what it says is signed too (at most 32 KiB). Errors "bad-csr", "bad-name".
  Result<std::string> sign_device(std::string_view csr_pem, std::string_view device_id, UnixTime now,
                                  std::string_view grant = {}, std::chrono::seconds lifetime = device_lifetime) const;

 private:
  struct Impl;
  explicit CertificateAuthority(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::platform
