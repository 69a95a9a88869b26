#include "agent/identity/identity.hpp"

#include <nlohmann/json.hpp>

#include "platform/text/json_object.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t max_file_bytes = 1024 * 1024;

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::stop, "identity-damaged",
              "workstation.json cannot be read. Restore it from a backup; what waits in the outbox belongs to this "
              "workstation.");
}

}  // namespace

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
  if (!json.checked() || identity.scopes.empty() || identity.hub.empty()) return damaged();
  HOLDLINE_ASSIGN(identity.ca_pem, platform::read_file(directory / "ca.pem", max_file_bytes));
  HOLDLINE_ASSIGN(identity.certificate.chain_pem, platform::read_file(directory / "device.pem", max_file_bytes));
  HOLDLINE_ASSIGN(identity.certificate.key_pem, platform::read_file(directory / "device.key", max_file_bytes));
  return std::optional(std::move(identity));
}

Result<void> save_identity(const platform::Path& directory, const WorkstationIdentity& identity) {
  HOLDLINE_TRY(platform::replace_file(directory / "ca.pem", identity.ca_pem));
  HOLDLINE_TRY(platform::replace_file(directory / "device.pem", identity.certificate.chain_pem));
  HOLDLINE_TRY(platform::replace_file(directory / "device.key", identity.certificate.key_pem));
  const Json json{{"device", identity.device.text()},
                  {"name", identity.name},
                  {"hub", identity.hub},
                  {"scopes", identity.scopes},
                  {"schema", sync::to_hex(identity.schema.view())}};
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
