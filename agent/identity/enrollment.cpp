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

// What the hub answers to a good code.
struct Granted {
  WorkstationIdentity identity;
  std::string schema_text;
};

Result<Granted> read_answer(std::string_view body) {
  const auto malformed = [] {
    return fail(ErrorKind::ask_person, "malformed-answer", "The hub's answer to the enrolment cannot be read.");
  };
  auto json = platform::JsonObject::parse(body);
  Granted granted;
  WorkstationIdentity& identity = granted.identity;
  const auto device = sync::Id::parse(json.text("device"));
  if (!device) return malformed();
  identity.device = *device;
  identity.name = json.text("name");
  identity.scopes = json.texts("scopes");
  identity.certificate.chain_pem = json.text("certificate");
  granted.schema_text = json.text("schema");
  if (!json.checked() || identity.scopes.empty() || identity.certificate.chain_pem.empty()) return malformed();
  return granted;
}

}  // namespace

Result<WorkstationIdentity> enroll(std::string_view code_text, const platform::Path& directory,
                                   const std::string& proxy, platform::Entropy& entropy) {
  HOLDLINE_ASSIGN(const auto code, sync::EnrollmentCode::parse(code_text));
  platform::HttpClientOptions options;
  options.proxy = proxy;
  HOLDLINE_ASSIGN(options.trust.ca_pem, platform::fetch_pinned_ca(code.hub, code.ca_fingerprint, proxy, patience));
  HOLDLINE_ASSIGN(const auto key, platform::make_device_key_and_csr(entropy.id().text()));
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = code.hub + std::string(sync::path::enroll);
  request.body = Json{{"code", code_text}, {"csr", key.csr_pem}}.dump();
  request.timeout = patience;
  HOLDLINE_ASSIGN(const auto answer, platform::request_over_https(options, std::move(request)));
  if (answer.status != 201) return tl::unexpected<Error>(sync::decode_error(answer.status, answer.body));
  HOLDLINE_ASSIGN(Granted granted, read_answer(answer.body));
  WorkstationIdentity& identity = granted.identity;
  identity.hub = code.hub;
  identity.ca_pem = options.trust.ca_pem;
  identity.certificate.key_pem = key.key_pem;
  HOLDLINE_ASSIGN(const auto schema, sync::Schema::parse(granted.schema_text));
  identity.schema = schema.hash();
  FileLibrary library(directory / "library");
  HOLDLINE_TRY(library.store(schema.hash(), granted.schema_text));
  HOLDLINE_TRY(save_identity(directory, identity));
  return std::move(granted.identity);
}

}  // namespace holdline::agent
