#include "platform/database/statement.hpp"

#include <sqlite3.h>

#include <stdexcept>

#include "platform/database/damage_probe.hpp"
#include "platform/database/error.hpp"

namespace holdline::platform {
namespace {

// SQLite takes a null pointer for NULL; an empty view may have one.
const char* pointer(std::string_view value) { return value.data() != nullptr ? value.data() : ""; }

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3_stmt* statement, DamageProbe* probe)
    : statement_(statement),
      probe_(sqlite3_column_count(statement) > 0 ? probe : nullptr),
      parameters_(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement))) {}

void Statement::expect_parameters(std::size_t given) const {
  if (statement_ == nullptr) throw std::logic_error("statement used before it was prepared");
  if (given != parameters_) {
    throw std::logic_error(std::string("wrong number of values for: ") + sqlite3_sql(statement_.get()));
  }
}

void Statement::bind_int(int index, std::int64_t value) {
  if (const int rc = sqlite3_bind_int64(statement_.get(), index, value); rc != SQLITE_OK) bind_error_ = rc;
}

void Statement::bind_real(int index, double value) {
  if (const int rc = sqlite3_bind_double(statement_.get(), index, value); rc != SQLITE_OK) bind_error_ = rc;
}

void Statement::bind_text(int index, std::string_view value, Keep keep) {
  const int rc = sqlite3_bind_text64(statement_.get(), index, pointer(value), value.size(),
                                     keep == Keep::copied ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
  if (rc != SQLITE_OK) bind_error_ = rc;
}

void Statement::bind_blob(int index, std::string_view value, Keep keep) {
  const int rc = sqlite3_bind_blob64(statement_.get(), index, pointer(value), value.size(),
                                     keep == Keep::copied ? SQLITE_TRANSIENT : SQLITE_STATIC);
  if (rc != SQLITE_OK) bind_error_ = rc;
}

void Statement::bind_null(int index) {
  if (const int rc = sqlite3_bind_null(statement_.get(), index); rc != SQLITE_OK) bind_error_ = rc;
}

Result<bool> Statement::step() {
  const int rc = bind_error_ != SQLITE_OK ? bind_error_ : sqlite3_step(statement_.get());
  const bool ran = rc == SQLITE_ROW || rc == SQLITE_DONE;
  const bool damaged = ran && probe_ != nullptr && probe_->met_damage();
  if (ran && !damaged) return rc == SQLITE_ROW;
  sqlite3* const db = sqlite3_db_handle(statement_.get());
  return tl::unexpected<Error>(database_error(db, damaged ? SQLITE_CORRUPT : rc, "use the database"));
}

Result<void> Statement::finish() {
  Result<void> result;
  for (;;) {
    auto more = step();
    if (!more) result = tl::unexpected<Error>(std::move(more).error());
    if (!more || !*more) break;
  }
  reset();
  return result;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());  // repeats the error of the last step, which was told already
  bind_error_ = SQLITE_OK;
}

std::int64_t Rows::i64(int column) const { return sqlite3_column_int64(statement_->statement_.get(), column); }

double Rows::real(int column) const { return sqlite3_column_double(statement_->statement_.get(), column); }

std::string_view Rows::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_->statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_->statement_.get(), column))};
}

std::string_view Rows::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_->statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_->statement_.get(), column))};
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_->statement_.get(), column) == SQLITE_NULL;
}

}  // namespace holdline::platform
