// Programs that are killed at every change they make to the disk in their first run. Repeating it has to succeed.
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

constexpr int killed = 128 + SIGKILL;

// The first changes one by one, where files come to be, then fewer and fewer of those inside a database, which are
// alike.
int after(int change) { return change + (std::getenv("HOLDLINE_EVERY_CHANGE") != nullptr ? 1 : 1 + change / 8); }

void let_die_at(Command& command, int change) {
  command.environment["LD_PRELOAD"] = HOLDLINE_DYING_LIBRARY;
  command.environment["HOLDLINE_DYING_AT"] = std::to_string(change);
}

TEST(KilledInTheFirstRun, OfAHubTheCommandIsRepeated) {
  platform::Scratch scratch;
  write_text(scratch / "password", "correct horse battery");
  Outcome first{killed, {}, {}};
  int cut_short = 0;
  for (int change = 1; first.status == killed; change = after(change)) {
    const Path directory = scratch / std::to_string(change);
    Command init{{bin("holdline-hub"), "init", "--dir", directory.string(), "--person", "ada", "--password-file",
                  (scratch / "password").string(), "--role", "it", "--scope", scope},
                 {},
                 {},
                 {}};
    const Command plain = init;
    let_die_at(init, change);
    first = run(init);
    ASSERT_TRUE(first.status == killed || first.status == 0) << first.err;
    if (first.status == killed) ++cut_short;

    const bool was_done = std::filesystem::exists(directory / "set-up");
    const Outcome again = run(plain);
    ASSERT_EQ(again.status, was_done ? 1 : 0) << "killed at change " << change << ": " << again.err;
    const Outcome status = run({{bin("holdline-hub"), "status", "--dir", directory.string()}, {}, {}, {}});
    ASSERT_EQ(status.status, 0) << "killed at change " << change << ": " << status.err;
    std::filesystem::remove_all(directory);
  }
  EXPECT_GT(cut_short, 15);
}

TEST(KilledInTheFirstRun, OfAWorkstationItComesUpAtTheNextStart) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  centre.hub().daemon().kill();
  desk.daemon().stop();
  // As the enrolment left it: what the first start makes is gone.
  for (const char* made : {"set-up", "outbox.db", "replica.db", "keys", "reserve"})
    std::filesystem::remove_all(desk.directory() / made);
  copy_directory(desk.directory(), centre / "enrolled");

  int cut_short = 0;
  bool was_killed = true;
  for (int change = 1; was_killed; change = after(change)) {
    replace_directory(centre / "enrolled", desk.directory());
    const Command plain = desk.daemon().command();
    let_die_at(desk.daemon().command(), change);
    try {
      desk.start();
      was_killed = false;
      desk.daemon().kill();
    } catch (const std::runtime_error& ended) {
      ASSERT_NE(std::string(ended.what()).find("ended with 137"), std::string::npos) << ended.what();
      ++cut_short;
    }
    desk.daemon().command() = plain;
    ASSERT_NO_THROW(desk.start()) << "killed at change " << change << ": " << desk.daemon().log_since_start();
    ASSERT_TRUE(desk.status()["enrolled"]) << "killed at change " << change;
    desk.daemon().kill();
  }
  EXPECT_GT(cut_short, 15);
}

}  // namespace
}  // namespace holdline::process
