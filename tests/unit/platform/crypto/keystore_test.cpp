#include "platform/crypto/keystore.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "platform/os/clock.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

TEST(FileKeystore, CreatesAKeyOnceAndLoadsTheSameAgain) {
  Scratch scratch;
  SystemEntropy entropy;
  auto keys = FileKeystore::open(scratch / "keys", entropy);
  ASSERT_TRUE(keys);
  EXPECT_FALSE(keys->exists("outbox").value());
  EXPECT_EQ(code_of(keys->load("outbox")), "key-missing");
  const auto made = keys->create("outbox");
  ASSERT_TRUE(made);
  EXPECT_EQ(keys->load("outbox").value(), *made);
  EXPECT_EQ(code_of(keys->create("outbox")), "key-exists");
  EXPECT_FALSE(keys->create("replica").value() == *made);
}

TEST(FileKeystore, RefusesAKeyFileOrDirectoryOthersCanRead) {
  Scratch scratch;
  SystemEntropy entropy;
  auto keys = FileKeystore::open(scratch / "keys", entropy);
  ASSERT_TRUE(keys->create("outbox"));
  const Path file = scratch / "keys" / "outbox.key";
  ::chmod(file.c_str(), 0640);
  const auto loose = keys->load("outbox");
  ASSERT_FALSE(loose);
  EXPECT_EQ(code_of(loose), "loose-permissions");
  EXPECT_NE(loose.error().message.find("chmod 0600 " + file.string()), std::string::npos);
  ::chmod((scratch / "keys").c_str(), 0755);
  EXPECT_EQ(code_of(FileKeystore::open(scratch / "keys", entropy)), "loose-permissions");
}

TEST(FileKeystore, RefusesADamagedKeyAndALink) {
  Scratch scratch;
  SystemEntropy entropy;
  auto keys = FileKeystore::open(scratch / "keys", entropy);
  ASSERT_TRUE(create_file(scratch / "keys" / "short.key", "123"));
  EXPECT_EQ(code_of(keys->load("short")), "key-damaged");
  ASSERT_TRUE(keys->create("real"));
  std::filesystem::create_symlink(scratch / "keys" / "real.key", scratch / "keys" / "link.key");
  EXPECT_FALSE(keys->load("link"));
}

TEST(FileKeystore, APartOfAKeyThatACrashLeftIsInTheWayOfNothing) {
  Scratch scratch;
  SystemEntropy entropy;
  auto keys = FileKeystore::open(scratch / "keys", entropy);
  write_contents(scratch / "keys" / "outbox.key.new", "123");
  EXPECT_FALSE(keys->exists("outbox").value());
  ASSERT_TRUE(keys->create("outbox"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "keys" / "outbox.key.new"));
}

TEST(FileKeystore, DestroyRemovesTheKeyForGood) {
  Scratch scratch;
  SystemEntropy entropy;
  auto keys = FileKeystore::open(scratch / "keys", entropy);
  ASSERT_TRUE(keys->create("outbox"));
  std::filesystem::create_hard_link(scratch / "keys" / "outbox.key", scratch / "copy");
  ASSERT_TRUE(keys->destroy("outbox"));
  EXPECT_FALSE(keys->exists("outbox").value());
  EXPECT_EQ(contents(scratch / "copy"), std::string(32, '\0')) << "overwritten before it was removed";
  EXPECT_TRUE(keys->destroy("outbox"));
}

TEST(FileKeystore, TreatsANameThatLeavesTheDirectoryAsABug) {
  Scratch scratch;
  SystemEntropy entropy;
  auto keys = FileKeystore::open(scratch / "keys", entropy);
  EXPECT_THROW(static_cast<void>(keys->load("../outbox")), std::logic_error);
  EXPECT_THROW(static_cast<void>(keys->load("")), std::logic_error);
}

TEST(Secrets, AreWipedWhereTheyWereMovedFrom) {
  SecretKey key = key_of(7);
  const SecretKey taken = std::move(key);
  EXPECT_EQ(taken, key_of(7));
  EXPECT_EQ(key.view(), std::string(32, '\0'));
  std::string text = "hunter2";
  const char* place = text.data();
  const SecretBytes secret(std::move(text));
  EXPECT_EQ(secret.view(), "hunter2");
  EXPECT_EQ(std::string(place, 7), std::string(7, '\0'));
}

TEST(SystemClock, ReadsOneBootAndNeverGoesBack) {
  const SystemClock clock;
  const auto first = clock.now();
  const auto second = clock.now();
  EXPECT_FALSE(first.boot.is_nil());
  EXPECT_EQ(first.boot, second.boot);
  EXPECT_LE(first.boot_ms, second.boot_ms);
  EXPECT_GT(first.wall_ms, 1'700'000'000'000) << "milliseconds since 1970";
}

TEST(Entropy, DrawsVersionFourIdsThatDiffer) {
  SystemEntropy entropy;
  const auto id = entropy.id();
  EXPECT_EQ(id.bytes[6] >> 4, 4);
  EXPECT_EQ(id.bytes[8] >> 6, 2);
  EXPECT_NE(id, entropy.id());
}

}  // namespace
}  // namespace holdline::platform
