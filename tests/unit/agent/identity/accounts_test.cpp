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
  Result<Session> sign_in(std::uint32_t uid, std::string_view name, std::string_view password) {
    return accounts.sign_in(uid, name, password, pc.device, access, pc.clock);
  }
  std::string refusal(std::string_view name, std::string_view password) { return code_of(sign_in(1, name, password)); }

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
  const auto session = must(sign_in(1000, "ada", "password"));
  EXPECT_EQ(session.person.id, id_of(4));
  const std::array numbers{session.assertion};
  const auto kept = must(pc.outbox->assertions(numbers));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].person, id_of(4));
  EXPECT_EQ(kept[0].at_ms, pc.clock.wall_ms);
  EXPECT_TRUE(platform::verify(session.person.public_key, sync::assertion_text(pc.device, kept[0]), kept[0].signature));
}

TEST_F(AccountsTest, EverySignInHasItsOwnNumber) {
  must(accounts.keep(list({ada, bob})));
  const auto first = must(sign_in(1000, "ada", "password")), second = must(sign_in(1001, "bob", "secret12"));
  EXPECT_NE(first.assertion, second.assertion);
}

TEST_F(AccountsTest, AWrongPasswordAndAnUnknownNameAreRefusedAlike) {
  must(accounts.keep(list({ada})));
  const auto wrong = sign_in(1, "ada", "Password"), unknown = sign_in(1, "eve", "password");
  ASSERT_FALSE(wrong);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(wrong.error().code, "wrong-password");
  EXPECT_EQ(unknown.error().code, wrong.error().code);
  EXPECT_EQ(unknown.error().message, wrong.error().message);
  EXPECT_FALSE(accounts.session(1));
  EXPECT_EQ(must(pc.outbox->next_assertion()), 1u);
}

TEST_F(AccountsTest, ASessionBelongsToOneLoginUntilItSignsOut) {
  must(accounts.keep(list({ada})));
  must(sign_in(1000, "ada", "password"));
  ASSERT_TRUE(accounts.session(1000));
  EXPECT_EQ(accounts.session(1000)->person.name, "ada");
  EXPECT_FALSE(accounts.session(1001));
  accounts.sign_out(1001);
  EXPECT_TRUE(accounts.session(1000));
  accounts.sign_out(1000);
  EXPECT_FALSE(accounts.session(1000));
}

TEST_F(AccountsTest, WhoWasKeptCanSignInAfterARestartWithoutTheHub) {
  must(accounts.keep(list({ada})));
  Accounts restarted(file);
  must(restarted.load());
  EXPECT_TRUE(restarted.sign_in(1000, "ada", "password", pc.device, access, pc.clock));
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

TEST_F(AccountsTest, ASignInThatTheOutboxCannotKeepIsNone) {
  must(accounts.keep(list({ada})));
  pc.disk.fail_sync(1, true);
  EXPECT_FALSE(sign_in(1000, "ada", "password"));
  EXPECT_FALSE(accounts.session(1000));
}

TEST_F(AccountsTest, AWrappedKeyOfAnotherSizeIsNoKey) {
  ada["wrapped"] = sync::to_hex(must(platform::wrap_secret("password", "short", pc.entropy, {1, 8})));
  must(accounts.keep(list({ada})));
  EXPECT_EQ(refusal("ada", "password"), "wrap-unreadable");
}

}  // namespace
}  // namespace holdline::agent
