// Who may take part: devices, enrolment codes, people, and the epoch. On a connection of its own, so that signing in
// and enrolling never wait inside the thread that writes records. Thread-safe.
#pragma once

#include <mutex>

#include "hub/sqlite_tables.hpp"

namespace holdline::hub::sqlite {

class Directory {
 public:
  explicit Directory(platform::Database db) : db_(std::move(db)), statements_(db_) {}

  Result<Id> epoch();
  Result<Id> change_epoch(const Id& current, const Id& next);

  Result<void> add_code(const EnrollCode& code);
  Result<Device> enroll(const sync::Hash& code, const Device& device, std::int64_t now_ms);
  Result<std::optional<Device>> device(const Id& id);
  Result<std::vector<Device>> devices();

  Result<void> put_person(const Person& person);
  Result<std::vector<Person>> people(std::span<const std::string> scopes);
  Result<std::optional<Person>> person(const Id& id);

 private:
  Result<Id> read_epoch();
  Result<EnrollCode> use_code(const sync::Hash& code, const Id& device, std::int64_t now_ms);

  std::mutex mutex_;
  platform::Database db_;
  Statements statements_;
};

}  // namespace holdline::hub::sqlite
