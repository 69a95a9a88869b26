// Work that nobody waits for: forgetting old changes, and recomputing the digests.
#include <stdexcept>

#include "hub/ledger/sqlite/digests.hpp"
#include "hub/ledger/sqlite/migrations.hpp"
#include "hub/ledger/sqlite/writer.hpp"

namespace holdline::hub::sqlite {
namespace {

Result<void> add_rows(const sync::Collection& collection, Statements& statements, Names& scopes,
                      sync::DigestTable& digests) {
  HOLDLINE_ASSIGN(auto* all, statements.get(std::string("SELECT ") + record_columns + " FROM " + table_of(collection)));
  auto rows = all->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    HOLDLINE_ASSIGN(const VersionedRecord at, record_of(collection, scopes, rows));
    digests.change(collection, nullptr, &at.stored.record);
  }
}

Result<void> compare(Statements& statements, Names& scopes, const sync::Schema& schema) {
  sync::DigestTable recomputed;
  for (const sync::Collection& collection : schema.collections()) {
    HOLDLINE_TRY(add_rows(collection, statements, scopes, recomputed));
  }
  Digests kept;
  HOLDLINE_TRY(kept.load(statements, scopes));
  if (kept.table() == recomputed) return {};
  std::string differing;
  for (const sync::Collection& collection : schema.collections()) {
    const auto of = [&](const sync::DigestTable& table) {
      std::map<sync::DigestKey, sync::Leaves> found;
      for (const auto& [key, leaves] : table.all()) {
        if (key.collection == collection.no) found.emplace(key, leaves);
      }
      return found;
    };
    if (of(kept.table()) != of(recomputed)) differing += (differing.empty() ? "" : ", ") + collection.name;
  }
  return fail(ErrorKind::stop, "digest-mismatch",
              "Rows of the ledger are not what they were when they were written (" + differing +
                  "). Stop, keep the file, and restore a backup.");
}

}  // namespace

Result<void> check_digests(platform::Database& db, Statements& statements, Names& scopes, const sync::Schema& schema) {
  HOLDLINE_TRY(db.exec("BEGIN"));
  auto result = compare(statements, scopes, schema);
  HOLDLINE_TRY(db.exec("COMMIT"));
  return result;
}

Result<bool> Writer::compact_feed(ChangeNumber cn, std::size_t rows) {
  if (open_) throw std::logic_error("compaction inside a ledger transaction");
  if (cn > head_.cn) throw std::logic_error("compaction above the head of the feed");
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db_));
  HOLDLINE_ASSIGN(const ChangeNumber floor, read_floor(statements_));
  if (floor < cn) HOLDLINE_TRY(write_meta(statements_, "feed-floor", std::to_string(cn)));
  HOLDLINE_ASSIGN(auto* old_scopes, statements_.get("SELECT no FROM scope"));
  HOLDLINE_ASSIGN(auto* up_to, statements_.get("SELECT max(cn) FROM (SELECT cn FROM feed WHERE scope = ? AND cn <= ? "
                                               "ORDER BY cn LIMIT ?)"));
  HOLDLINE_ASSIGN(auto* drop, statements_.get("DELETE FROM feed WHERE scope = ? AND cn <= ?"));
  std::size_t dropped = 0;
  auto scopes = old_scopes->rows();
  while (dropped < rows) {
    HOLDLINE_ASSIGN(const bool more, scopes.next());
    if (!more) break;
    std::int64_t last = 0;
    {
      auto found = up_to->rows(scopes.i64(0), cn, rows - dropped);
      HOLDLINE_ASSIGN(const bool any, found.next());
      if (!any || found.is_null(0)) continue;
      last = found.i64(0);
    }
    HOLDLINE_TRY(drop->run(scopes.i64(0), last));
    dropped += static_cast<std::size_t>(db_.changes());
  }
  // The transaction that contains `cn` itself stays: a cursor at `cn` is checked against its salt.
  HOLDLINE_ASSIGN(auto* drop_salts, statements_.get("DELETE FROM tx WHERE last_cn < ?"));
  HOLDLINE_TRY(drop_salts->run(cn));
  HOLDLINE_TRY(transaction.commit());
  return dropped < rows;
}

}  // namespace holdline::hub::sqlite
