// What is said of a file whose pages do not fit their checksums any more.
#include <gtest/gtest.h>

#include <map>

#include "platform/database/database.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

// Rows over several pages each, and free pages between them.
std::filesystem::path make_database_with_gaps(const Scratch& scratch) {
  const auto path = scratch / "gaps.db";
  DatabaseOptions options;
  options.mode = OpenMode::create_new;
  auto db = Database::open(path, key_of(1), options);
  if (!db) throw std::runtime_error(db.error().message);
  EXPECT_TRUE(
      db->exec("CREATE TABLE entry(number INTEGER PRIMARY KEY, body BLOB);"
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)"
               "INSERT INTO entry SELECT i, randomblob(9000) FROM n;"
               "DELETE FROM entry WHERE number % 3 = 0"));
  return path;
}

std::string with_damage(std::string bytes, std::size_t page) {
  bytes[page * 4096 + 100] = static_cast<char>(bytes[page * 4096 + 100] ^ 1);
  return bytes;
}

// What a write says that has to take pages from the free ones and to give some back.
std::string write_into(const std::filesystem::path& path) {
  auto db = Database::open(path, key_of(1));
  if (!db) return db.error().code;
  auto insert = db->prepare("INSERT INTO entry VALUES (?, randomblob(30000))");
  auto erase = db->prepare("DELETE FROM entry WHERE number = ?");
  if (!insert || !erase) return "not prepared";
  const auto inserted = insert->run(100);
  return inserted ? code_of(erase->run(7)) : inserted.error().code;
}

TEST(DatabaseDamage, AWriteThatMeetsADamagedPageSaysThatTheFileIsDamaged) {
  Scratch scratch;
  const auto path = make_database_with_gaps(scratch);
  const std::string sound = contents(path);
  std::map<std::string, int> said;
  for (std::size_t page = 1; page < sound.size() / 4096; ++page) {
    write_contents(path, with_damage(sound, page));
    ++said[write_into(path)];
  }
  EXPECT_GT(said["database-corrupt"], 0);
  said.erase("database-corrupt");
  said.erase("ok");  // the page was not needed
  EXPECT_TRUE(said.empty()) << said.begin()->first << ": " << said.begin()->second << " pages";
}

TEST(DatabaseDamage, ADamagedPageIsNeverReadAsAnything) {
  Scratch scratch;
  const auto path = make_database_with_gaps(scratch);
  const std::string sound = contents(path);
  const auto rows_of = [&]() -> Result<std::string> {
    HOLDLINE_ASSIGN(auto db, Database::open(path, key_of(1)));
    HOLDLINE_ASSIGN(auto select, db.prepare("SELECT group_concat(hex(body)) FROM entry"));
    auto row = select.rows();
    HOLDLINE_TRY(row.next());
    return std::string(row.text(0));
  };
  const auto rows = rows_of();
  ASSERT_TRUE(rows);
  for (std::size_t page = 1; page < sound.size() / 4096; ++page) {
    write_contents(path, with_damage(sound, page));
    const auto read = rows_of();
    EXPECT_TRUE((read && *read == *rows) || code_of(read) == "database-corrupt")
        << "page " << page + 1 << ": " << code_of(read);
  }
}

}  // namespace
}  // namespace holdline::platform
