#include "hub/ledger/sqlite/directory.hpp"

#include <algorithm>

#include "hub/ledger/grants.hpp"
#include "sync/reference/reference.hpp"

namespace holdline::hub::sqlite {
namespace {

using platform::Blob;
using platform::Rows;

constexpr const char* device_columns =
    "id, name, certificate, scopes, profile, grants, state, enrolled, certificate_until, certificate_key, "
    "next_certificate, issued, approved, readmitted, outbox_lost";
constexpr const char* person_columns =
    "id, name, external, public_key, wrapped, scopes, role, state, disabled, former_keys";

Result<Device> device_of(const Rows& row) {
  Device device;
  device.id = Id::from(row.blob(0));
  device.name = row.text(1);
  device.certificates.current = row.text(2);
  HOLDLINE_ASSIGN(device.scopes, decode_names(row.blob(3)));
  device.profile = static_cast<sync::VisibilitySet>(row.i64(4));
  device.grants = static_cast<std::uint32_t>(row.i64(5));
  if (row.i64(6) < 0 || row.i64(6) > static_cast<std::int64_t>(DeviceState::revoked)) return damaged("a device state");
  device.state = static_cast<DeviceState>(row.i64(6));
  device.enrolled_ms = row.i64(7);
  device.certificates.until_ms = row.i64(8);
  device.certificates.key = row.text(9);
  device.certificates.next = row.text(10);
  device.certificates.issued = row.i64(11);
  device.certificates.approved_ms = row.i64(12);
  device.readmitted_ms = row.i64(13);
  device.outbox_lost_ms = row.i64(14);
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
  if (row.i64(7) < 0 || row.i64(7) > static_cast<std::int64_t>(PersonState::disabled))
    return damaged("a person's state");
  person.state = static_cast<PersonState>(row.i64(7));
  person.disabled_ms = row.i64(8);
  HOLDLINE_ASSIGN(person.former_keys, decode_names(row.blob(9)));
  return person;
}

// More than any hub gives between two backups: what a ledger that was put back may have given already.
constexpr std::uint64_t references_left_out = 5'000'000;

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
  HOLDLINE_ASSIGN(const std::uint64_t reference, read_next_reference(changing_.statements));
  HOLDLINE_TRY(write_meta(changing_.statements, "reference-next", std::to_string(reference + references_left_out)));
  HOLDLINE_TRY(write_meta(changing_.statements, "epoch", next.view()));
  HOLDLINE_TRY(transaction.commit());
  return next;
}

Result<void> Directory::add_code(const EnrollCode& code) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* put,
                  changing_.statements.get("INSERT INTO enroll_code(hash, name, scopes, profile, expires, device) "
                                           "VALUES (?, ?, ?, ?, ?, ?)"));
  const sync::Bytes scopes = encode_names(code.scopes);
  return taken_as(put->run(Blob{code.hash.view()}, code.device_name, Blob{scopes}, code.profile, code.expires_ms,
                           code.device ? std::optional(Blob{code.device->view()}) : std::nullopt),
                  "code-known", "This enrolment code exists already. Draw another one.");
}

Result<std::optional<EnrollCode>> Directory::code(const sync::Hash& hash) {
  const platform::MutexLock lock(asking_.mutex);
  HOLDLINE_ASSIGN(auto* find, asking_.statements.get("SELECT name, scopes, profile, expires, device, used_by FROM "
                                                     "enroll_code WHERE hash = ?"));
  auto rows = find->rows(Blob{hash.view()});
  HOLDLINE_ASSIGN(const bool known, rows.next());
  if (!known) return std::nullopt;
  EnrollCode code{hash, std::string(rows.text(0)), {}, static_cast<sync::VisibilitySet>(rows.i64(2)), rows.i64(3)};
  HOLDLINE_ASSIGN(code.scopes, decode_names(rows.blob(1)));
  if (!rows.is_null(4)) code.device = Id::from(rows.blob(4));
  if (!rows.is_null(5)) code.used_by = Id::from(rows.blob(5));
  return code;
}

// What the code grants, once: marks it as used by this device, which may come again.
Result<EnrollCode> Directory::use_code(const sync::Hash& code, const Id& device, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto* find,
                  changing_.statements.get("SELECT name, scopes, profile, expires, device, used_by FROM enroll_code "
                                           "WHERE hash = ?"));
  EnrollCode grant;
  {
    auto rows = find->rows(Blob{code.view()});
    HOLDLINE_ASSIGN(const bool known, rows.next());
    if (!known) {
      return fail(ErrorKind::ask_person, "code-unknown", "This enrolment code is not known here. Ask for a new one.");
    }
    if (!rows.is_null(5) && Id::from(rows.blob(5)) != device) {
      return fail(ErrorKind::ask_person, "code-used", "This enrolment code was used already. Ask for a new one.");
    }
    grant = {code, std::string(rows.text(0)), {}, static_cast<sync::VisibilitySet>(rows.i64(2)), rows.i64(3)};
    HOLDLINE_ASSIGN(grant.scopes, decode_names(rows.blob(1)));
    if (!rows.is_null(4)) grant.device = Id::from(rows.blob(4));
    if (!rows.is_null(5)) grant.used_by = Id::from(rows.blob(5));
  }
  if (grant.used_by) return grant;
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
  if (grant.device || grant.used_by) {
    HOLDLINE_ASSIGN(const bool known, replace(device.id, nullptr, device.certificates));
    if (!known || (grant.device && *grant.device != device.id)) return damaged("an enrolment code");
    HOLDLINE_TRY(transaction.commit());
    return device;
  }
  Device enrolled = device;
  if (enrolled.name.empty()) enrolled.name = grant.device_name;
  enrolled.scopes = grant.scopes;  // what the device asks for does not count
  enrolled.profile = grant.profile;
  enrolled.grants = grants_of(enrolled.scopes, enrolled.profile);
  enrolled.state = DeviceState::active;
  enrolled.enrolled_ms = now_ms;
  HOLDLINE_TRY(insert(enrolled));
  HOLDLINE_TRY(transaction.commit());
  ++version_;
  return enrolled;
}

Result<void> Directory::insert(const Device& device) {
  HOLDLINE_ASSIGN(auto* put, changing_.statements.get(std::string("INSERT INTO device(") + device_columns +
                                                      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  const sync::Bytes scopes = encode_names(device.scopes);
  const DeviceCertificates& its = device.certificates;
  return taken_as(put->run(Blob{device.id.view()}, device.name, its.current, Blob{scopes}, device.profile,
                           device.grants, static_cast<int>(device.state), device.enrolled_ms, its.until_ms, its.key,
                           its.next, its.issued, its.approved_ms, device.readmitted_ms, device.outbox_lost_ms),
                  "device-known", "A device with this id is enrolled already. Draw a new device id.");
}

// Any that it had when `from` is null. False: no such device, or other certificates.
Result<bool> Directory::replace(const Id& device, const DeviceCertificates* from, const DeviceCertificates& to) {
  HOLDLINE_ASSIGN(auto* put,
                  changing_.statements.get("UPDATE device SET certificate = ?2, certificate_until = ?3, "
                                           "certificate_key = ?4, next_certificate = ?5, issued = ?6, approved = ?7 "
                                           "WHERE id = ?1 AND (?8 OR (certificate = ?9 AND next_certificate = ?10 AND "
                                           "issued = ?11 AND approved = ?12))"));
  const DeviceCertificates& old = from != nullptr ? *from : to;
  HOLDLINE_TRY(put->run(Blob{device.view()}, to.current, to.until_ms, to.key, to.next, to.issued, to.approved_ms,
                        from == nullptr, old.current, old.next, old.issued, old.approved_ms));
  return changing_.db.changes() == 1;
}

Result<bool> Directory::change_certificates(const Id& device, const DeviceCertificates& from,
                                            const DeviceCertificates& to) {
  const platform::MutexLock lock(changing_.mutex);
  return replace(device, &from, to);
}

Result<void> Directory::add_device(const Device& device) {
  const platform::MutexLock lock(changing_.mutex);
  return insert(device);
}

Result<void> Directory::note_outbox_loss(const Id& device, std::int64_t lost_ms) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* put, changing_.statements.get("UPDATE device SET outbox_lost = ? WHERE id = ?"));
  return put->run(lost_ms, Blob{device.view()});
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

Result<void> Directory::changed(Result<void> written) {
  if (written) ++version_;
  return written;
}

Result<std::optional<sync::ReferenceBlock>> Directory::reference_block(const Id& device, const Id& incarnation,
                                                                       std::int64_t now_ms) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(changing_.db));
  HOLDLINE_ASSIGN(auto* latest, changing_.statements.get("SELECT given FROM reference_block WHERE device = ? ORDER BY "
                                                         "first DESC LIMIT 1"));
  {
    auto rows = latest->rows(Blob{device.view()});
    HOLDLINE_ASSIGN(const bool any, rows.next());
    // A clock that was put back must not keep it waiting for long.
    if (any && now_ms >= rows.i64(0) && now_ms - rows.i64(0) < reference_pause_ms) return std::nullopt;
  }
  HOLDLINE_ASSIGN(const std::uint64_t first, read_next_reference(changing_.statements));
  const sync::ReferenceBlock block{first, sync::ReferenceStock::block_size};
  if (first + block.count > sync::reference_count) return std::nullopt;
  HOLDLINE_TRY(write_meta(changing_.statements, "reference-next", std::to_string(first + block.count)));
  HOLDLINE_ASSIGN(auto* put, changing_.statements.get("INSERT INTO reference_block(first, count, device, incarnation, "
                                                      "given) VALUES (?, ?, ?, ?, ?)"));
  HOLDLINE_TRY(put->run(block.first, block.count, Blob{device.view()}, Blob{incarnation.view()}, now_ms));
  HOLDLINE_TRY(transaction.commit());
  return std::optional(block);
}

Result<void> Directory::put_device(const Device& device) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* put,
                  changing_.statements.get("UPDATE device SET name = ?, scopes = ?, profile = ?, grants = ?, "
                                           "state = ? WHERE id = ?"));
  const sync::Bytes scopes = encode_names(device.scopes);
  HOLDLINE_TRY(put->run(device.name, Blob{scopes}, device.profile, device.grants, static_cast<int>(device.state),
                        Blob{device.id.view()}));
  if (changing_.db.changes() != 1)
    return fail(ErrorKind::ask_person, "unknown-device", "There is no such workstation.");
  return changed({});
}

Result<void> Directory::put_person(const Person& person) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* put,
                  changing_.statements.get(std::string("INSERT INTO person(") + person_columns +
                                           ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT(id) DO "
                                           "UPDATE SET name = ?2, external = ?3, public_key = ?4, wrapped = ?5, "
                                           "scopes = ?6, role = ?7, state = ?8, disabled = ?9, former_keys = ?10"));
  const sync::Bytes scopes = encode_names(person.scopes), former = encode_names(person.former_keys);
  return changed(taken_as(
      put->run(Blob{person.id.view()}, person.name, person.external, Blob{person.public_key}, Blob{person.wrapped},
               Blob{scopes}, person.role, static_cast<int>(person.state), person.disabled_ms, Blob{former}),
      "name-taken", "Another person signs in with this name. Choose another one."));
}

Result<std::vector<Person>> Directory::people(std::optional<std::span<const std::string>> scopes) {
  const platform::MutexLock lock(asking_.mutex);
  std::vector<Person> found;
  HOLDLINE_ASSIGN(auto* find,
                  asking_.statements.get(std::string("SELECT ") + person_columns + " FROM person ORDER BY name"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    HOLDLINE_ASSIGN(auto person, person_of(rows));
    if (!scopes || shares_scope(person, *scopes)) found.push_back(std::move(person));
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
