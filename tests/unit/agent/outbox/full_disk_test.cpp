// What the outbox does with the space set aside when there is none left.
#include <filesystem>

#include "tests/unit/agent/outbox/fixture.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::agent {
namespace {

class OutboxFullDisk : public testing::Test {
 protected:
  void SetUp() override {
    pc.options.reserve_path = (scratch / "reserve").string();
    pc.options.reserve_bytes = 1 << 20;
    ASSERT_TRUE(pc.create());
  }
  platform::Scratch scratch;
  OutboxStation pc;
};

TEST_F(OutboxFullDisk, ReserveLetsEntriesBeTakenAndNothingIsLost) {
  ASSERT_TRUE(std::filesystem::exists(pc.options.reserve_path));
  pc.disk.set_capacity(pc.disk.used_bytes() + 100'000);
  int saved = 0;
  auto answer = pc.append(pc.entry("key-0"));
  while (answer) answer = pc.append(pc.entry("key-" + std::to_string(++saved)));
  EXPECT_EQ(answer.error().code, "disk-full");
  EXPECT_EQ(answer.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(pc.outbox->status().health, OutboxHealth::read_only);

  int portions = 0;
  while (pc.outbox->release_reserve(SpaceFor::entries)) ++portions;
  EXPECT_EQ(portions, 24);
  EXPECT_EQ(std::filesystem::file_size(pc.options.reserve_path), pc.options.reserve_bytes / 4) << "is for sign-ins";
  pc.disk.set_capacity(pc.disk.used_bytes() + pc.options.reserve_bytes);
  ASSERT_TRUE(pc.outbox->recover());
  EXPECT_FALSE(pc.save(pc.entry("key-" + std::to_string(saved))).repeated);
  for (int i = 0; i < saved; ++i) EXPECT_TRUE(pc.save(pc.entry("key-" + std::to_string(i))).repeated);
}

// Without a sign-in nobody could save the entry that would take the space. It takes no more of it than it needs.
TEST_F(OutboxFullDisk, ASignInIsKeptAllTheSame) {
  pc.disk.set_capacity(pc.disk.used_bytes());
  ASSERT_EQ(pc.append(pc.entry("a")).error().code, "disk-full");
  pc.disk.set_capacity(pc.disk.used_bytes() + pc.options.reserve_bytes / 32);  // what a portion gives back
  const auto number = pc.outbox->add_assertion({0, sync::Id{{4}}, 1, {}});
  ASSERT_TRUE(number) << number.error().message;
  EXPECT_EQ(std::filesystem::file_size(pc.options.reserve_path), pc.options.reserve_bytes / 32 * 31);
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->next_assertion().value(), *number + 1);
}

// A quota, or a limit of the file's size: all of it is given up once, and not set aside again meanwhile.
TEST_F(OutboxFullDisk, SpaceThatHelpsNothingIsGivenUpOnce) {
  pc.disk.set_capacity(pc.disk.used_bytes());
  EXPECT_EQ(pc.outbox->add_assertion({0, sync::Id{{4}}, 1, {}}).error().code, "disk-full");
  EXPECT_FALSE(std::filesystem::exists(pc.options.reserve_path));
}

}  // namespace
}  // namespace holdline::agent
