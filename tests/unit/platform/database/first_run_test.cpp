#include "platform/database/first_run.hpp"

#include <gtest/gtest.h>

#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

class FirstRun : public ::testing::Test {
 protected:
  SetUpState state() const { return set_up_of(scratch.path(), file).value(); }
  Result<Database> fill(std::uint8_t key = 1) const { return open_unfilled(file, key_of(key), {}); }
  Path log() const { return file.string() + "-wal"; }

  Scratch scratch;
  const Path file = scratch / "outbox.db";
};

TEST_F(FirstRun, EndsWithTheMarkerAndNeverComesBack) {
  EXPECT_EQ(state(), SetUpState::none);
  write_contents(file, "");
  EXPECT_EQ(state(), SetUpState::none);
  write_contents(file, "something");
  EXPECT_EQ(state(), SetUpState::begun);
  ASSERT_TRUE(mark_set_up(scratch.path()));
  ASSERT_TRUE(mark_set_up(scratch.path()));
  EXPECT_EQ(state(), SetUpState::done);
  std::filesystem::remove(file);
  EXPECT_EQ(state(), SetUpState::done);
}

TEST_F(FirstRun, ALogWithoutItsFileIsNotTakenForNothing) {
  write_contents(log(), "commits");
  EXPECT_EQ(state(), SetUpState::begun);
  EXPECT_EQ(code_of(fill()), "database-exists");
  EXPECT_EQ(contents(log()), "commits");
}

TEST_F(FirstRun, GoesOnWithAFileThatHasOnlyItsFirstPage) {
  ASSERT_TRUE(fill());
  ASSERT_EQ(std::filesystem::file_size(file), 4096u);
  auto again = fill();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->exec("CREATE TABLE t(x)"));
}

TEST_F(FirstRun, NeverGoesOnWithAFileThatHoldsSomething) {
  for (const char* sql : {"PRAGMA user_version = 1", "CREATE TABLE t(x)"}) {
    std::filesystem::remove(file);
    ASSERT_TRUE(fill().value().exec(sql));
    const std::string before = contents(file);
    EXPECT_EQ(code_of(fill()), "database-exists") << sql;
    EXPECT_TRUE(contents(file) == before) << sql;
  }
}

TEST_F(FirstRun, LeavesAFileAloneThatItCannotRead) {
  ASSERT_TRUE(fill());
  const std::string before = contents(file);
  EXPECT_EQ(code_of(fill(2)), "wrong-key");
  EXPECT_TRUE(contents(file) == before);
}

}  // namespace
}  // namespace holdline::platform
