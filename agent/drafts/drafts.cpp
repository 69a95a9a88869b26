#include "agent/drafts/drafts.hpp"

#include <array>
#include <filesystem>

namespace holdline::agent {

namespace {

constexpr std::string_view key_name = "drafts";

Result<platform::SecretKey> key_of(platform::Keystore& keystore) {
  HOLDLINE_ASSIGN(const bool there, keystore.exists(key_name));
  return there ? keystore.load(key_name) : keystore.create(key_name);
}

Result<platform::Database> opened(const platform::Path& file, const platform::SecretKey& key, platform::OpenMode mode) {
  static constexpr std::array<platform::Migration, 1> migrations{
      {{1,
        "CREATE TABLE draft (person BLOB PRIMARY KEY, version INTEGER NOT NULL, text TEXT NOT NULL) STRICT, WITHOUT "
        "ROWID"}}};
  constexpr std::int64_t cache_kib = 256;
  platform::DatabaseOptions options;
  options.mode = mode;
  options.pragmas = platform::pragmas_for(platform::Durability::normal, cache_kib);
  HOLDLINE_ASSIGN(auto database, platform::Database::open(file, key, options));
  HOLDLINE_TRY(platform::migrate(database, migrations));
  return database;
}

// Nothing in it was called saved, so what is in the way of another one goes.
void clear_away(const platform::Path& file) {
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(platform::Path(file) += part, ignored);
  }
}

}  // namespace

Result<Drafts> Drafts::open(const platform::Path& directory, platform::Keystore& keystore) {
  const platform::Path file = directory / "drafts.db";
  HOLDLINE_ASSIGN(const auto key, key_of(keystore));
  auto database = opened(file, key, platform::OpenMode::must_exist);
  const auto no_good = [](const Error& error) {
    return error.code == "database-missing" || error.code == "database-corrupt" || error.code == "wrong-key";
  };
  if (!database && no_good(database.error())) {
    clear_away(file);
    database = opened(file, key, platform::OpenMode::create_new);
  }
  if (!database) return fail(std::move(database));
  HOLDLINE_ASSIGN(auto find, database->prepare("SELECT version, text FROM draft WHERE person = ?"));
  HOLDLINE_ASSIGN(auto put, database->prepare("INSERT OR REPLACE INTO draft VALUES (?, ?, ?)"));
  return Drafts(*std::move(database), std::move(find), std::move(put));
}

Result<Drafts::Kept> Drafts::of(const sync::Id& person) {
  auto rows = find_.rows(platform::Blob{person.view()});
  HOLDLINE_ASSIGN(const bool found, rows.next());
  return found ? Kept{rows.i64(0), std::string(rows.text(1))} : Kept{};
}

Result<std::int64_t> Drafts::keep(const sync::Id& person, std::string_view text, std::int64_t instead_of) {
  if (text.size() > most_bytes)
    return fail(ErrorKind::ask_person, "too-large", "These are more drafts than can be kept: save or discard some.");
  HOLDLINE_ASSIGN(const Kept kept, of(person));
  if (kept.version != instead_of)
    return fail(ErrorKind::ask_person, "changed-meanwhile", "Another page has kept drafts meanwhile.");
  HOLDLINE_TRY(put_.run(platform::Blob{person.view()}, kept.version + 1, text));
  return kept.version + 1;
}

}  // namespace holdline::agent
