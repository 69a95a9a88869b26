#include "tests/sim/world/setting.hpp"

#include <array>

#include "hub/intake/intake.hpp"
#include "hub/ledger/sqlite/ledger.hpp"
#include "sync/wire/dictionary.hpp"
#include "tests/sim/world/chance.hpp"
#include "tests/sim/world/machine_clock.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::sim {

namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("setting up: " + result.error().message);
  return *std::move(result);
}
void must(Result<void> result) {
  if (!result) throw std::runtime_error("setting up: " + result.error().message);
}

hub::Device enrolled(hub::Ledger& ledger, std::size_t n) {
  const sync::Hash code = sync::sha256("code " + std::to_string(n));
  must(ledger.add_code({code, "ws-" + std::to_string(n), {north, south}, 0xff, world_began_ms + 1'000}));
  hub::Device device;
  device.id = id_of("device " + std::to_string(n));
  device.certificates.current = sync::to_hex(certificate_of(device.id).fingerprint.view());
  return must(ledger.enroll(code, device, world_began_ms));
}

void add_person(hub::Ledger& ledger, const Setting::Person& person, std::size_t n) {
  hub::Person account;
  account.id = person.id;
  account.name = name_of_person(n);
  const auto& key = person.key.public_key();
  account.public_key.assign(key.begin(), key.end());
  account.scopes = person.scopes;
  account.role = "supervisor";
  must(ledger.put_person(account));
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("not in the schema: " + std::string(from));
  return text.replace(at, from.size(), to);
}

std::string numbered(std::string text, std::uint32_t version) {
  const auto at = text.find("\nversion = ") + 1;
  return text.replace(at, text.find('\n', at) - at, "version = " + std::to_string(version));
}

// More fields and options; longer texts and a field that is retired; another way to search, for which each workstation
// copies what it has.
std::vector<std::shared_ptr<const sync::Schema>> make_versions() {
  std::string text(sync::default_schema_text());
  std::vector<std::shared_ptr<const sync::Schema>> versions;
  const auto add = [&] {
    auto parsed = must(sync::Schema::parse(text));
    versions.push_back(std::make_shared<const sync::Schema>(std::move(parsed)));
    text = numbered(std::move(text), versions.back()->version() + 1);
  };
  add();
  text = with(text, "recorded_at = { no = 14,",
              "extra = { no = 60, type = \"text\", max_length = 40 }\nrecorded_at = { no = 14,");
  text = with(text, "\"message\", \"order_request\"", "\"message\", \"chat\", \"order_request\"");
  add();
  text = with(text, "updated_at = { no = 23,",
              "nickname = { no = 60, type = \"text\", max_length = 40, search = \"name\" }\nupdated_at = { no = 23,");
  text = with(text, "amount = { no = 9,", "amount = { retired = true, no = 9,");
  text = with(text, "name = { no = 8, type = \"text\", max_length = 120",
              "name = { no = 8, type = \"text\", max_length = 160");
  add();
  text = with(text, "title = { no = 2,", "title = { search = \"name\", no = 2,");
  add();
  return versions;
}

sync::SchemaVersions all_of(const std::vector<std::shared_ptr<const sync::Schema>>& versions) {
  sync::SchemaVersions known(versions.front());
  for (const auto& schema : versions) known = known.with(schema);
  return known;
}

}  // namespace

sync::Record as_last(const Setting& setting, sync::Record record) {
  record.fields.resize(setting.schema.collection(record.key.collection)->fields.size());
  return record;
}

platform::PeerCertificate certificate_of(const sync::Id& device) {
  constexpr std::int64_t good_for_s = 10 * 365 * 86'400LL;
  return {device.text(),
          sync::sha256("certificate of " + device.text()),
          "01",
          std::chrono::sys_seconds(std::chrono::seconds(world_began_ms / 1'000 + good_for_s)),
          {}};
}

std::string name_of_person(std::size_t seat) { return "person" + std::to_string(seat); }

platform::SecretKey key_of(std::uint8_t n) {
  std::array<std::uint8_t, platform::SecretKey::size> bytes{};
  bytes.fill(n);
  return platform::SecretKey(bytes);
}

sync::Id id_of(std::string_view name) { return sync::Id::from(sync::sha256(name).view().substr(0, 16)); }

Setting::Setting() : versions(make_versions()), known(all_of(versions)), schema(*versions.back()), disk_key(key_of(1)) {
  support::FaultDisk disk("setting", 1);
  {
    hub::SqliteLedgerOptions options;
    options.file = ledger_file;
    options.vfs_name = disk.vfs_name();
    const sync::Schema& first = *versions.front();
    const hub::NewLedger fresh{id_of("hub"), id_of("first epoch"), first.text(), sync::train_dictionary(first)};
    const auto ledger = must(hub::SqliteLedger::create(options, disk_key, fresh));
    for (std::size_t n = 0; n < max_seats; ++n) {
      devices.push_back(enrolled(*ledger, n));
      people.push_back({id_of("person " + std::to_string(n)),
                        platform::SigningKey(key_of(static_cast<std::uint8_t>(100 + n))),
                        n == limited_seat ? std::vector{north} : std::vector{north, south}});
      add_person(*ledger, people.back(), n);
    }
    ChoiceSource choices(1);
    SeededEntropy entropy{Chance(choices)};
    hub::Intake intake(*ledger, entropy);
    std::vector<hub::OwnRow> rows;
    std::size_t records = 0;
    for (std::uint32_t i = 0; i < customers_imported; ++i) {
      auto made = generator::customer_ops(first, generator::customer(i), i % 2 == 0 ? north : south);
      customers.push_back(made.front().record);
      records += made.size();
      rows.push_back({std::move(made)});
    }
    must(intake.take_own(rows, world_began_ms));
    const auto reader = must(ledger->reader());
    for (const sync::Collection& collection : first.collections())
      for (hub::VersionedRecord& row :
           must(reader->rows(collection.no, std::vector{north, south}, sync::Id{}, records))) {
        row.stored.record = as_last(*this, std::move(row.stored.record));
        imported.push_back(std::move(row));
      }
  }
  hub_disk = disk.image();
}

}  // namespace holdline::sim
