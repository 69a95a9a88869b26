#include "hub/ledger/sqlite/directory.hpp"

#include <algorithm>

namespace holdline::hub::sqlite {
namespace {

using platform::Blob;
using platform::Rows;

constexpr const char* device_columns = "id, name, certificate, scopes, profile, grants, state, enrolled";
constexpr const char* person_columns = "id, name, external, public_key, wrapped, scopes, role";

Result<Device> device_of(const Rows& row) {
  Device device;
  device.id = Id::from(row.blob(0));
  device.name = row.text(1);
  device.certificate = row.text(2);
  HOLDLINE_ASSIGN(device.scopes, decode_names(row.blob(3)));
  device.profile = static_cast<sync::VisibilitySet>(row.i64(4));
  device.grants = static_cast<std::uint32_t>(row.i64(5));
  if (row.i64(6) < 0 || row.i64(6) > static_cast<std::int64_t>(DeviceState::revoked)) return damaged("a device state");
  device.state = static_cast<DeviceState>(row.i64(6));
  device.enrolled_ms = row.i64(7);
  return device;
}

Result<Person> person_of(const Rows& row) {
  Person person;
  person.id = Id::from(row.blob(0));
  person.name = row.text(1);
  person.external = row.text(2);
  person.public_key = row.blob(3);
  person.wrapped = row.blob(4);
  HOLDLINE_ASSIGN(person.scopes, decode_names(row.blob(5)));
  person.role = row.text(6);
  return person;
}

bool shares_scope(const Person& person, std::span<const std::string> scopes) {
  return std::ranges::any_of(
      person.scopes, [&](const std::string& scope) { return std::ranges::find(scopes, scope) != scopes.end(); });
}

// A broken UNIQUE means somebody else has this id or name; that is the caller's to decide, not a fault.
Result<void> taken_as(Result<void> written, const char* code, const char* message) {
  if (!written && written.error().code == "constraint") return fail(ErrorKind::ask_person, code, message);
  return written;
}

}  // namespace

Result<Id> Directory::change_epoch(const Id& current, const Id& next) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(changing_.db));
  HOLDLINE_ASSIGN(const std::string bytes, read_meta(changing_.statements, "epoch"));
  const Id holds = Id::from(bytes);
  if (holds != current) return holds;
  HOLDLINE_TRY(write_meta(changing_.statements, "epoch", next.view()));
  HOLDLINE_TRY(transaction.commit());
  return next;
}

Result<void> Directory::add_code(const EnrollCode& code) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* put,
                  changing_.statements.get("INSERT INTO enroll_code(hash, name, scopes, profile, expires) VALUES "
                                           "(?, ?, ?, ?, ?)"));
  const sync::Bytes scopes = encode_names(code.scopes);
  return taken_as(put->run(Blob{code.hash.view()}, code.device_name, Blob{scopes}, code.profile, code.expires_ms),
                  "code-known", "This enrolment code exists already. Draw another one.");
}

// What the code grants, once: marks it as used by this device.
Result<EnrollCode> Directory::use_code(const sync::Hash& code, const Id& device, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto* find,
                  changing_.statements.get("SELECT name, scopes, profile, expires, used_by IS NOT NULL FROM "
                                           "enroll_code WHERE hash = ?"));
  EnrollCode grant;
  {
    auto rows = find->rows(Blob{code.view()});
    HOLDLINE_ASSIGN(const bool known, rows.next());
    if (!known) {
      return fail(ErrorKind::ask_person, "code-unknown", "This enrolment code is not known here. Ask for a new one.");
    }
    if (rows.i64(4) != 0) {
      return fail(ErrorKind::ask_person, "code-used", "This enrolment code was used already. Ask for a new one.");
    }
    grant = {code, std::string(rows.text(0)), {}, static_cast<sync::VisibilitySet>(rows.i64(2)), rows.i64(3)};
    HOLDLINE_ASSIGN(grant.scopes, decode_names(rows.blob(1)));
  }
  if (grant.expires_ms <= now_ms) {
    return fail(ErrorKind::ask_person, "code-expired", "This enrolment code has expired. Ask for a new one.");
  }
  HOLDLINE_ASSIGN(auto* use,
                  changing_.statements.get("UPDATE enroll_code SET used_by = ? WHERE hash = ? AND used_by IS NULL"));
  HOLDLINE_TRY(use->run(Blob{device.view()}, Blob{code.view()}));
  if (changing_.db.changes() != 1) return damaged("an enrolment code");
  return grant;
}

// BEGIN IMMEDIATE: of two uses, from any connection, the second reads what the first one wrote.
Result<Device> Directory::enroll(const sync::Hash& code, const Device& device, std::int64_t now_ms) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(changing_.db));
  HOLDLINE_ASSIGN(const EnrollCode grant, use_code(code, device.id, now_ms));
  Device enrolled = device;
  if (enrolled.name.empty()) enrolled.name = grant.device_name;
  enrolled.scopes = grant.scopes;  // what the device asks for does not count
  enrolled.profile = grant.profile;
  enrolled.grants = 1;
  enrolled.state = DeviceState::active;
  enrolled.enrolled_ms = now_ms;
  HOLDLINE_ASSIGN(auto* put, changing_.statements.get(std::string("INSERT INTO device(") + device_columns +
                                                      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  const sync::Bytes scopes = encode_names(enrolled.scopes);
  HOLDLINE_TRY(
      taken_as(put->run(Blob{enrolled.id.view()}, enrolled.name, enrolled.certificate, Blob{scopes}, enrolled.profile,
                        enrolled.grants, static_cast<int>(enrolled.state), enrolled.enrolled_ms),
               "device-known", "A device with this id is enrolled already. Draw a new device id."));
  HOLDLINE_TRY(transaction.commit());
  return enrolled;
}

Result<std::optional<Device>> Directory::device(const Id& id) {
  const platform::MutexLock lock(asking_.mutex);
  HOLDLINE_ASSIGN(auto* find,
                  asking_.statements.get(std::string("SELECT ") + device_columns + " FROM device WHERE id = ?"));
  auto rows = find->rows(Blob{id.view()});
  HOLDLINE_ASSIGN(const bool known, rows.next());
  if (!known) return std::nullopt;
  HOLDLINE_ASSIGN(auto device, device_of(rows));
  return device;
}

Result<std::vector<Device>> Directory::devices() {
  const platform::MutexLock lock(asking_.mutex);
  std::vector<Device> all;
  HOLDLINE_ASSIGN(auto* find,
                  asking_.statements.get(std::string("SELECT ") + device_columns + " FROM device ORDER BY name"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return all;
    HOLDLINE_ASSIGN(auto device, device_of(rows));
    all.push_back(std::move(device));
  }
}

Result<void> Directory::put_person(const Person& person) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* put,
                  changing_.statements.get(std::string("INSERT INTO person(") + person_columns +
                                           ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(id) DO UPDATE SET "
                                           "name = ?2, external = ?3, public_key = ?4, wrapped = ?5, scopes = ?6, "
                                           "role = ?7"));
  const sync::Bytes scopes = encode_names(person.scopes);
  return taken_as(put->run(Blob{person.id.view()}, person.name, person.external, Blob{person.public_key},
                           Blob{person.wrapped}, Blob{scopes}, person.role),
                  "name-taken", "Another person signs in with this name. Choose another one.");
}

Result<std::vector<Person>> Directory::people(std::span<const std::string> scopes) {
  const platform::MutexLock lock(asking_.mutex);
  std::vector<Person> found;
  HOLDLINE_ASSIGN(auto* find,
                  asking_.statements.get(std::string("SELECT ") + person_columns + " FROM person ORDER BY name"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    HOLDLINE_ASSIGN(auto person, person_of(rows));
    if (shares_scope(person, scopes)) found.push_back(std::move(person));
  }
}

Result<std::optional<Person>> Directory::person(const Id& id) {
  const platform::MutexLock lock(asking_.mutex);
  HOLDLINE_ASSIGN(auto* find,
                  asking_.statements.get(std::string("SELECT ") + person_columns + " FROM person WHERE id = ?"));
  auto rows = find->rows(Blob{id.view()});
  HOLDLINE_ASSIGN(const bool known, rows.next());
  if (!known) return std::nullopt;
  HOLDLINE_ASSIGN(auto person, person_of(rows));
  return person;
}

}  // namespace holdline::hub::sqlite
