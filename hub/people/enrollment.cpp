#include "hub/people/enrollment.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "platform/text/json_object.hpp"
#include "sync/base/syntax.hpp"
#include "sync/wire/enroll_code.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_device_name = 60;

platform::UnixTime seconds(std::int64_t unix_ms) {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(unix_ms)));
}

Result<void> check_scopes(const std::vector<std::string>& scopes) {
  if (scopes.empty())
    return fail(ErrorKind::ask_person, "bad-scope", "Name at least one scope, for example acme/london.");
  for (const std::string& scope : scopes)
    if (!sync::is_scope(scope))
      return fail(ErrorKind::ask_person, "bad-scope",
                  "A scope is up to four lower-case words with slashes between, like acme/london.");
  return {};
}

}  // namespace

Result<std::string> issue_code(const EnrollmentParts& hub, const CodeRequest& request, platform::Entropy& entropy,
                               std::int64_t now_ms) {
  HOLDLINE_TRY(check_scopes(request.scopes));
  if (request.name.empty() || request.name.size() > max_device_name || sync::has_control_character(request.name))
    return fail(ErrorKind::ask_person, "bad-name", "Give the workstation a name of at most 60 characters.");
  sync::EnrollmentCode code{hub.url, hub.authority.fingerprint(), {}};
  entropy.fill(code.secret);
  constexpr std::int64_t minute_ms = 60'000;
  HOLDLINE_TRY(hub.ledger.add_code(
      {code.secret_hash(), request.name, request.scopes, request.profile, now_ms + request.minutes * minute_ms}));
  return code.text();
}

Result<std::string> enroll(const EnrollmentParts& hub, std::string_view body, platform::Entropy& entropy,
                           std::int64_t now_ms) {
  auto json = platform::JsonObject::parse(body);
  const std::string code_text = json.text("code"), csr = json.text("csr");
  HOLDLINE_TRY(json.checked());
  HOLDLINE_ASSIGN(const auto code, sync::EnrollmentCode::parse(code_text));
  Device device;
  device.id = entropy.id();
  HOLDLINE_ASSIGN(const auto certificate, hub.authority.sign_device(csr, device.id.text(), seconds(now_ms)));
  HOLDLINE_ASSIGN(const auto described, platform::describe_certificate(certificate));
  device.certificate = sync::to_hex(described.fingerprint.view());
  HOLDLINE_ASSIGN(const Device added, hub.ledger.enroll(code.secret_hash(), device, now_ms));
  return Json{{"device", added.id.text()},
              {"name", added.name},
              {"certificate", certificate},
              {"schema", hub.ledger.schema().text()},
              {"scopes", added.scopes}}
      .dump();
}

}  // namespace holdline::hub
