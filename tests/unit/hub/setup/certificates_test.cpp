#include "hub/setup/certificates.hpp"

#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using platform::UnixTime;
using std::chrono::days;

constexpr UnixTime begin{days(20'000)};
constexpr platform::Validity of_the_hub{begin, begin + days(3650)};

TEST(AuthorityStepTest, ASuccessorIsAnnouncedForAYearBeforeItSigns) {
  EXPECT_EQ(authority_step(of_the_hub, std::nullopt, begin + days(2919)), AuthorityStep::none);
  EXPECT_EQ(authority_step(of_the_hub, std::nullopt, begin + days(2921)), AuthorityStep::prepare);
  const platform::Validity next{begin + days(2921), begin + days(6571)};
  EXPECT_EQ(authority_step(of_the_hub, next, begin + days(3285)), AuthorityStep::none);
  EXPECT_EQ(authority_step(of_the_hub, next, begin + days(3286)), AuthorityStep::change);
}

TEST(AuthorityStepTest, AClockThatCannotBeRightDecidesNothing) {
  const platform::Validity next{begin + days(2921), begin + days(6571)};
  for (const auto& successor : {std::optional<platform::Validity>(), std::optional(next)}) {
    EXPECT_EQ(authority_step(of_the_hub, successor, begin - days(1)), AuthorityStep::none);
    EXPECT_EQ(authority_step(of_the_hub, successor, begin + days(3650)), AuthorityStep::none);
  }
}

class HubCertificates : public HubTest {
 protected:
  UnixTime now_s() const {
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(now())));
  }
  CertificateUpkeep keep(UnixTime at) { return keep_certificates(hub_, at).value(); }
  platform::CertificateInfo server() const { return platform::describe_certificate(hub_.server.chain_pem).value(); }
};

TEST_F(HubCertificates, TheServersIsIssuedAgainInTheLastThirdOfItsLife) {
  EXPECT_FALSE(keep(now_s() + days(264)).any());
  const UnixTime late = now_s() + days(266);
  EXPECT_TRUE(keep(late).server_issued);
  EXPECT_EQ(days_left(server().not_after, late), 397);
  EXPECT_FALSE(keep(now_s() + days(267)).any());
  const HubConfig config = hub_.config;
  close();
  hub_ = open_hub(config, entropy_).value();
  EXPECT_FALSE(keep(now_s() + days(267)).any()) << "it is kept";
}

TEST_F(HubCertificates, TheServersFollowsTheNamesAndAFileThatIsMissing) {
  hub_.config.names.push_back("hub.example");
  EXPECT_TRUE(keep(now_s()).server_issued);
  EXPECT_EQ(server().names, (std::vector<std::string>{"127.0.0.1", "hub.example", "localhost"}));
  hub_.config.names.push_back("0:0:0:0:0:0:0:1");
  EXPECT_TRUE(keep(now_s()).server_issued);
  EXPECT_FALSE(keep(now_s()).any());

  const HubConfig config = hub_.config;
  close();
  std::filesystem::remove(config.directory / "server.key");
  hub_ = open_hub(config, entropy_).value();
  EXPECT_TRUE(keep(now_s()).server_issued);
}

// A clock that is years ahead issues what workstations with the right time take as well.
TEST_F(HubCertificates, WhatAWrongClockIssuesIsGoodByTheRightOne) {
  ASSERT_TRUE(keep(now_s() + days(5 * 365)).server_issued);
  EXPECT_LE(server().not_before, now_s());
  EXPECT_EQ(platform::code_of(keep_certificates(hub_, now_s() + days(12 * 365))), "authority-ended");
  EXPECT_FALSE(keep(now_s() - days(30 * 365)).any());
}

TEST_F(HubCertificates, TheAuthorityChangesAndBothAreBelieved) {
  const auto first = hub_.authority.fingerprint();
  EXPECT_TRUE(keep(now_s() + days(2921)).authority_prepared);
  EXPECT_EQ(platform::describe_chain(hub_.trusted_pem).value().size(), 2u);
  const auto next = hub_.next_authority->fingerprint();
  const auto changed = keep(now_s() + days(3300));
  EXPECT_TRUE(changed.authority_changed);
  EXPECT_TRUE(changed.server_issued);
  EXPECT_EQ(hub_.authority.fingerprint(), next);
  const HubConfig config = hub_.config;
  close();
  hub_ = open_hub(config, entropy_).value();
  EXPECT_EQ(hub_.authority.fingerprint(), next);
  const auto trusted = platform::describe_chain(hub_.trusted_pem).value();
  ASSERT_EQ(trusted.size(), 2u);
  EXPECT_EQ(trusted[1].fingerprint, first);
  EXPECT_FALSE(keep(now_s() + days(3301)).any());
}

}  // namespace
}  // namespace holdline::hub::testing
