// What deleted records were known by, so that somebody who comes back is recognised.
#include <algorithm>

#include "agent/replica/store.hpp"

namespace holdline::agent {

Result<void> ReplicaStore::remember_deleted(const Shape& shape, const sync::Record& record) {
  const auto& fields = shape.collection->fields;
  for (std::size_t i = 0; i < std::min(fields.size(), record.fields.size()); ++i) {
    const auto* text = fields[i].unique ? std::get_if<std::string>(&record.fields[i]) : nullptr;
    if (text)
      HOLDLINE_TRY(add_lookup_.run(static_cast<int>(LookupKind::deleted), deleted_key(record.scope, *text),
                                   shape.collection->no, 0));
  }
  return {};
}

Result<void> ReplicaStore::remember_deleted_of(ReplicaStore& other) {
  std::vector<Lookup> remembered;
  const auto read = [&]() -> Result<void> {
    HOLDLINE_ASSIGN(auto select, other.db_.prepare("SELECT key, collection FROM _lookup WHERE kind = ?"));
    auto rows = select.rows(static_cast<int>(LookupKind::deleted));
    for (;;) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) return {};
      remembered.push_back(
          {{LookupKind::deleted, std::string(rows.text(0))}, static_cast<sync::CollectionNo>(rows.i64(1)), 0});
    }
  };
  // What cannot be read is asked about by the ledger as well.
  if (!read() || remembered.empty()) return {};
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db_));
  HOLDLINE_TRY(add_lookups(remembered));
  HOLDLINE_TRY(transaction.commit());
  return db_.checkpoint_truncate();
}

}  // namespace holdline::agent
