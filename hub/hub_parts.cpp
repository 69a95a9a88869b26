#include "hub/hub_parts.hpp"

#include <chrono>

#include "platform/first_run.hpp"
#include "platform/keystore.hpp"
#include "sync/dictionary.hpp"

namespace holdline::hub {

namespace {

constexpr std::string_view ledger_key = "ledger";
constexpr std::uint64_t most_pem_bytes = 256 * 1024;

SqliteLedgerOptions ledger_options(const HubConfig& config) {
  SqliteLedgerOptions options;
  options.file = config.directory / "ledger.db";
  return options;
}

Result<platform::Identity> load_server(const HubConfig& config) {
  platform::Identity server;
  HOLDLINE_ASSIGN(server.chain_pem, platform::read_file(config.directory / "server.pem", most_pem_bytes));
  HOLDLINE_ASSIGN(server.key_pem, platform::read_file(config.directory / "server.key", most_pem_bytes));
  return server;
}

// An earlier first run may have ended in the middle: what it made is taken over.
Result<platform::CertificateAuthority> load_or_create_authority(const HubConfig& config, platform::UnixTime now) {
  const auto file = config.directory / "ca.pem";
  auto there = platform::CertificateAuthority::load(file);
  if (there || there.error().code != "file-missing") return there;
  HOLDLINE_ASSIGN(auto authority, platform::CertificateAuthority::create("Holdline hub", now));
  HOLDLINE_TRY(authority.save(file));
  return authority;
}

Result<platform::SecretKey> load_or_create_key(platform::Keystore& keystore) {
  HOLDLINE_ASSIGN(const bool there, keystore.exists(ledger_key));
  return there ? keystore.load(ledger_key) : keystore.create(ledger_key);
}

}  // namespace

Result<HubParts> create_hub(const HubConfig& config, const std::string& schema_text, platform::Entropy& entropy,
                            const platform::Clock& clock) {
  HOLDLINE_ASSIGN(const auto schema, sync::Schema::parse(schema_text));
  HOLDLINE_TRY(platform::make_private_directory(config.directory));
  HOLDLINE_ASSIGN(auto lock, platform::DirectoryLock::acquire(config.directory));
  HOLDLINE_ASSIGN(const auto mode, platform::choose_open_mode(config.directory, config.directory / "ledger.db"));
  if (mode != platform::OpenMode::create_new)
    return fail(ErrorKind::ask_person, "set-up-already",
                "A hub was set up in " + config.directory.string() +
                    " before. Use `holdline-hub run`, or choose another directory.");
  const auto now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(clock.now().wall_ms)));
  HOLDLINE_ASSIGN(auto authority, load_or_create_authority(config, now));
  HOLDLINE_ASSIGN(auto server, authority.issue_server(config.names, now));
  HOLDLINE_TRY(platform::replace_file(config.directory / "server.pem", server.chain_pem));
  HOLDLINE_TRY(platform::replace_file(config.directory / "server.key", server.key_pem));
  HOLDLINE_TRY(platform::replace_file(config.directory / "hub.toml", hub_config_text(config)));
  HOLDLINE_ASSIGN(auto keystore, platform::FileKeystore::open(config.directory / "keys", entropy));
  HOLDLINE_ASSIGN(const auto key, load_or_create_key(keystore));
  const NewLedger fresh{entropy.id(), entropy.id(), schema_text, sync::train_dictionary(schema)};
  HOLDLINE_ASSIGN(auto ledger, SqliteLedger::create(ledger_options(config), key, fresh));
  HOLDLINE_TRY(platform::mark_set_up(config.directory));
  return HubParts{config, std::move(lock), std::move(ledger), std::move(authority), std::move(server)};
}

Result<HubParts> open_hub(const HubConfig& config, platform::Entropy& entropy) {
  HOLDLINE_ASSIGN(auto lock, platform::DirectoryLock::acquire(config.directory));
  HOLDLINE_ASSIGN(auto keystore, platform::FileKeystore::open(config.directory / "keys", entropy));
  HOLDLINE_ASSIGN(const auto key, keystore.load(ledger_key));
  HOLDLINE_ASSIGN(auto ledger, SqliteLedger::open(ledger_options(config), key));
  HOLDLINE_ASSIGN(auto authority, platform::CertificateAuthority::load(config.directory / "ca.pem"));
  HOLDLINE_ASSIGN(auto server, load_server(config));
  return HubParts{config, std::move(lock), std::move(ledger), std::move(authority), std::move(server)};
}

}  // namespace holdline::hub
