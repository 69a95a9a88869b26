#include "platform/database/damage_probe.hpp"

#include <sqlite3.h>

#include "platform/database/error.hpp"

namespace holdline::platform {

Result<std::unique_ptr<DamageProbe>> DamageProbe::of(sqlite3* db) {
  sqlite3_stmt* statement = nullptr;
  const int rc =
      sqlite3_prepare_v3(db, "SELECT 1 FROM sqlite_schema", -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (rc != SQLITE_OK) return tl::unexpected<Error>(database_error(db, rc, "prepare a query"));
  return std::unique_ptr<DamageProbe>(new DamageProbe(db, statement));
}

DamageProbe::~DamageProbe() { sqlite3_finalize(next_page_); }

bool DamageProbe::met_damage() {
  const int read = pages_read();
  if (read == seen_) return false;
  seen_ = read;
  // The first page, which every transaction holds: it is asked for, and never read again.
  const int rc = sqlite3_step(next_page_);
  sqlite3_reset(next_page_);
  return rc == SQLITE_ERROR || rc == SQLITE_CORRUPT;
}

int DamageProbe::pages_read() const {
  int count = 0, highest = 0;
  sqlite3_db_status(db_, SQLITE_DBSTATUS_CACHE_MISS, &count, &highest, 0);
  return count;
}

}  // namespace holdline::platform
