// Sorts texts with the product's own database settings, but with temp_store as it is told, and stays: what the store
// would leave on the disk with that setting can then be looked for.
//   sorting-probe DIRECTORY FILE|MEMORY, with the texts in HOLDLINE_TEXTS, one a line
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "platform/database/database.hpp"
#include "platform/os/notify.hpp"

namespace {

using namespace holdline;

platform::SecretKey some_key() {
  std::array<std::uint8_t, platform::SecretKey::size> bytes{};
  bytes.fill(7);
  return platform::SecretKey(bytes);
}

Result<platform::Database> sorted(const std::string& directory, const std::string& temp_store,
                                  const std::string& texts) {
  platform::DatabaseOptions options;
  options.mode = platform::OpenMode::create_new;
  for (platform::Pragma& pragma : options.pragmas)
    if (pragma.name == "temp_store") pragma.value = temp_store;
  HOLDLINE_ASSIGN(auto db, platform::Database::open(directory + "/probe.db", some_key(), options));
  HOLDLINE_TRY(db.exec("CREATE TABLE t(text TEXT)"));
  HOLDLINE_ASSIGN(auto insert, db.prepare("INSERT INTO t VALUES (?)"));
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db));
  std::stringstream lines(texts);
  // More than SQLite keeps in memory of a temporary table.
  for (std::string line; std::getline(lines, line);)
    for (int i = 0; i < 10'000; ++i)
      HOLDLINE_TRY(insert.run(std::to_string(i * 7 % 1'000) + " " + line + std::string(400, '.')));
  HOLDLINE_TRY(transaction.commit());
  HOLDLINE_TRY(db.exec("CREATE TEMP TABLE s AS SELECT text FROM t ORDER BY text"));
  return db;
}

}  // namespace

int main(int argc, char** argv) {
  const char* texts = std::getenv("HOLDLINE_TEXTS");
  if (argc != 3 || texts == nullptr) return 2;
  const auto db = sorted(argv[1], argv[2], texts);
  if (!db) {
    std::cerr << db.error().message << "\n";
    return 1;
  }
  platform::ServiceNotifier::from_environment().ready();
  sigset_t end;
  ::sigemptyset(&end);
  ::sigaddset(&end, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &end, nullptr);
  int number = 0;
  ::sigwait(&end, &number);
  return 0;
}
