#include "hub/people/enrollment.hpp"

#include <optional>

#include <nlohmann/json.hpp>

#include "hub/people/admission.hpp"
#include "hub/people/devices.hpp"
#include "hub/people/rules.hpp"
#include "platform/text/json_object.hpp"
#include "sync/wire/enroll_code.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

constexpr int attempts = 3;

Result<CodeRequest> for_known(Ledger& ledger, CodeRequest request, std::optional<Id>& id) {
  if (!request.name.empty() || !request.scopes.empty())
    return fail(ErrorKind::ask_person, "known-device",
                "A workstation that comes back keeps its name and scopes: leave them out.");
  HOLDLINE_ASSIGN(const Device device, find_device(ledger, request.device));
  if (device.state != DeviceState::active)
    return fail(ErrorKind::ask_person, "device-revoked",
                "This workstation was revoked. Enrol the computer as a new one, or first: holdline-hub device restore");
  id = device.id;
  request.name = device.name;
  request.scopes = device.scopes;
  request.profile = device.profile;
  return request;
}

struct Asked {
  sync::EnrollmentCode code;
  std::string csr;
  sync::Hash key;
  std::optional<Id> device;
};

Result<Asked> read_request(std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string code = json.text("code"), device = json.text("device");
  Asked asked;
  asked.csr = json.text("csr");
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_ASSIGN(asked.code, sync::EnrollmentCode::parse(code));
  asked.device = Id::parse(device);
  if (!device.empty() && !asked.device)
    return fail(ErrorKind::ask_person, "malformed", "`device` must be the id of a workstation.");
  return asked;
}

// A code that is good, or was used: then its user may come again.
Result<EnrollCode> find_code(Ledger& ledger, const Asked& asked, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto code, ledger.code(asked.code.secret_hash()));
  if (!code)
    return fail(ErrorKind::ask_person, "code-unknown", "This enrolment code is not known here. Ask for a new one.");
  if (!code->used_by && code->expires_ms <= now_ms)
    return fail(ErrorKind::ask_person, "code-expired", "This enrolment code has expired. Ask for a new one.");
  return *std::move(code);
}

tl::unexpected<Error> code_is_used() {
  return fail(ErrorKind::ask_person, "code-used", "This enrolment code was used already. Ask for a new one.");
}

// The device as it will stand but for its certificate: whom the code is for, whom it was used by, or a new one.
Result<Device> whom(Ledger& ledger, const EnrollCode& code, const Asked& asked, platform::Entropy& entropy) {
  if (code.used_by) {
    HOLDLINE_ASSIGN(const auto device, ledger.device(*code.used_by));
    if (!device || device->certificates.key != sync::to_hex(asked.key.view())) return code_is_used();
    return *device;
  }
  if (code.device) {
    if (asked.device && *asked.device != *code.device)
      return fail(ErrorKind::ask_person, "code-of-another",
                  "This code is for another workstation than this computer was. What waits here belongs to " +
                      asked.device->text() + ": ask for a code for that one.");
    HOLDLINE_ASSIGN(auto device, ledger.device(*code.device));
    if (!device || device->state != DeviceState::active)
      return fail(ErrorKind::ask_person, "device-revoked", "This workstation was revoked.");
    return std::move(*device);
  }
  Device fresh;
  fresh.id = asked.device ? *asked.device : entropy.id();
  fresh.name = code.device_name;
  fresh.scopes = code.scopes;
  fresh.profile = code.profile;
  if (!asked.device) return fresh;
  HOLDLINE_ASSIGN(const auto known, ledger.device(fresh.id));
  if (!known) return fresh;
  return fail(ErrorKind::ask_person, "device-known",
              "This computer is known here as " + known->name +
                  ". It needs a code of its own, and what waits here is kept: holdline-hub enroll-code --for " +
                  known->id.text());
}

struct Signed {
  std::string pem;
  platform::CertificateInfo info;
  std::int64_t serial = 0;
};

Result<Signed> sign(const EnrollmentParts& hub, const Device& device, const std::string& csr, std::int64_t now_ms) {
  Signed made;
  made.serial = next_serial(device.certificates.issued, now_ms);
  const DeviceGrant grant{made.serial, device.name, device.scopes, device.profile};
  HOLDLINE_ASSIGN(made.pem,
                  hub.authority.sign_device(csr, device.id.text(), platform::unix_time_of(now_ms), grant.text()));
  HOLDLINE_ASSIGN(made.info, platform::describe_certificate(made.pem));
  return made;
}

std::string fingerprint_of(const Signed& made) { return sync::to_hex(made.info.fingerprint.view()); }

std::int64_t end_of(const Signed& made) { return platform::unix_ms_of(made.info.not_after); }

}  // namespace

Result<std::string> issue_code(const EnrollmentParts& hub, const CodeRequest& request, platform::Entropy& entropy,
                               std::int64_t now_ms) {
  std::optional<Id> device;
  CodeRequest wanted = request;
  if (!request.device.empty()) {
    HOLDLINE_ASSIGN(wanted, for_known(hub.ledger, request, device));
  }
  HOLDLINE_TRY(check_scopes(wanted.scopes));
  HOLDLINE_TRY(check_device_name(wanted.name));
  sync::EnrollmentCode code{hub.url, hub.authority.fingerprint(), {}};
  entropy.fill(code.secret);
  constexpr std::int64_t minute_ms = 60'000;
  HOLDLINE_TRY(hub.ledger.add_code(
      {code.secret_hash(), wanted.name, wanted.scopes, wanted.profile, now_ms + wanted.minutes * minute_ms, device}));
  return code.text();
}

Result<void> check_code(Ledger& ledger, std::string_view body, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const Asked asked, read_request(body));
  HOLDLINE_TRY(find_code(ledger, asked, now_ms));
  return {};
}

Result<std::string> enroll(const EnrollmentParts& hub, std::string_view body, platform::Entropy& entropy,
                           std::int64_t now_ms) {
  HOLDLINE_ASSIGN(Asked asked, read_request(body));
  const sync::Hash hash = asked.code.secret_hash();
  HOLDLINE_ASSIGN(const EnrollCode code, find_code(hub.ledger, asked, now_ms));
  HOLDLINE_ASSIGN(asked.key, platform::key_of_request(asked.csr));
  HOLDLINE_ASSIGN(Device device, whom(hub.ledger, code, asked, entropy));
  const bool known = code.device.has_value();
  HOLDLINE_ASSIGN(const Signed made, sign(hub, device, asked.csr, now_ms));
  device.certificates = {fingerprint_of(made), end_of(made), sync::to_hex(asked.key.view()), {}, made.serial, 0};
  HOLDLINE_ASSIGN(const Device added, hub.ledger.enroll(hash, device, now_ms));
  return Json{{"device", added.id.text()},
              {"name", added.name},
              {"certificate", made.pem},
              {"ca", hub.trusted_pem},
              {"schema", hub.ledger.schema().text()},
              {"scopes", added.scopes},
              {"profile", added.profile},
              {"known", known}}
      .dump();
}

Result<std::string> renew(const EnrollmentParts& hub, const Device& device, std::string_view body,
                          std::int64_t now_ms) {
  auto json = platform::JsonObject::parse(body);
  const std::string csr = json.text("csr");
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_ASSIGN(const Signed made, sign(hub, device, csr, now_ms));
  DeviceCertificates after = device.certificates;
  after.next = fingerprint_of(made);
  after.issued = made.serial;
  HOLDLINE_ASSIGN(const bool granted, hub.ledger.change_certificates(device.id, device.certificates, after));
  if (!granted)
    return fail(ErrorKind::retry_later, "changed-meanwhile", "Another renewal of this workstation was first.");
  return Json{{"certificate", made.pem}, {"ca", hub.trusted_pem}}.dump();
}

Result<Device> approve_renewal(Ledger& ledger, std::string_view device, std::int64_t until_ms) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    HOLDLINE_ASSIGN(Device found, find_device(ledger, device));
    const DeviceCertificates before = found.certificates;
    found.certificates.approved_ms = until_ms;
    HOLDLINE_ASSIGN(const bool kept, ledger.change_certificates(found.id, before, found.certificates));
    if (kept) return found;
  }
  return fail(ErrorKind::retry_later, "changed-meanwhile", "This workstation renewed its certificate just now.");
}

}  // namespace holdline::hub
