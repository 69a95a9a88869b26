#include "agent/identity/identity.hpp"

#include <nlohmann/json.hpp>

#include "platform/text/json_object.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t max_file_bytes = 1024 * 1024;
constexpr std::string_view key_begins = "-----BEGIN PRIVATE KEY-----";

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::stop, "identity-damaged",
              "workstation.json cannot be read. Restore it from a backup; what waits in the outbox belongs to this "
              "workstation.");
}

// Earlier versions kept the key in a file of its own.
Result<platform::Identity> load_certificate(const platform::Path& directory) {
  HOLDLINE_ASSIGN(std::string text, platform::read_file(directory / "device.pem", max_file_bytes));
  const auto key_at = text.find(key_begins);
  if (key_at != std::string::npos) return platform::Identity{text.substr(0, key_at), text.substr(key_at)};
  HOLDLINE_ASSIGN(std::string key, platform::read_file(directory / "device.key", max_file_bytes));
  return platform::Identity{std::move(text), std::move(key)};
}

}  // namespace

Result<sync::CertificateLife> certificate_life(const WorkstationIdentity& identity) {
  HOLDLINE_ASSIGN(const auto info, platform::describe_certificate(identity.certificate.chain_pem));
  return sync::CertificateLife{platform::unix_ms_of(info.not_before), platform::unix_ms_of(info.not_after)};
}

Result<std::optional<WorkstationIdentity>> load_identity(const platform::Path& directory) {
  auto text = platform::read_file(directory / "workstation.json", max_file_bytes);
  if (!text && text.error().code == "file-missing") return std::optional<WorkstationIdentity>{};
  if (!text) return fail(std::move(text));
  auto json = platform::JsonObject::parse(*text);
  WorkstationIdentity identity;
  const auto device = sync::Id::parse(json.text("device"));
  std::string schema;
  if (!device || !sync::from_hex(json.text("schema"), schema) || schema.size() != sizeof(sync::Hash)) return damaged();
  identity.device = *device;
  identity.schema = sync::Hash::from(schema);
  identity.name = json.text("name");
  identity.hub = json.text("hub");
  identity.scopes = json.texts("scopes");
  identity.outbox_lost_ms = json.number("outbox_lost_ms", 0);
  identity.profile = static_cast<sync::VisibilitySet>(json.number("profile", identity.profile));
  if (!json.checked() || identity.scopes.empty() || identity.hub.empty()) return damaged();
  HOLDLINE_ASSIGN(identity.ca_pem, platform::read_file(directory / "ca.pem", max_file_bytes));
  HOLDLINE_ASSIGN(identity.certificate, load_certificate(directory));
  return std::optional(std::move(identity));
}

Result<void> save_identity(const platform::Path& directory, const WorkstationIdentity& identity) {
  HOLDLINE_TRY(platform::replace_file(directory / "ca.pem", identity.ca_pem));
  HOLDLINE_TRY(
      platform::replace_file(directory / "device.pem", identity.certificate.chain_pem + identity.certificate.key_pem));
  const Json json{{"device", identity.device.text()},
                  {"name", identity.name},
                  {"hub", identity.hub},
                  {"scopes", identity.scopes},
                  {"outbox_lost_ms", identity.outbox_lost_ms},
                  {"profile", identity.profile},
                  {"schema", sync::to_hex(identity.schema.view())}};
  return platform::replace_file(directory / "workstation.json", json.dump(2) + "\n");
}

Result<void> save_grant(const platform::Path& directory, const std::string& name,
                        const std::vector<std::string>& scopes, sync::VisibilitySet profile) {
  HOLDLINE_ASSIGN(const auto text, platform::read_file(directory / "workstation.json", max_file_bytes));
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return damaged();
  json["name"] = name;
  json["scopes"] = scopes;
  json["profile"] = profile;
  return platform::replace_file(directory / "workstation.json", json.dump(2) + "\n");
}

std::optional<sync::Bytes> FileLibrary::load(const sync::Hash& hash) {
  auto bytes = platform::read_file(directory_ / sync::to_hex(hash.view()), sync::limits::message_bytes);
  if (!bytes || sync::sha256(*bytes) != hash) return std::nullopt;
  return std::move(*bytes);
}

Result<void> FileLibrary::store(const sync::Hash& hash, std::string_view bytes) {
  HOLDLINE_TRY(platform::make_private_directory(directory_));
  return platform::replace_file(directory_ / sync::to_hex(hash.view()), bytes);
}

}  // namespace holdline::agent
