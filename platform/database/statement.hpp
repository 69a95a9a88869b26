// Prepared statements. Prepared once, run many times; one thread, the thread of their Database.
//
//   HOLDLINE_ASSIGN(auto insert, db.prepare("INSERT INTO entry(number, body) VALUES (?, ?)"));
//   HOLDLINE_TRY(insert.run(7, Blob{bytes}));
//
//   auto rows = find.rows(customer.view());
//   for (;;) {
//     HOLDLINE_ASSIGN(const bool more, rows.next());
//     if (!more) break;
//     use(rows.i64(0), rows.text(1));
//   }
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "sync/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace holdline::platform {

// Marks bytes bound as BLOB; a plain string is bound as TEXT (UTF-8).
struct Blob {
  std::string_view bytes;
};

class DamageProbe;
class Rows;

class Statement {
 public:
  Statement() = default;

  // Binds every parameter in order, runs to the end, resets. Rows that come back are dropped. Accepts integers, bool,
  // double, text, Blob, nullptr and std::optional of these. Copies nothing: the values need to live for the call only.
  // The number of arguments must be the number of parameters; anything else is a bug and ends the program.
  template <class... Args>
  Result<void> run(const Args&... args) {
    expect_parameters(sizeof...(Args));
    int index = 0;
    (bind(++index, args, Keep::for_the_call), ...);
    return finish();
  }

  // Binds as run() does (copying text and blobs) and starts a query. Only one Rows per statement may be alive.
  template <class... Args>
  Rows rows(const Args&... args);

 private:
  friend class Database;
  friend class Rows;
  enum class Keep { for_the_call, copied };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  // `probe`: asked after every step of a query; null for queries that run before there is one. What gives no rows has
  // no use for it: a commit fails by itself, and BEGIN must not seem to fail when it has begun.
  Statement(sqlite3_stmt* statement, DamageProbe* probe);

  void expect_parameters(std::size_t given) const;
  void bind_int(int index, std::int64_t value);
  void bind_real(int index, double value);
  void bind_text(int index, std::string_view value, Keep keep);
  void bind_blob(int index, std::string_view value, Keep keep);
  void bind_null(int index);
  Result<bool> step();
  Result<void> finish();
  void reset();

  template <std::integral T>
  void bind(int index, T value, Keep) {
    bind_int(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, double value, Keep) { bind_real(index, value); }
  void bind(int index, std::string_view value, Keep keep) { bind_text(index, value, keep); }
  void bind(int index, Blob value, Keep keep) { bind_blob(index, value.bytes, keep); }
  void bind(int index, std::nullptr_t, Keep) { bind_null(index); }
  template <class T>
  void bind(int index, const std::optional<T>& value, Keep keep) {
    value ? bind(index, *value, keep) : bind_null(index);
  }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  DamageProbe* probe_ = nullptr;
  std::size_t parameters_ = 0;
  int bind_error_ = 0;  // first failed bind (too large, no memory); told by the next step
};

// A running query; resets its statement when it ends. The statement stays where it is meanwhile. Columns count from 0.
// Views live until the next call of next().
class Rows {
 public:
  ~Rows() {
    if (statement_ != nullptr) statement_->reset();
  }
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)), ended_(other.ended_) {}
  Rows& operator=(Rows&&) = delete;
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // True: a row stands ready. False: the end, and it stays the end. After an error the query is over as well.
  Result<bool> next() {
    if (ended_) return false;
    auto more = statement_->step();
    ended_ = !more || !*more;
    return more;
  }

  std::int64_t i64(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;  // empty for NULL
  std::string_view blob(int column) const;  // empty for NULL
  bool is_null(int column) const;

 private:
  friend class Statement;
  explicit Rows(Statement& statement) : statement_(&statement) {}

  Statement* statement_;
  bool ended_ = false;
};

template <class... Args>
Rows Statement::rows(const Args&... args) {
  expect_parameters(sizeof...(Args));
  reset();
  int index = 0;
  (bind(++index, args, Keep::copied), ...);
  return Rows(*this);
}

}  // namespace holdline::platform
