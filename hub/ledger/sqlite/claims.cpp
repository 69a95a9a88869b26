// People whom workstations remember and the ledger does not: kept until an operator recalls them.
#include "hub/ledger/sqlite/directory.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

Result<void> Directory::add_claim(const PersonClaim& claim) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(const std::int64_t there, changing_.db.query_int("SELECT count(*) FROM person_claim"));
  if (there >= static_cast<std::int64_t>(max_claims))
    return fail(ErrorKind::retry_later, "too-many-claims", "Too many people wait to be recalled.");
  HOLDLINE_ASSIGN(auto* put,
                  changing_.statements.get("INSERT OR IGNORE INTO person_claim(id, public_key, name, wrapped, "
                                           "scopes, role, device, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  const Person& person = claim.person;
  const sync::Bytes scopes = encode_names(person.scopes);
  return put->run(Blob{person.id.view()}, Blob{person.public_key}, person.name, Blob{person.wrapped}, Blob{scopes},
                  person.role, Blob{claim.device.view()}, claim.told_ms);
}

Result<std::vector<PersonClaim>> Directory::claims() {
  const platform::MutexLock lock(asking_.mutex);
  std::vector<PersonClaim> found;
  HOLDLINE_ASSIGN(auto* find, asking_.statements.get("SELECT id, public_key, name, wrapped, scopes, role, device, told "
                                                     "FROM person_claim ORDER BY name, told"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    PersonClaim& claim = found.emplace_back();
    claim.person.id = Id::from(rows.blob(0));
    claim.person.public_key = rows.blob(1);
    claim.person.name = rows.text(2);
    claim.person.wrapped = rows.blob(3);
    HOLDLINE_ASSIGN(claim.person.scopes, decode_names(rows.blob(4)));
    claim.person.role = rows.text(5);
    claim.device = Id::from(rows.blob(6));
    claim.told_ms = rows.i64(7);
  }
}

Result<void> Directory::add_scope(std::string_view scope) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* put, changing_.statements.get("INSERT OR IGNORE INTO scope(name) VALUES (?)"));
  return put->run(Blob{scope});
}

Result<void> Directory::drop_claims(const Id& person) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto* drop, changing_.statements.get("DELETE FROM person_claim WHERE id = ?"));
  return drop->run(Blob{person.view()});
}

}  // namespace holdline::hub::sqlite
