#include "hub/setup/parts.hpp"

#include <chrono>

#include "hub/ledger/sqlite/ledger.hpp"
#include "hub/setup/certificates.hpp"
#include "platform/crypto/keystore.hpp"
#include "platform/database/first_run.hpp"
#include "sync/wire/dictionary.hpp"

namespace holdline::hub {

namespace {

constexpr std::string_view ledger_key = "ledger";
constexpr std::string_view mark_file = "restore.mark";
constexpr std::uint64_t max_pem_bytes = 256 * 1024;

SqliteLedgerOptions ledger_options(const HubConfig& config) {
  SqliteLedgerOptions options;
  options.file = config.directory / "ledger.db";
  return options;
}

// Nothing when one is missing or they are no pair, as when making them was cut short: it is issued again.
platform::Identity load_server(const HubConfig& config) {
  auto chain = platform::read_file(config.directory / "server.pem", max_pem_bytes);
  auto key = platform::read_file(config.directory / "server.key", max_pem_bytes);
  if (!chain || !key) return {};
  platform::Identity server{std::move(*chain), std::move(*key)};
  return platform::check_identity(server) ? server : platform::Identity{};
}

tl::unexpected<Error> set_up_already(const HubConfig& config) {
  return fail(ErrorKind::ask_person, "set-up-already",
              "A hub was set up in " + config.directory.string() +
                  " before. Use `holdline-hub run`, or choose another directory.");
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

Result<platform::SecretKey> load_or_create_key(platform::Keystore& keystore, bool may_create) {
  HOLDLINE_ASSIGN(const bool there, keystore.exists(ledger_key));
  return there || !may_create ? keystore.load(ledger_key) : keystore.create(ledger_key);
}

// Before anybody is answered from the ledger.
Result<bool> settle_restore(Ledger& ledger, RestoreMark& mark, platform::Entropy& entropy) {
  HOLDLINE_ASSIGN(const auto stood, mark.read());
  if (!stood) return false;
  HOLDLINE_ASSIGN(const bool restored, recognise_restore(ledger, *stood, entropy));
  if (!restored) return false;
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  HOLDLINE_TRY(mark.write(head));
  return true;
}

Result<bool> was_used(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const auto head, reader->head());
  HOLDLINE_ASSIGN(const auto devices, ledger.devices());
  return head.cn != 0 || !devices.empty();
}

Result<std::unique_ptr<SqliteLedger>> load_or_create_ledger(const HubConfig& config, const platform::SecretKey& key,
                                                            const sync::Schema& schema, platform::Entropy& entropy) {
  const NewLedger fresh{entropy.id(), entropy.id(), schema.text(), sync::train_dictionary(schema)};
  auto made = SqliteLedger::create(ledger_options(config), key, fresh);
  if (made || made.error().code != "database-exists") return made;
  HOLDLINE_ASSIGN(auto left, SqliteLedger::open(ledger_options(config), key));
  HOLDLINE_ASSIGN(const bool used, was_used(*left));
  if (used) return set_up_already(config);
  if (left->schema().hash() == schema.hash()) return left;
  return fail(ErrorKind::ask_person, "other-schema",
              "Setting up " + config.directory.string() +
                  " was begun with another schema. Repeat it with that one, or choose another directory.");
}

}  // namespace

Result<HubParts> create_hub(const HubConfig& config, const std::string& schema_text, platform::Entropy& entropy,
                            const platform::Clock& clock, const FirstPerson* first) {
  HOLDLINE_ASSIGN(const auto schema, sync::Schema::parse(schema_text));
  HOLDLINE_TRY(platform::make_private_directory(config.directory));
  HOLDLINE_ASSIGN(auto lock, platform::DirectoryLock::acquire(config.directory));
  HOLDLINE_ASSIGN(const auto set_up, platform::set_up_of(config.directory, ledger_options(config).file));
  if (set_up == platform::SetUpState::done) return set_up_already(config);
  // First what may turn out to be in use.
  HOLDLINE_ASSIGN(auto keystore, platform::FileKeystore::open(config.directory / "keys", entropy));
  HOLDLINE_ASSIGN(const auto key, load_or_create_key(keystore, set_up == platform::SetUpState::none));
  HOLDLINE_ASSIGN(auto ledger, load_or_create_ledger(config, key, schema, entropy));
  const auto now = platform::unix_time_of(clock.now().wall_ms);
  HOLDLINE_ASSIGN(auto authority, load_or_create_authority(config, now));
  HOLDLINE_ASSIGN(auto server, authority.issue_server(certificate_names(config), now));
  HOLDLINE_TRY(platform::replace_file(config.directory / "server.pem", server.chain_pem));
  HOLDLINE_TRY(platform::replace_file(config.directory / "server.key", server.key_pem));
  if (first != nullptr) HOLDLINE_TRY(put_first_person(*ledger, first->person, first->password, entropy));
  HOLDLINE_TRY(platform::replace_file(config.directory / "hub.toml", hub_config_text(config)));
  HOLDLINE_TRY(platform::mark_set_up(config.directory));
  HubParts made{config,
                std::move(lock),
                std::move(ledger),
                std::move(authority),
                std::move(server),
                RestoreMark(config.directory / mark_file)};
  HOLDLINE_TRY(load_authorities(made));
  return made;
}

Result<HubParts> open_hub(const HubConfig& config, platform::Entropy& entropy) {
  HOLDLINE_ASSIGN(auto lock, platform::DirectoryLock::acquire(config.directory));
  HOLDLINE_ASSIGN(auto keystore, platform::FileKeystore::open(config.directory / "keys", entropy));
  HOLDLINE_ASSIGN(const auto key, keystore.load(ledger_key));
  HOLDLINE_ASSIGN(auto ledger, SqliteLedger::open(ledger_options(config), key));
  HOLDLINE_ASSIGN(auto authority, platform::CertificateAuthority::load(config.directory / "ca.pem"));
  // Its set-up may have been cut short after all that is needed was made.
  HOLDLINE_TRY(platform::mark_set_up(config.directory));
  RestoreMark mark(config.directory / mark_file);
  HOLDLINE_ASSIGN(const bool restored, settle_restore(*ledger, mark, entropy));
  HubParts opened{config,          std::move(lock), std::move(ledger), std::move(authority), load_server(config),
                  std::move(mark), restored};
  HOLDLINE_TRY(load_authorities(opened));
  return opened;
}

}  // namespace holdline::hub
