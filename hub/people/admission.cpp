#include "hub/people/admission.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "hub/ledger/grants.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t grace_ms = std::chrono::milliseconds(renewal_grace).count();

std::int64_t end_of(const platform::PeerCertificate& certificate) {
  return platform::unix_ms_of(certificate.not_after);
}

Admission refused(std::string code, std::string message) {
  Admission admission;
  admission.error = Error{ErrorKind::ask_person, std::move(code), std::move(message)};
  return admission;
}

std::string how_to_enrol(const std::string& device) {
  return "An administrator of the hub runs: holdline-hub enroll-code --for " + device +
         ", and this computer: holdline reenroll CODE. What waits here is kept.";
}

// By the hub's clock: both sides say their own time, so that one of them that is wrong is found.
std::string end_told(std::int64_t end_ms, std::int64_t now_ms) {
  return "The certificate of this computer ended on " + sync::format_time(end_ms) + "; the hub's clock shows " +
         sync::format_time(now_ms) + ". ";
}

// What a certificate of the device's line is good for.
Admission by_its_end(Admission admission, std::int64_t end_ms, std::int64_t now_ms) {
  const DeviceCertificates& certificates = admission.device.certificates;
  admission.kind = Admission::Kind::served;
  if (end_ms > now_ms) return admission;
  if (now_ms - end_ms <= grace_ms || now_ms < certificates.approved_ms) {
    admission.kind = Admission::Kind::renewal;
    admission.error = Error{ErrorKind::ask_person, "certificate-expired",
                            end_told(end_ms, now_ms) + "It is renewed first; what waits here is kept."};
    return admission;
  }
  admission.kind = Admission::Kind::refused;
  admission.error = Error{ErrorKind::ask_person, "renewal-needs-approval",
                          end_told(end_ms, now_ms) +
                              "After so long an administrator of the hub has to approve: holdline-hub device approve " +
                              admission.device.id.text() + ". It is then renewed by itself; what waits here is kept."};
  return admission;
}

Admission readmitted(const Id& id, const platform::PeerCertificate& certificate, std::int64_t now_ms) {
  const auto grant = DeviceGrant::parse(certificate.grant);
  if (!grant || grant->scopes.empty())
    return refused("unknown-device", "This hub does not know this computer. " + how_to_enrol(id.text()));
  Admission admission;
  admission.change = Admission::Change::readmission;
  admission.device = {id, grant->name, {}, grant->scopes, grant->profile, grants_of(grant->scopes, grant->profile)};
  admission.device.enrolled_ms = admission.device.readmitted_ms = now_ms;
  DeviceCertificates& certificates = admission.device.certificates;
  certificates.current = sync::to_hex(certificate.fingerprint.view());
  certificates.until_ms = end_of(certificate);
  certificates.issued = grant->serial;
  return by_its_end(std::move(admission), end_of(certificate), now_ms);
}

}  // namespace

std::string DeviceGrant::text() const {
  return Json{{"serial", serial}, {"name", name}, {"scopes", scopes}, {"profile", profile}}.dump();
}

std::optional<DeviceGrant> DeviceGrant::parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto json = platform::JsonObject::parse(text);
  DeviceGrant grant;
  grant.serial = json.number("serial", 0);
  grant.name = json.text("name");
  grant.scopes = json.texts("scopes");
  grant.profile = static_cast<sync::VisibilitySet>(json.number("profile", 0));
  if (!json.checked()) return std::nullopt;
  return grant;
}

std::int64_t next_serial(std::int64_t issued, std::int64_t now_ms) { return std::max(issued + 1, now_ms / 1'000); }

std::optional<Id> device_of(const std::optional<platform::PeerCertificate>& certificate) {
  return certificate ? Id::parse(certificate->common_name) : std::nullopt;
}

Admission admit(const std::optional<platform::PeerCertificate>& certificate, const std::optional<Device>& device,
                std::int64_t now_ms) {
  if (!certificate) return refused("no-certificate", "Only enrolled workstations are served here.");
  const auto id = device_of(certificate);
  if (!id) return refused("unknown-device", "The certificate names no workstation.");
  if (!device) return readmitted(*id, *certificate, now_ms);
  if (device->state != DeviceState::active) return refused("device-revoked", "This workstation was revoked.");
  Admission admission;
  admission.device = *device;
  admission.before = device->certificates;
  DeviceCertificates& certificates = admission.device.certificates;
  const std::string fingerprint = sync::to_hex(certificate->fingerprint.view());
  const std::int64_t end_ms = end_of(*certificate);
  if (fingerprint == certificates.current) return by_its_end(std::move(admission), end_ms, now_ms);
  const auto grant = DeviceGrant::parse(certificate->grant);
  const std::int64_t serial = grant ? grant->serial : 0;
  if (fingerprint != certificates.next && serial <= certificates.issued)
    return refused("certificate-superseded",
                   "This computer's certificate was replaced by a later one, which another copy of it holds. If this "
                   "is the right one: " +
                       how_to_enrol(id->text()));
  certificates = {fingerprint, end_ms, {}, {}, std::max(certificates.issued, serial), 0};
  admission.change = Admission::Change::certificates;
  return by_its_end(std::move(admission), end_ms, now_ms);
}

Result<bool> settle(Ledger& ledger, const Admission& admission) {
  switch (admission.change) {
    case Admission::Change::none:
      return true;
    case Admission::Change::certificates:
      return ledger.change_certificates(admission.device.id, admission.before, admission.device.certificates);
    case Admission::Change::readmission:
      auto added = ledger.add_device(admission.device);
      if (!added && added.error().code == "device-known") return false;
      if (!added) return fail(std::move(added));
      return true;
  }
  return true;
}

}  // namespace holdline::hub
