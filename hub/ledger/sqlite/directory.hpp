// Who may take part: devices, enrolment codes, people, and the epoch. On connections of its own, so that signing in and
// enrolling never wait inside the thread that writes records. Thread-safe.
//
// Asking and changing share neither connection nor mutex: a change waits for whoever writes the file, and the thread
// that writes records asks for people while it does. Were there one mutex, each would wait for the other.
// Internal to hub/ledger/sqlite.
#pragma once

#include <atomic>

#include "hub/ledger/sqlite/tables.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::hub::sqlite {

class Directory {
 public:
  Directory(platform::Database asking, platform::Database changing)
      : asking_(std::move(asking)), changing_(std::move(changing)) {}

  Result<Id> change_epoch(const Id& current, const Id& next);

  Result<void> add_code(const EnrollCode& code);
  Result<std::optional<EnrollCode>> code(const sync::Hash& hash);
  Result<Device> enroll(const sync::Hash& code, const Device& device, std::int64_t now_ms);
  Result<bool> change_certificates(const Id& device, const DeviceCertificates& from, const DeviceCertificates& to);
  Result<void> add_device(const Device& device);
  Result<void> note_outbox_loss(const Id& device, std::int64_t lost_ms);
  Result<std::optional<Device>> device(const Id& id);
  Result<std::vector<Device>> devices();

  Result<std::optional<sync::ReferenceBlock>> reference_block(const Id& device, const Id& incarnation,
                                                              std::int64_t now_ms);
  Result<void> put_device(const Device& device);
  std::uint64_t version() const { return version_; }

  Result<void> put_person(const Person& person);
  // Of these scopes, or all.
  Result<std::vector<Person>> people(std::optional<std::span<const std::string>> scopes);
  Result<std::optional<Person>> person(const Id& id);
  Result<void> add_claim(const PersonClaim& claim);
  Result<std::vector<PersonClaim>> claims();
  Result<void> drop_claims(const Id& person);
  Result<void> keep_reports(std::span<const DeviceReport> reports);
  Result<std::vector<DeviceReport>> reports();
  Result<void> add_scope(std::string_view scope);

 private:
  struct Connection {
    explicit Connection(platform::Database opened) : db(std::move(opened)), statements(db) {}
    platform::Mutex mutex;
    platform::Database db HOLDLINE_GUARDED_BY(mutex);
    Statements statements HOLDLINE_GUARDED_BY(mutex);
  };

  Result<EnrollCode> use_code(const sync::Hash& code, const Id& device, std::int64_t now_ms)
      HOLDLINE_REQUIRES(changing_.mutex);
  Result<void> insert(const Device& device) HOLDLINE_REQUIRES(changing_.mutex);
  Result<bool> replace(const Id& device, const DeviceCertificates* from, const DeviceCertificates& to)
      HOLDLINE_REQUIRES(changing_.mutex);

  Result<void> changed(Result<void> written);

  Connection asking_;
  Connection changing_;
  std::atomic<std::uint64_t> version_ = 1;
};

}  // namespace holdline::hub::sqlite
