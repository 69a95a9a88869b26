#include "agent/identity/accounts.hpp"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "platform/crypto/signing.hpp"
#include "tests/unit/agent/api/fixture.hpp"
#include "tests/unit/agent/engine/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

class AccountsTest : public testing::Test {
 protected:
  void SetUp() override { must(pc.create()); }

  static std::string list(const std::vector<Json>& people) { return Json{{"people", people}}.dump(); }
  Result<SignedIn> sign_in(std::string_view name, std::string_view password) {
    return accounts.sign_in(name, password, pc.device, access, pc.clock);
  }
  std::string standing(const SignedIn& signed_in) const {
    return code_of(accounts.standing(signed_in, pc.clock.now().boot_ms));
  }
  std::string refusal(std::string_view name, std::string_view password) { return code_of(sign_in(name, password)); }

  OutboxStation pc;
  Json ada = person_json("ada", "password", id_of(4), pc.entropy);
  Json bob = person_json("bob", "secret12", id_of(5), pc.entropy);
  DirectAccess access{pc.outbox};
  platform::Scratch scratch;
  std::filesystem::path file = scratch / "people.json";
  Accounts accounts{file};
};

TEST_F(AccountsTest, ASignInIsSignedByThePersonAndKeptInTheOutbox) {
  must(accounts.keep(list({ada, bob})));
  const auto session = must(sign_in("ada", "password"));
  EXPECT_EQ(session.person, id_of(4));
  const std::array numbers{session.assertion};
  const auto kept = must(pc.outbox->assertions(numbers));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].person, id_of(4));
  EXPECT_EQ(kept[0].at_ms, pc.clock.wall_ms);
  EXPECT_TRUE(platform::verify(accounts.account(session.person)->public_key, sync::assertion_text(pc.device, kept[0]),
                               kept[0].signature));
}

TEST_F(AccountsTest, EverySignInHasItsOwnNumber) {
  must(accounts.keep(list({ada, bob})));
  const auto first = must(sign_in("ada", "password")), second = must(sign_in("bob", "secret12"));
  EXPECT_NE(first.assertion, second.assertion);
}

TEST_F(AccountsTest, AWrongPasswordAndAnUnknownNameAreRefusedAlike) {
  must(accounts.keep(list({ada})));
  const auto wrong = sign_in("ada", "Password"), unknown = sign_in("eve", "password");
  ASSERT_FALSE(wrong);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(wrong.error().code, "wrong-password");
  EXPECT_EQ(unknown.error().code, wrong.error().code);
  EXPECT_EQ(unknown.error().message, wrong.error().message);
  EXPECT_EQ(must(pc.outbox->next_assertion()), 1u);
}

TEST_F(AccountsTest, WhoWasKeptCanSignInAfterARestartWithoutTheHub) {
  must(accounts.keep(list({ada})));
  Accounts restarted(file);
  must(restarted.load());
  EXPECT_TRUE(restarted.sign_in("ada", "password", pc.device, access, pc.clock));
}

TEST_F(AccountsTest, TheListIsReadableByTheServiceOnly) {
  must(accounts.keep(list({ada})));
  struct stat info {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(AccountsTest, ANewListReplacesEverybody) {
  must(accounts.keep(list({ada})));
  must(accounts.keep(list({bob})));
  EXPECT_EQ(refusal("ada", "password"), "wrong-password");
  EXPECT_EQ(refusal("bob", "secret12"), "ok");
}

TEST_F(AccountsTest, AListThatCannotBeReadReplacesNobody) {
  must(accounts.keep(list({ada})));
  auto no_id = bob, no_key = bob, other_type = bob;
  no_id.erase("id");
  no_key["wrapped"] = "not hexadecimal";
  other_type["id"] = 5;
  for (const auto& bad : {std::string(), std::string("no json"), std::string("{}"), std::string(R"({"people":{}})"),
                          std::string(R"({"people":[5]})"), list({no_id}), list({no_key}), list({other_type})})
    EXPECT_EQ(code_of(accounts.keep(bad)), "malformed-people") << bad;
  EXPECT_EQ(refusal("ada", "password"), "ok");
  Accounts restarted(file);
  EXPECT_TRUE(restarted.load());
}

TEST_F(AccountsTest, AFirstStartKnowsNobody) {
  EXPECT_TRUE(accounts.load());
  EXPECT_EQ(refusal("ada", "password"), "wrong-password");
}

TEST_F(AccountsTest, ASignInThatTheOutboxCannotKeepIsForReading) {
  must(accounts.keep(list({ada})));
  pc.disk.fail_sync(1, true);
  EXPECT_EQ(must(sign_in("ada", "password")).assertion, 0u);
  EXPECT_EQ(refusal("ada", "wrong"), "wrong-password");
}

TEST_F(AccountsTest, AWrappedKeyOfAnotherSizeIsNoKey) {
  ada["wrapped"] = sync::to_hex(must(platform::wrap_secret("password", "short", pc.entropy, {1, 8})));
  must(accounts.keep(list({ada})));
  EXPECT_EQ(refusal("ada", "password"), "wrap-unreadable");
}

TEST_F(AccountsTest, WhoIsDisabledIsSignedOutAndCannotSignInAndIsToldWhy) {
  must(accounts.keep(list({ada, bob})));
  const auto of_ada = must(sign_in("ada", "password")), of_bob = must(sign_in("bob", "secret12"));
  ada["state"] = "disabled";
  ada.erase("wrapped");
  must(accounts.keep(list({ada, bob})));
  EXPECT_EQ(standing(of_ada), "person-disabled");
  EXPECT_EQ(refusal("ada", "password"), "person-disabled");
  EXPECT_EQ(standing(of_bob), "ok");
  EXPECT_EQ(accounts.name_of(id_of(4)), "ada");
}

TEST_F(AccountsTest, ASignInHasTheRightsToldLastAndEndsWithItsKey) {
  must(accounts.keep(list({ada})));
  const auto signed_in = must(sign_in("ada", "password"));
  ada["role"] = "supervisor";
  must(accounts.keep(list({ada})));
  EXPECT_EQ(must(accounts.standing(signed_in, 0)).role, "supervisor");
  must(accounts.keep(list({person_json("ada", "another one", id_of(4), pc.entropy)})));
  EXPECT_EQ(standing(signed_in), "person-changed");
}

TEST_F(AccountsTest, ASignInEndsByAge) {
  must(accounts.keep(Json{{"people", {ada}}, {"sign_in_hours", 12}}.dump()));
  const auto signed_in = must(sign_in("ada", "password"));
  pc.clock.pass(std::chrono::hours(12));
  EXPECT_EQ(standing(signed_in), "ok");
  pc.clock.pass(std::chrono::milliseconds(1));
  EXPECT_EQ(standing(signed_in), "sign-in-too-old");
  EXPECT_EQ(standing(must(sign_in("ada", "password"))), "ok");
}

TEST_F(AccountsTest, TheHubsCountryIsThereOffline) {
  must(accounts.keep(Json{{"people", {ada}}, {"region", "GB"}}.dump()));
  EXPECT_EQ(accounts.region(), "GB");
  must(accounts.load());
  EXPECT_EQ(accounts.region(), "GB");
  must(accounts.keep(list({ada})));
  EXPECT_EQ(accounts.region(), "");
}

TEST_F(AccountsTest, WhomTheHubLostGoesOnWorkingAndIsClaimed) {
  must(accounts.keep(list({ada, bob})));
  const auto signed_in = must(sign_in("ada", "password"));
  const auto kept =
      must(accounts.keep(Json{{"people", {bob}}, {"unknown", {id_of(4).text()}}, {"roster", "9"}}.dump()));
  ASSERT_TRUE(kept.claims);
  EXPECT_EQ(Json::parse(*kept.claims).at("claims").at(0).at("public_key"), ada["public_key"]);
  EXPECT_EQ(standing(signed_in), "ok");
  Accounts restarted(file);
  must(restarted.load());
  EXPECT_EQ(restarted.roster(), 9u);
  EXPECT_TRUE(restarted.sign_in("ada", "password", pc.device, access, pc.clock));
  // Somebody else by that name, whom the hub knows, comes first.
  must(accounts.keep(
      Json{{"people", {person_json("ada", "another one", id_of(6), pc.entropy)}}, {"unknown", {id_of(4).text()}}}
          .dump()));
  EXPECT_EQ(must(sign_in("ada", "another one")).person, id_of(6));
}

TEST_F(AccountsTest, ARevokedWorkstationLetsNobodyInUntilItIsServedAgain) {
  must(accounts.keep(list({ada})));
  const auto signed_in = must(sign_in("ada", "password"));
  must(accounts.close(true));
  EXPECT_EQ(standing(signed_in), "device-revoked");
  Accounts restarted(file);
  must(restarted.load());
  EXPECT_EQ(code_of(restarted.sign_in("ada", "password", pc.device, access, pc.clock)), "device-revoked");
  must(restarted.close(false));
  EXPECT_TRUE(restarted.sign_in("ada", "password", pc.device, access, pc.clock));
}

}  // namespace
}  // namespace holdline::agent
