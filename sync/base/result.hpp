// One error style for the whole tree: a call that can fail returns Result<T>; exceptions are for bugs and start-up.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace holdline {

// What the caller does next. Retry logic is one switch over this.
enum class ErrorKind {
  retry_later,  // nothing is wrong with the request: the other side is away, busy or full
  start_over,   // the conversation is out of step: drop it and begin again with hello (a cursor, epoch or number moved)
  ask_person,   // the request itself is wrong or needs a decision; repeating it unchanged is pointless
  stop,         // continuing could lose or corrupt data: refuse to write until somebody looked
};

struct Error {
  ErrorKind kind = ErrorKind::ask_person;
  std::string code;     // stable, kebab-case, for programs: "disk-full", "wrong-password"
  std::string message;  // for a person: what happened and what to do. Never holds customer data.
};

template <class T>
using Result = tl::expected<T, Error>;

// Shorthand for `return fail(ErrorKind::stop, "disk-full", "...")` in a function returning any Result<T>.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(code), std::move(message)});
}

// Passes the error of one Result on as the error of another.
template <class T>
[[nodiscard]] tl::unexpected<Error> fail(Result<T>&& failed) {
  return tl::unexpected<Error>(std::move(failed).error());
}

}  // namespace holdline

// Returns the error of `expr` from the enclosing function, which itself returns a Result.
#define HOLDLINE_TRY(expr)                                                        \
  do {                                                                            \
    if (auto holdline_try_ = (expr); !holdline_try_)                              \
      return tl::unexpected<::holdline::Error>(std::move(holdline_try_).error()); \
  } while (false)

// Binds the value of `expr` to `name`, or returns its error: HOLDLINE_ASSIGN(auto row, read_row(id));
#define HOLDLINE_CONCAT_(a, b) a##b
#define HOLDLINE_CONCAT(a, b) HOLDLINE_CONCAT_(a, b)
#define HOLDLINE_ASSIGN_(tmp, name, expr)                                     \
  auto tmp = (expr);                                                          \
  if (!tmp) return tl::unexpected<::holdline::Error>(std::move(tmp).error()); \
  name = *std::move(tmp)
#define HOLDLINE_ASSIGN(name, expr) HOLDLINE_ASSIGN_(HOLDLINE_CONCAT(holdline_assign_, __LINE__), name, expr)
