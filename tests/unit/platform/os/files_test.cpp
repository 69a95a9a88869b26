#include "platform/os/files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>

#include "platform/os/clock.hpp"
#include "platform/os/program/sole_work.hpp"
#include "sync/base/timestamp.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

mode_t mode_of(const Path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

// The exit code of `body` run in a child process.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Files, CreatesPrivateFilesAndDirectoriesWhateverTheUmask) {
  Scratch scratch;
  const mode_t before = ::umask(0);
  const auto directory = make_private_directory(scratch / "state");
  const auto created = create_file(scratch / "state" / "a", "1");
  const auto replaced = replace_file(scratch / "state" / "b", "2");
  ::umask(before);
  ASSERT_TRUE(directory && created && replaced);
  EXPECT_EQ(mode_of(scratch / "state"), 0700u);
  EXPECT_EQ(mode_of(scratch / "state" / "a"), 0600u);
  EXPECT_EQ(mode_of(scratch / "state" / "b"), 0600u);
}

TEST(Files, RefusesADirectoryOthersCanReadAndNamesTheCommand) {
  Scratch scratch;
  std::filesystem::create_directory(scratch / "state");
  ::chmod((scratch / "state").c_str(), 0750);
  const auto refused = make_private_directory(scratch / "state");
  ASSERT_FALSE(refused);
  EXPECT_EQ(code_of(refused), "loose-permissions");
  EXPECT_NE(refused.error().message.find("chmod 0700 " + (scratch / "state").string()), std::string::npos);
}

TEST(Files, CreateNeverReplacesAndReplaceDoesAndLeavesNothingBeside) {
  Scratch scratch;
  ASSERT_TRUE(create_file(scratch / "a", "old"));
  EXPECT_EQ(code_of(create_file(scratch / "a", "new")), "file-exists");
  EXPECT_EQ(contents(scratch / "a"), "old");
  write_contents(scratch / "a.new", "half written before a crash");
  ASSERT_TRUE(replace_file(scratch / "a", "new"));
  EXPECT_EQ(read_file(scratch / "a", 100).value(), "new");
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.new"));
}

TEST(Files, AFailedReplaceKeepsTheOldContent) {
  Scratch scratch;
  ASSERT_TRUE(create_file(scratch / "a", "old"));
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto failed = replace_file(scratch / "a", std::string(5000, 'x'));
    return !failed && failed.error().code == "disk-full" ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(contents(scratch / "a"), "old");
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.new"));
}

TEST(Files, ReadsNoLinkNoPipeAndNotMoreThanAsked) {
  Scratch scratch;
  ASSERT_TRUE(create_file(scratch / "a", "12345"));
  std::filesystem::create_symlink(scratch / "a", scratch / "link");
  EXPECT_EQ(code_of(read_file(scratch / "link", 100)), "io-error");
  EXPECT_EQ(code_of(read_file(scratch / "a", 4)), "file-too-large");
  EXPECT_EQ(read_file(scratch / "a", 5).value(), "12345");
  EXPECT_EQ(code_of(read_file(scratch / "none", 5)), "file-missing");
  ASSERT_EQ(::mkfifo((scratch / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(scratch / "pipe", 5).value(), "");
  EXPECT_FALSE(check_private_file(scratch / "pipe"));
}

TEST(Files, ReplacingThroughALinkReplacesTheLinkNotItsTarget) {
  Scratch scratch;
  ASSERT_TRUE(create_file(scratch / "target", "theirs"));
  std::filesystem::create_symlink(scratch / "target", scratch / "link");
  ASSERT_TRUE(replace_file(scratch / "link", "ours"));
  EXPECT_EQ(contents(scratch / "target"), "theirs");
}

TEST(DirectoryLock, RefusesASecondProcessByNamingTheFirst) {
  Scratch scratch;
  auto lock = DirectoryLock::acquire(scratch.path());
  ASSERT_TRUE(lock) << lock.error().message;
  const std::string pid = std::to_string(::getpid());
  const int code = in_child([&] {
    const auto second = DirectoryLock::acquire(scratch.path());
    if (second || second.error().code != "already-running") return 1;
    return second.error().message.find("process " + pid + ")") != std::string::npos ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
}

TEST(DirectoryLock, NeedsNoSpaceToBeHeld) {
  Scratch scratch;
  ASSERT_TRUE(DirectoryLock::acquire(scratch.path()));
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit nothing{0, 0};
    ::setrlimit(RLIMIT_FSIZE, &nothing);
    const auto lock = DirectoryLock::acquire(scratch.path());
    if (!lock) return 1;
    return in_child([&] {
      const auto second = DirectoryLock::acquire(scratch.path());
      return !second && second.error().message.starts_with("Another daemon works in") ? 0 : 2;
    });
  });
  EXPECT_EQ(code, 0);
}

TEST(DirectoryLock, IsFreeAgainWhenItsHolderDied) {
  Scratch scratch;
  ASSERT_EQ(in_child([&] { return DirectoryLock::acquire(scratch.path()) ? 0 : 1; }), 0);
  EXPECT_TRUE(DirectoryLock::acquire(scratch.path()));
}

TEST(ReserveFile, ReallyTakesSpaceAndReallyGivesItBack) {
  Scratch scratch;
  ReserveFile reserve(scratch / "reserve", 4 << 20);
  EXPECT_FALSE(reserve.present());
  ASSERT_TRUE(reserve.ensure());
  EXPECT_TRUE(reserve.present());
  struct stat info {};
  ASSERT_EQ(::stat((scratch / "reserve").c_str(), &info), 0);
  EXPECT_GE(info.st_blocks * 512, 4 << 20);
  ASSERT_TRUE(reserve.release());
  EXPECT_FALSE(std::filesystem::exists(scratch / "reserve"));
  EXPECT_TRUE(reserve.release()) << "nothing to give back is fine";
}

TEST(ReserveFile, IsGivenUpInPortionsDownToWhatIsKept) {
  Scratch scratch;
  ReserveFile reserve(scratch / "reserve", 4 << 20);
  ASSERT_TRUE(reserve.ensure());
  EXPECT_TRUE(*reserve.release(1 << 20, 2 << 20));
  EXPECT_EQ(reserve.size(), 3u << 20);
  EXPECT_TRUE(*reserve.release(8 << 20, 2 << 20));
  EXPECT_EQ(reserve.size(), 2u << 20);
  EXPECT_FALSE(*reserve.release(1 << 20, 2 << 20));
  EXPECT_TRUE(*reserve.release(2 << 20, 0));
  EXPECT_FALSE(std::filesystem::exists(scratch / "reserve"));
  EXPECT_FALSE(*reserve.release(1 << 20, 0));
}

TEST(ReserveFile, IsMadeAgainWhenOnlyItsLengthIsThere) {
  Scratch scratch;
  write_contents(scratch / "reserve", "");
  std::filesystem::resize_file(scratch / "reserve", 4 << 20);  // a hole
  ReserveFile reserve(scratch / "reserve", 4 << 20);
  EXPECT_FALSE(reserve.present());
  ASSERT_TRUE(reserve.ensure());
  EXPECT_TRUE(reserve.present());
}

TEST(ReserveFile, LeavesNothingBehindOnAFullDisk) {
  Scratch scratch;
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto made = ReserveFile(scratch / "reserve", 4 << 20).ensure();
    return !made && made.error().code == "disk-full" ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_FALSE(std::filesystem::exists(scratch / "reserve"));
}

TEST(HardenProcess, SwitchesCoreFilesTracingAndOpenModesOff) {
  const int code = in_child([] {
    if (!harden_process()) return 1;
    rlimit core{1, 1};
    ::getrlimit(RLIMIT_CORE, &core);
    if (core.rlim_cur != 0 || core.rlim_max != 0) return 2;
    if (::prctl(PR_GET_DUMPABLE) != 0) return 3;
    return ::umask(0) == 077 ? 0 : 4;
  });
  EXPECT_EQ(code, 0);
}

// A pipe that was named as the output became a file, and whoever read it waited for ever.
TEST(WriteOutput, WritesThroughToWhatIsNoFileAndReplacesAFile) {
  Scratch scratch;
  const Path pipe = scratch / "pipe", file = scratch / "file", link = scratch / "link";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_TRUE(try_output(pipe));
  ASSERT_TRUE(write_output(pipe, "rows"));
  std::array<char, 16> got{};
  EXPECT_EQ(::read(reader, got.data(), got.size()), 4);
  ::close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_TRUE(write_output("/dev/null", "rows"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  ASSERT_TRUE(write_output(file, "old"));
  std::filesystem::create_symlink(file, link);
  ASSERT_TRUE(write_output(link, "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(link)) << "what it leads to is replaced";
  EXPECT_EQ(read_file(file, 10).value(), "new");
  EXPECT_FALSE(write_output(scratch / ".", "rows"));
  EXPECT_FALSE(try_output(scratch / "."));
}

TEST(SoleWork, IsBegunByOneAndNamesItsHolderToOthers) {
  const std::string name = "holdline-unit-" + std::to_string(::getpid());
  auto held = SoleWork::begin(name);
  ASSERT_TRUE(held) << held.error().message;
  const auto second = SoleWork::begin(name);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "held");
  EXPECT_TRUE(second.error().message.starts_with("process " + std::to_string(::getpid()) + " of "))
      << second.error().message;
  const std::int64_t now_ms = SystemClock().now().wall_ms;
  const auto day_of = [](std::int64_t ms) { return ", since " + sync::format_time(ms).substr(0, 10); };
  EXPECT_TRUE(second.error().message.find(day_of(now_ms)) != std::string::npos ||
              second.error().message.find(day_of(now_ms - 86'400'000)) != std::string::npos)
      << second.error().message;
  { const SoleWork ended = *std::move(held); }
  EXPECT_TRUE(SoleWork::begin(name));
}

}  // namespace
}  // namespace holdline::platform
