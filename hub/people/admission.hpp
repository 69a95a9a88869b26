// Who is let in by a certificate, and as what: a function of the certificate, of what the ledger has, and of the time.
//
// The certificates of a device form one line. The holder of the current one may have the next at any time; when that is
// first presented it becomes the current one, and the one before counts no longer. So an answer that is lost costs
// nothing, and of two machines that hold the same certificate (a copied disk, a stolen key) the first to renew goes on
// while the other is refused with words. Each certificate carries a serial that rises with every grant: one that this
// ledger never gave was given after it was copied, and is taken over (docs/decisions/0011-certificates-in-one-line.md).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "hub/ledger/ledger.hpp"
#include "platform/crypto/certificate.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// An expired certificate may still be renewed for so long: a holiday, an illness, a desk in a drawer. Together with its
// life it stays below the year in which an authority is announced before it is used.
inline constexpr std::chrono::days renewal_grace{180};

// What is signed into a device's certificate beside its id: enough to know the device again without the ledger.
struct DeviceGrant {
  std::int64_t serial = 0;  // higher with every later grant of the device: next_serial()
  std::string name;
  std::vector<std::string> scopes;
  sync::VisibilitySet profile = 0;

  std::string text() const;  // JSON
  // Nothing for a certificate without one, as earlier versions signed.
  static std::optional<DeviceGrant> parse(std::string_view text);
};

// By the hub's clock, so that it is higher also than one which a ledger that was lost had given before; but never lower
// than the latest, whatever the clock says.
std::int64_t next_serial(std::int64_t issued, std::int64_t now_ms);

struct Admission {
  enum class Kind {
    served,   // everything
    renewal,  // only that: the certificate has expired
    refused,
  };
  Kind kind = Kind::refused;
  Device device;               // as it will stand; without meaning when refused
  std::optional<Error> error;  // unless served: ask_person, what to do
  // To be made durable before anything is answered (settle()).
  enum class Change {
    none,
    certificates,  // those of `device` in place of `before`
    readmission,   // the ledger does not have the device
  };
  Change change = Change::none;
  DeviceCertificates before;
};

// `device` is what the ledger has under the id that the certificate names; nothing when it has none.
// Errors: "no-certificate", "unknown-device", "device-revoked", "certificate-expired" (may be renewed),
// "renewal-needs-approval", "certificate-superseded".
Admission admit(const std::optional<platform::PeerCertificate>& certificate, const std::optional<Device>& device,
                std::int64_t now_ms);
// The id that a certificate names.
std::optional<Id> device_of(const std::optional<platform::PeerCertificate>& certificate);

// Makes what the admission changes durable; false when somebody else was first: look again.
Result<bool> settle(Ledger& ledger, const Admission& admission);

}  // namespace holdline::hub
