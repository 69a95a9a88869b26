// What every world begins with and nothing in a world changes: schema, dictionary, people, and the hub's disk as it was
// after setting up, enrolling and importing. Made once for all worlds of a campaign; may be shared between threads.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "platform/crypto/signing.hpp"
#include "platform/http/http.hpp"
#include "platform/os/secret.hpp"
#include "sync/schema/versions.hpp"
#include "tests/support/fault_vfs.hpp"

namespace holdline::sim {

inline constexpr std::size_t max_seats = 8;
inline constexpr std::size_t customers_imported = 24;
inline const std::string north = "acme/north", south = "acme/south";
// Whose person may write in the north only.
inline constexpr std::size_t limited_seat = 1;
inline constexpr const char* ledger_file = "/ledger.db";

struct Setting {
  Setting();

  struct Person {
    sync::Id id;
    platform::SigningKey key;
    std::vector<std::string> scopes;  // where they may write
  };

  // As a hub may have them one after the other; each has all fields of those before, at their places.
  std::vector<std::shared_ptr<const sync::Schema>> versions;
  sync::SchemaVersions known;
  // The last of them: whoever checks a world reads by it whatever was written by any.
  const sync::Schema& schema;
  platform::SecretKey disk_key;
  std::vector<hub::Device> devices;
  std::vector<Person> people;  // one for each device
  std::vector<sync::RecordKey> customers;
  std::vector<hub::VersionedRecord> imported;  // every row of that ledger
  std::shared_ptr<const support::FaultDisk::Image> hub_disk;
};

// A record as the last version has it, so that those of different versions can be compared.
sync::Record as_last(const Setting& setting, sync::Record record);

// What a workstation shows the hub with every request.
platform::PeerCertificate certificate_of(const sync::Id& device);
// The sign-in name of a seat's person.
std::string name_of_person(std::size_t seat);
platform::SecretKey key_of(std::uint8_t n);
sync::Id id_of(std::string_view name);

}  // namespace holdline::sim
