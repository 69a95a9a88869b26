// Notices damaged pages that SQLite passes over. SQLCipher hands out a page that fails its check as zeros and says so
// only to the next page that is asked for in the same transaction: the end of a long row, read last, would be taken for
// zeros (SQLCipher 4.6, sqlite3Codec: sqlcipher_codec_ctx_set_error).
// Internal to platform/database.
#pragma once

#include <memory>

#include "sync/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace holdline::platform {

// Of one connection, which has to outlive it; on the connection's thread.
class DamageProbe {
 public:
  // The connection must be able to read its file.
  static Result<std::unique_ptr<DamageProbe>> of(sqlite3* db);
  ~DamageProbe();
  DamageProbe(const DamageProbe&) = delete;
  DamageProbe& operator=(const DamageProbe&) = delete;

  // A page read since the last call was damaged: what was made of it counts for nothing. To be asked after every step
  // of a query, before the transaction that read the page ends. Costs a counter when no page was read.
  bool met_damage();

 private:
  DamageProbe(sqlite3* db, sqlite3_stmt* next_page) : db_(db), next_page_(next_page) {}
  int pages_read() const;

  sqlite3* const db_;
  sqlite3_stmt* const next_page_;
  int seen_ = 0;
};

}  // namespace holdline::platform
