#include "agent/identity/enrollment.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "platform/http/unix_client.hpp"
#include "platform/text/json_object.hpp"
#include "sync/wire/enroll_code.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds patience{20};
constexpr std::uint64_t max_attempt_bytes = 64 * 1024;

// What the hub answers to a good code.
struct Granted {
  WorkstationIdentity identity;
  std::string schema_text;
  bool known = false;  // it was a device of the hub before
};

tl::unexpected<Error> malformed_answer() {
  return fail(ErrorKind::ask_person, "malformed-answer", "The hub's answer to the enrolment cannot be read.");
}

Result<Granted> read_answer(std::string_view body, const platform::DeviceKey& key) {
  auto json = platform::JsonObject::parse(body);
  Granted granted;
  WorkstationIdentity& identity = granted.identity;
  const auto device = sync::Id::parse(json.text("device"));
  if (!device) return malformed_answer();
  identity.device = *device;
  identity.name = json.text("name");
  identity.scopes = json.texts("scopes");
  identity.profile = static_cast<sync::VisibilitySet>(json.number("profile", identity.profile));
  identity.certificate = {json.text("certificate"), key.key_pem};
  identity.ca_pem = json.text("ca");
  granted.schema_text = json.text("schema");
  granted.known = json.boolean("known", false);
  if (!json.checked() || identity.scopes.empty() || identity.ca_pem.empty() ||
      !platform::check_identity(identity.certificate))
    return malformed_answer();
  return granted;
}

// The key of an enrolment that is under way, with the code it is for: the hub knows by it who comes again.
Result<platform::DeviceKey> key_for(const sync::EnrollmentCode& code, const platform::Path& file,
                                    platform::Entropy& entropy) {
  const std::string secret = sync::to_hex(code.secret_hash().view());
  if (const auto left = platform::read_file(file, max_attempt_bytes)) {
    auto json = platform::JsonObject::parse(*left);
    platform::DeviceKey key{json.text("key"), json.text("csr")};
    if (json.text("code") == secret && json.checked()) return key;
  }
  HOLDLINE_ASSIGN(auto key, platform::make_device_key_and_csr(entropy.id().text()));
  HOLDLINE_TRY(platform::replace_file(file, Json{{"code", secret}, {"key", key.key_pem}, {"csr", key.csr_pem}}.dump()));
  return key;
}

}  // namespace

Result<WorkstationIdentity> enroll(const EnrollRequest& asked, platform::Entropy& entropy) {
  HOLDLINE_ASSIGN(const auto code, sync::EnrollmentCode::parse(asked.code));
  platform::HttpClientOptions options;
  options.proxy = asked.proxy;
  HOLDLINE_ASSIGN(const auto authority,
                  platform::fetch_pinned_authority(code.hub, code.ca_fingerprint, asked.proxy, patience));
  options.trust.ca_pem = authority.ca_pem;
  options.trust.has_passed = [moment = authority.has_passed] { return moment; };
  const auto attempt = asked.directory / "enrolling.json";
  HOLDLINE_ASSIGN(const auto key, key_for(code, attempt, entropy));
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = code.hub + std::string(sync::path::enroll);
  Json body{{"code", asked.code}, {"csr", key.csr_pem}};
  if (asked.device) body["device"] = asked.device->text();
  request.body = body.dump();
  request.timeout = patience;
  HOLDLINE_ASSIGN(const auto answer, platform::request_over_https(options, std::move(request)));
  if (answer.status != 201) return tl::unexpected<Error>(sync::decode_error(answer.status, answer.body));
  HOLDLINE_ASSIGN(Granted granted, read_answer(answer.body, key));
  WorkstationIdentity& identity = granted.identity;
  if (asked.device && identity.device != *asked.device) return malformed_answer();
  identity.hub = code.hub;
  identity.outbox_lost_ms = granted.known && !asked.has_outbox ? asked.wall_ms : asked.outbox_lost_ms;
  HOLDLINE_ASSIGN(const auto schema, sync::Schema::parse(granted.schema_text));
  identity.schema = schema.hash();
  FileLibrary library(asked.directory / "library");
  HOLDLINE_TRY(library.store(schema.hash(), granted.schema_text));
  HOLDLINE_TRY(save_identity(asked.directory, identity));
  HOLDLINE_TRY(platform::remove_file(attempt));
  return std::move(granted.identity);
}

Result<RenewalRequest> make_renewal(const WorkstationIdentity& identity) {
  HOLDLINE_ASSIGN(auto key, platform::make_device_key_and_csr(identity.device.text()));
  return RenewalRequest{std::move(key.key_pem), Json{{"csr", key.csr_pem}}.dump()};
}

Result<WorkstationIdentity> keep_renewal(WorkstationIdentity identity, const RenewalRequest& request,
                                         std::string_view answer, const platform::Path& directory) {
  auto json = platform::JsonObject::parse(answer);
  identity.certificate = {json.text("certificate"), request.key_pem};
  identity.ca_pem = json.text("ca");
  if (!json.checked()) return malformed_answer();
  const auto info = platform::describe_certificate(identity.certificate.chain_pem);
  if (!info || info->common_name != identity.device.text() || !platform::check_identity(identity.certificate) ||
      !platform::describe_chain(identity.ca_pem))
    return malformed_answer();
  HOLDLINE_TRY(save_identity(directory, identity));
  return identity;
}

}  // namespace holdline::agent
