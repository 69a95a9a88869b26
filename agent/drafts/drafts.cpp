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
      {{1, "CREATE TABLE draft (person BLOB PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID"}}};
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
  if (!database) {
    clear_away(file);
    database = opened(file, key, platform::OpenMode::create_new);
  }
  if (!database) return fail(std::move(database));
  HOLDLINE_ASSIGN(auto find, database->prepare("SELECT text FROM draft WHERE person = ?"));
  HOLDLINE_ASSIGN(auto put, database->prepare("INSERT OR REPLACE INTO draft VALUES (?, ?)"));
  HOLDLINE_ASSIGN(auto drop, database->prepare("DELETE FROM draft WHERE person = ?"));
  return Drafts(*std::move(database), std::move(find), std::move(put), std::move(drop));
}

Result<std::string> Drafts::of(const sync::Id& person) {
  auto rows = find_.rows(platform::Blob{person.view()});
  HOLDLINE_ASSIGN(const bool found, rows.next());
  return found ? std::string(rows.text(0)) : std::string();
}

Result<void> Drafts::keep(const sync::Id& person, std::string_view text) {
  if (text.size() > most_bytes)
    return fail(ErrorKind::ask_person, "too-large", "These are more drafts than can be kept: save or discard some.");
  if (text.empty()) return drop_.run(platform::Blob{person.view()});
  return put_.run(platform::Blob{person.view()}, text);
}

}  // namespace holdline::agent
