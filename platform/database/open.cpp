// Opening and making an encrypted file: key, cipher settings, integrity, the state of its write-ahead log.
#include "platform/database/database.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "platform/database/error.hpp"

namespace holdline::platform {
namespace {

constexpr std::int64_t page_size = 4096;
constexpr std::string_view plain_header{"SQLite format 3\0", 16};

Result<void> exists_on(sqlite3_vfs* vfs, const std::string& path, bool& exists) {
  int found = 0;
  if (const int rc = vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &found); rc != SQLITE_OK) {
    return tl::unexpected<Error>(database_error(nullptr, rc, "look for " + path));
  }
  exists = found != 0;
  return {};
}

Error missing(const std::string& path) {
  return Error{ErrorKind::stop, "database-missing",
               "The database " + path +
                   " is missing or empty although it was set up before. Put it back from where it was moved or from a "
                   "backup. It is not made anew, because what it held would be lost unnoticed."};
}

Result<void> check_presence(sqlite3_vfs* vfs, const std::string& path, OpenMode mode) {
  bool file = false;  // and not empty: an empty file holds nothing to protect
  bool log = false;
  HOLDLINE_TRY(exists_on(vfs, path, file));
  if (mode == OpenMode::must_exist) {
    if (file) return {};
    return tl::unexpected<Error>(missing(path));
  }
  // SQLite deletes the log of a file it finds empty, and with it the only copy of commits not yet in the main file.
  HOLDLINE_TRY(exists_on(vfs, path + "-wal", log));
  if (!file && !log) return {};
  return fail(ErrorKind::stop, "database-exists",
              "A new database was to be made, but " + path + (file ? "" : "-wal") +
                  " exists already. It was left alone; move it away if it is really not needed.");
}

// SQLite itself would create with 0644; the log and its index take over the mode of the main file. An empty file that
// an interrupted first run left behind is used.
Result<void> create_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  const int error = fd < 0 || ::fchmod(fd, 0600) != 0 ? errno : 0;
  if (fd >= 0) ::close(fd);
  if (error == 0) return {};
  return fail(ErrorKind::stop,
              error == ENOSPC  ? "disk-full"
              : error == EROFS ? "read-only-disk"
                               : "io-error",
              "Could not create " + path + ": " + std::strerror(error) + ".");
}

// The settings that are about reading: the others write, or answer what does not hold without a log.
std::vector<Pragma> of_reading(const std::vector<Pragma>& pragmas) {
  std::vector<Pragma> kept;
  for (const Pragma& pragma : pragmas)
    if (pragma.name == "temp_store" || pragma.name == "cache_size") kept.push_back(pragma);
  return kept;
}

std::string uri_path(const std::string& file) {
  std::string path;
  for (const char c : file) {
    if (c == '%')
      path += "%25";
    else if (c == '?')
      path += "%3f";
    else if (c == '#')
      path += "%23";
    else
      path += c;
  }
  return path;
}

}  // namespace

std::vector<Pragma> pragmas_for(Durability durability, std::int64_t cache_kib) {
  const bool journal = durability != Durability::none;
  const char* synchronous = durability == Durability::full ? "FULL" : journal ? "NORMAL" : "OFF";
  return {
      {"auto_vacuum", "0"},  // before the journal mode, which writes the first page
      {"journal_mode", journal ? "WAL" : "OFF"},
      {"synchronous", synchronous},
      {"temp_store", "MEMORY"},  // sorts and temporary tables are not encrypted
      {"cache_size", std::to_string(-cache_kib)},
      {"secure_delete", "0"},  // pages are encrypted; overwriting freed ones only adds writes
      {"wal_autocheckpoint", "1000"},
      {"foreign_keys", "ON"},
      {"busy_timeout", "5000"},
      {"journal_size_limit", "67108864"},
  };
}

Result<Database> Database::open(const std::filesystem::path& path, const SecretKey& key,
                                const DatabaseOptions& options) {
  const bool own_vfs = !options.vfs_name.empty(), exclusive = options.locking == Locking::exclusive;
  sqlite3_vfs* vfs = sqlite3_vfs_find(own_vfs ? options.vfs_name.c_str() : nullptr);
  if (vfs == nullptr) throw std::logic_error("no such sqlite3_vfs: " + options.vfs_name);

  std::string file = path.string();
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (!own_vfs) {
    // The directory may be reached through a link; the file itself may not be one.
    std::error_code ignored;
    const auto directory = std::filesystem::weakly_canonical(std::filesystem::absolute(path).parent_path(), ignored);
    if (!ignored) file = (directory / path.filename()).string();
    flags |= SQLITE_OPEN_NOFOLLOW;
  }
  HOLDLINE_TRY(check_presence(vfs, file, options.mode));
  if (options.mode == OpenMode::create_new) {
    if (own_vfs) {
      flags |= SQLITE_OPEN_CREATE;
    } else {
      HOLDLINE_TRY(create_private(file));
    }
  }

  sqlite3* handle = nullptr;
  const int rc = sqlite3_open_v2(file.c_str(), &handle, flags, own_vfs ? options.vfs_name.c_str() : nullptr);
  Database db(handle);
  if (rc != SQLITE_OK) return tl::unexpected<Error>(database_error(handle, rc, "open " + file));
  // SQLite falls back to reading when it may not write, and would say so only at the first commit.
  if (sqlite3_db_readonly(handle, "main") == 1) {
    if (!options.or_read || own_vfs)
      return tl::unexpected<Error>(database_error(handle, SQLITE_READONLY, "open " + file));
    HOLDLINE_ASSIGN(db, connect_to_read(file));
  }

  // Closing would empty the log into the file: with a log that was damaged, the commits it still says are older than
  // pages the file has, and what is needed to repair both would be gone.
  db.keep_log_on_close(true);
  HOLDLINE_TRY(db.unlock(key));
  // All before the first page is read: SQLCipher would print three lines to stderr for every page that does not fit
  // its key; the format of a page; how a log beside the file is opened.
  HOLDLINE_TRY(db.apply({{"cipher_log_level", "NONE"},
                         {"cipher_page_size", std::to_string(page_size)},
                         {"locking_mode", exclusive || db.read_only_ ? "EXCLUSIVE" : "NORMAL"}}));
  HOLDLINE_TRY(db.prove_key(options.mode));
  HOLDLINE_ASSIGN(db.probe_, DamageProbe::of(db.db_.get()));
  HOLDLINE_TRY(db.apply(db.read_only_ ? of_reading(options.pragmas) : options.pragmas));
  HOLDLINE_TRY(db.restrict_sql());
  HOLDLINE_ASSIGN(db.control_.begin, db.prepare("BEGIN IMMEDIATE"));
  HOLDLINE_ASSIGN(db.control_.commit, db.prepare("COMMIT"));
  HOLDLINE_ASSIGN(db.control_.rollback, db.prepare("ROLLBACK"));
  db.keep_log_on_close(db.read_only_);
  return db;
}

// Locks and the index of the log are files as well. So nothing is locked, and the index is kept in memory, which takes
// exclusive locking; a file without a log is all there is, and is read as one that never changes.
Result<Database> Database::connect_to_read(const std::string& file) {
  std::error_code ignored;
  const bool has_log = std::filesystem::exists(file + "-wal", ignored);
  const std::string uri = "file:" + uri_path(file) + (has_log ? "?vfs=unix-none" : "?immutable=1");
  sqlite3* handle = nullptr;
  const int flags =
      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
  const int rc = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
  Database db(handle);
  if (rc != SQLITE_OK) return tl::unexpected<Error>(database_error(handle, rc, "open " + file));
  db.read_only_ = true;
  return db;
}

Result<void> Database::unlock(const SecretKey& key) {
  // x'..' tells SQLCipher that this is the key itself. sqlite3_key_v2 exists in SQLCipher only: a program linked with
  // plain SQLite does not link.
  std::array<char, SecretKey::size * 2 + 4> text{};
  std::array<char, SecretKey::size * 2 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), key.bytes().data(), key.bytes().size());
  text[0] = 'x';
  text[1] = '\'';
  std::memcpy(text.data() + 2, hex.data(), SecretKey::size * 2);
  text[SecretKey::size * 2 + 2] = '\'';
  const int rc = sqlite3_key_v2(db_.get(), "main", text.data(), static_cast<int>(text.size() - 1));
  sodium_memzero(text.data(), text.size());
  sodium_memzero(hex.data(), hex.size());
  if (rc != SQLITE_OK) return tl::unexpected<Error>(database_error(db_.get(), rc, "set the key"));

  HOLDLINE_ASSIGN(const std::string version, query_text("PRAGMA cipher_version"));
  if (!version.empty()) return {};
  return fail(ErrorKind::stop, "no-cipher",
              "This program runs with a SQLite that cannot encrypt; nothing was written. Install libsqlcipher and make "
              "sure that no other SQLite library is preloaded.");
}

// A key is not checked when it is set; the first page read shows whether it fits.
Result<void> Database::prove_key(OpenMode mode) {
  const std::string file = sqlite3_db_filename(db_.get(), "main");
  const int rc = sqlite3_exec(db_.get(), "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return tl::unexpected<Error>(explain_unreadable(database_error(db_.get(), rc, "open " + file)));
  if (mode == OpenMode::create_new) return {};
  HOLDLINE_ASSIGN(const std::int64_t size, query_int("PRAGMA page_count"));
  if (size > 0) return {};
  return tl::unexpected<Error>(missing(file));
}

// What looks like a wrong key may be a file that was never encrypted, or one that was cut off.
Error Database::explain_unreadable(Error error) const {
  if (error.code != "wrong-key") return error;
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  sqlite3_int64 size = 0;
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->xFileSize(file, &size) != SQLITE_OK) return error;
  std::array<char, plain_header.size()> start{};
  if (size >= page_size && file->pMethods->xRead(file, start.data(), start.size(), 0) == SQLITE_OK &&
      std::string_view(start.data(), start.size()) == plain_header) {
    return Error{ErrorKind::stop, "database-not-encrypted",
                 "The database file is not encrypted, so this program did not write it. It was left alone."};
  }
  if (size % page_size != 0) {
    return Error{ErrorKind::stop, "database-corrupt",
                 "The database file was cut off: its length is not a whole number of pages. Keep it, and restore a "
                 "backup."};
  }
  return error;
}

Result<void> Database::apply(const std::vector<Pragma>& pragmas) {
  for (const auto& [name, value] : pragmas) {
    HOLDLINE_ASSIGN(const std::string answer, query_text("PRAGMA " + name + "=" + value));
    // These two answer with what holds now, which is not what was asked when the file or the VFS cannot do it.
    if ((name == "journal_mode" || name == "locking_mode") && sqlite3_stricmp(answer.c_str(), value.c_str()) != 0) {
      return fail(ErrorKind::stop, "io-error",
                  "The database could not be set to " + name + "=" + value + " (it stays " + answer +
                      "). Its directory must be on a local disk.");
    }
  }
  return {};
}

// Last, because defensive mode also refuses journal_mode=OFF.
Result<void> Database::restrict_sql() {
  const std::array<std::pair<int, int>, 3> settings{{
      {SQLITE_DBCONFIG_DEFENSIVE, 1},       // no SQL can damage the file's structure
      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},  // a crafted schema cannot call functions with side effects
      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
  }};
  for (const auto& [option, value] : settings) {
    const int rc = sqlite3_db_config(db_.get(), option, value, nullptr);
    if (rc != SQLITE_OK) return tl::unexpected<Error>(database_error(db_.get(), rc, "configure the database"));
  }
  return {};
}

}  // namespace holdline::platform
