#include "hub/setup/parts.hpp"

#include "platform/crypto/keystore.hpp"
#include "platform/database/first_run.hpp"
#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class HubPartsTest : public HubTest {
 protected:
  std::string open() { return platform::code_of(open_hub(config_, entropy_)); }
  void begin_second() { ASSERT_TRUE(platform::make_private_directory(second_.directory)); }
  Result<HubParts> set_up_second(const FirstPerson* first = nullptr) {
    return create_hub(second_, std::string(sync::default_schema_text()), entropy_, clock_, first);
  }
  const HubConfig config_ = hub_.config;
  const HubConfig second_ = [this] {
    HubConfig config = hub_.config;
    config.directory = scratch_ / "second";
    return config;
  }();
};

TEST_F(HubPartsTest, WhatWasMadeIsOpenedLater) {
  const Id hub = hub_.ledger->identity().hub;
  const auto authority = hub_.authority.fingerprint();
  close();
  const auto again = open_hub(config_, entropy_).value();
  EXPECT_EQ(again.ledger->identity().hub, hub);
  EXPECT_EQ(again.authority.fingerprint(), authority);
}

TEST_F(HubPartsTest, ALedgerOlderThanItsMarkBeginsANewEpochOnce) {
  const Id before = hub_.ledger->epoch();
  close();
  RestoreMark mark(config_.directory / "restore.mark");
  ASSERT_TRUE(mark.write({7, 99}));
  Id epoch;
  {
    const auto put_back = open_hub(config_, entropy_).value();
    EXPECT_TRUE(put_back.restored);
    epoch = put_back.ledger->epoch();
  }
  EXPECT_NE(epoch, before);
  EXPECT_EQ(mark.read().value(), Cursor{});
  const auto again = open_hub(config_, entropy_).value();
  EXPECT_FALSE(again.restored);
  EXPECT_EQ(again.ledger->epoch(), epoch);
}

TEST_F(HubPartsTest, AMarkThatCannotBeReadIsNeverGuessed) {
  close();
  for (const char* text : {"", "7", "7 \n", "7 99", "x 1\n", "7 99\nmore"}) {
    ASSERT_TRUE(platform::replace_file(config_.directory / "restore.mark", text));
    EXPECT_EQ(open(), "damaged-mark") << text;
  }
  ASSERT_TRUE(platform::remove_file(config_.directory / "restore.mark"));
  EXPECT_EQ(open(), "ok");
}

TEST_F(HubPartsTest, OneProcessWorksInADirectory) { EXPECT_EQ(open(), "already-running"); }

TEST_F(HubPartsTest, ADirectoryThatWasSetUpIsNotSetUpAgain) {
  close();
  EXPECT_EQ(platform::code_of(create_hub(config_, std::string(sync::default_schema_text()), entropy_, clock_)),
            "set-up-already");
  EXPECT_EQ(open(), "ok");
}

TEST_F(HubPartsTest, AMissingLedgerIsNeverAFirstRun) {
  close();
  std::filesystem::remove(config_.directory / "ledger.db");
  EXPECT_EQ(open(), "database-missing");
  EXPECT_FALSE(create_hub(config_, std::string(sync::default_schema_text()), entropy_, clock_));
  EXPECT_FALSE(std::filesystem::exists(config_.directory / "ledger.db"));
}

TEST_F(HubPartsTest, AnInterruptedSetUpIsContinuedWithTheSameAuthority) {
  const auto first = hub_.authority.fingerprint();
  const auto directory = scratch_ / "second";
  ASSERT_TRUE(platform::make_private_directory(directory));
  ASSERT_TRUE(hub_.authority.save(directory / "ca.pem"));
  HubConfig config = hub_.config;
  config.directory = directory;
  const auto second = create_hub(config, std::string(sync::default_schema_text()), entropy_, clock_).value();
  EXPECT_EQ(second.authority.fingerprint(), first);
}

// What a power cut leaves when the ledger had been begun.
TEST_F(HubPartsTest, ASetUpWithABegunLedgerIsGoneOnWith) {
  begin_second();
  auto keystore = platform::FileKeystore::open(second_.directory / "keys", entropy_).value();
  ASSERT_TRUE(platform::open_unfilled(second_.directory / "ledger.db", keystore.create("ledger").value(), {}));
  const auto made = set_up_second();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(std::filesystem::exists(second_.directory / "set-up"));
}

TEST_F(HubPartsTest, ASetUpThatOnlyLacksItsEndIsGoneOnWithTheSameLedger) {
  Id ledger;
  {
    const auto made = set_up_second().value();
    ledger = made.ledger->identity().hub;
  }
  for (const char* last : {"set-up", "hub.toml"}) std::filesystem::remove(second_.directory / last);
  const auto again = set_up_second();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->ledger->identity().hub, ledger);
}

TEST_F(HubPartsTest, ASetUpIsNotGoneOnWithInAnotherSchema) {
  ASSERT_TRUE(set_up_second());
  std::filesystem::remove(second_.directory / "set-up");
  const std::string other = std::string(sync::default_schema_text()) + "\n";
  EXPECT_EQ(platform::code_of(create_hub(second_, other, entropy_, clock_)), "other-schema");
}

TEST_F(HubPartsTest, AHubThatWasUsedIsNotSetUpAgainThoughTheMarkerIsGone) {
  enrol();
  close();
  std::filesystem::remove(config_.directory / "set-up");
  HubConfig other = config_;
  other.port = 9;
  EXPECT_EQ(platform::code_of(create_hub(other, std::string(sync::default_schema_text()), entropy_, clock_)),
            "set-up-already");
  EXPECT_EQ(platform::contents(config_.directory / "hub.toml"), hub_config_text(config_));
  EXPECT_EQ(open(), "ok");
  EXPECT_TRUE(std::filesystem::exists(config_.directory / "set-up"));
}

TEST_F(HubPartsTest, ALedgerWithoutItsKeyAndMarkerGetsNoNewKey) {
  close();
  for (const char* gone : {"set-up", "keys/ledger.key"}) std::filesystem::remove(config_.directory / gone);
  EXPECT_EQ(platform::code_of(create_hub(config_, std::string(sync::default_schema_text()), entropy_, clock_)),
            "key-missing");
  EXPECT_FALSE(std::filesystem::exists(config_.directory / "keys/ledger.key"));
}

TEST_F(HubPartsTest, ASetUpWithAPersonWhoIsRefusedCanBeRepeated) {
  FirstPerson ada{{"ada", "it", {"acme/leeds"}}, "short"};
  EXPECT_EQ(platform::code_of(set_up_second(&ada)), "weak-password");
  ada.password = "long enough";
  const auto made = set_up_second(&ada);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->ledger->people(ada.person.scopes).value().size(), 1u);
}

TEST_F(HubPartsTest, ASchemaThatIsNoneMakesNothing) {
  HubConfig config = hub_.config;
  config.directory = scratch_ / "none";
  EXPECT_FALSE(create_hub(config, "version = \"one\"", entropy_, clock_));
  EXPECT_FALSE(std::filesystem::exists(config.directory));
}

}  // namespace
}  // namespace holdline::hub::testing
