#include "platform/database/error.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace holdline::platform {
namespace {

struct Meaning {
  ErrorKind kind;
  const char* code;
  const char* advice;
};

constexpr Meaning disk_full{ErrorKind::retry_later, "disk-full",
                            "the disk is full. Free some space; nothing that was saved is lost."};
constexpr Meaning read_only{ErrorKind::stop, "read-only-disk",
                            "the file or its disk cannot be written. Check the file's owner and mode, and whether the "
                            "disk is mounted read-only."};

constexpr Meaning unreadable{
    ErrorKind::stop, "disk-unreadable",
    "the disk cannot read a part of the file. Check the disk's health (dmesg, smartctl); if it "
    "stays so, move the file to a sound disk, or put it back from a backup."};

Meaning meaning_of_io_error(int os_error) {
  switch (os_error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return disk_full;
    case EROFS:
    case EACCES:
    case EPERM:
      return read_only;
    default:
      return {ErrorKind::stop, "io-error",
              "the disk reported an error. Check the disk's health (dmesg, smartctl), then restart the service: it "
              "checks the file before it takes anything new."};
  }
}

bool is_of_reading(int code) {
  constexpr std::array codes{SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_DATA};
  return std::ranges::find(codes, code) != codes.end();
}

Meaning meaning_of(int code, int os_error) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return disk_full;
    case SQLITE_READONLY:
      return read_only;
    case SQLITE_IOERR:
      return is_of_reading(code) ? unreadable : meaning_of_io_error(os_error);
    case SQLITE_CANTOPEN:
      if (code == SQLITE_CANTOPEN_SYMLINK) {
        return {ErrorKind::stop, "io-error", "the file is a symbolic link. Name the real file."};
      }
      return meaning_of_io_error(os_error);
    case SQLITE_NOTADB:
      return {ErrorKind::stop, "wrong-key",
              "the key does not fit this file (or its first page is damaged). Restore the key that belongs to it; the "
              "file was not changed."};
    case SQLITE_CORRUPT:
      return {ErrorKind::stop, "database-corrupt",
              "the file is damaged. It was not changed; keep it, and restore a backup or ask for a repair."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::retry_later, "database-busy", "another connection holds the file. Try again."};
    case SQLITE_CONSTRAINT:
      return {ErrorKind::ask_person, "constraint", "the values break a rule of the table."};
    case SQLITE_TOOBIG:
      return {ErrorKind::ask_person, "too-large", "a value is larger than the file may hold."};
    case SQLITE_NOMEM:
      return {ErrorKind::retry_later, "out-of-memory", "memory ran out. Try again."};
    default:
      return {ErrorKind::stop, "database-error", "this is a fault in the program. Please report it."};
  }
}

// SQLCipher says SQLITE_ERROR, without a text of its own, of a damaged page that SQLite does not look into by itself: a
// free one, or the rest of a long row. What is wrong with a statement always has a text.
bool means_damaged_page(sqlite3* db, int code) {
  return code == SQLITE_ERROR && std::strcmp(sqlite3_errmsg(db), sqlite3_errstr(SQLITE_ERROR)) == 0;
}

// Of a page that the disk could not read SQLite says SQLITE_CORRUPT in the middle of a statement (sqlite3VdbeExec turns
// SQLITE_IOERR_CORRUPTFS into it), and SQLCipher SQLITE_NOTADB when it is the first one, whose salt it then invents.
// The file remembers the system's error.
bool could_not_read(sqlite3* db) {
  for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(db, "main", which, static_cast<void*>(&file));
    int error = 0;
    if (file == nullptr || file->pMethods == nullptr) continue;
    if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error) != SQLITE_OK) continue;
    if (error == EIO || error == ENXIO) return true;
  }
  return false;
}

int exact_code(sqlite3* db, int code) {
  if (db == nullptr) return code;
  const int exact = means_damaged_page(db, code) ? SQLITE_CORRUPT : code;
  const bool misleads = (exact & 0xff) == SQLITE_CORRUPT || (exact & 0xff) == SQLITE_NOTADB;
  return misleads && could_not_read(db) ? SQLITE_IOERR_READ : exact;
}

}  // namespace

Error database_error(sqlite3* db, int code, std::string_view doing) {
  const int extended = db != nullptr && code == (code & 0xff) ? sqlite3_extended_errcode(db) : code;
  const int told = (extended & 0xff) == (code & 0xff) ? extended : code;
  const int exact = exact_code(db, told);
  const Meaning meaning = meaning_of(exact, db != nullptr ? sqlite3_system_errno(db) : 0);
  std::string message = "Could not ";
  message.append(doing).append(": ").append(meaning.advice).append(" (SQLite ");
  message.append(std::to_string(exact)).append(": ").append(sqlite3_errstr(exact));
  // Constraint texts name tables and columns only. Others may quote what a person typed (a search expression).
  if (db != nullptr && (exact & 0xff) == SQLITE_CONSTRAINT) message.append("; ").append(sqlite3_errmsg(db));
  message.append(")");
  return Error{meaning.kind, meaning.code, std::move(message)};
}

bool is_of_the_disk(const Error& error) { return error.code == "io-error" || error.code == unreadable.code; }

}  // namespace holdline::platform
