#include "hub/hub_parts.hpp"

#include "tests/unit/hub/hub_fixture.hpp"

namespace holdline::hub::testing {
namespace {

class HubPartsTest : public HubTest {
 protected:
  std::string open() { return platform::code_of(open_hub(config_, entropy_)); }
  const HubConfig config_ = hub_.config;
};

TEST_F(HubPartsTest, WhatWasMadeIsOpenedLater) {
  const Id hub = hub_.ledger->identity().hub;
  const auto authority = hub_.authority.fingerprint();
  close();
  const auto again = open_hub(config_, entropy_).value();
  EXPECT_EQ(again.ledger->identity().hub, hub);
  EXPECT_EQ(again.authority.fingerprint(), authority);
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

TEST_F(HubPartsTest, ASchemaThatIsNoneMakesNothing) {
  HubConfig config = hub_.config;
  config.directory = scratch_ / "none";
  EXPECT_FALSE(create_hub(config, "version = \"one\"", entropy_, clock_));
  EXPECT_FALSE(std::filesystem::exists(config.directory));
}

}  // namespace
}  // namespace holdline::hub::testing
