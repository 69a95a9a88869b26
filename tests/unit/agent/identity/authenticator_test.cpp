#include "agent/identity/authenticator.hpp"

#include <future>

#include <nlohmann/json.hpp>

#include "tests/unit/agent/api/fixture.hpp"
#include "tests/unit/agent/engine/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

class AuthenticatorTest : public testing::Test {
 protected:
  void SetUp() override {
    must(pc.create());
    const Json people{person_json("ada", "password", id_of(4), pc.entropy),
                      person_json("bob", "secret12", id_of(5), pc.entropy)};
    must(accounts.keep(Json{{"people", people}}.dump()));
    restart();
  }
  void restart() {
    door = std::make_unique<Authenticator>(accounts, pc.device, access, pc.clock, pc.entropy, scratch / "attempts",
                                           idle_ms);
  }
  SignInAnswer sign_in(const std::string& name, const std::string& password, const std::string& token = {},
                       bool take_over = false, std::uint32_t uid = 1000) {
    std::promise<SignInAnswer> told;
    door->sign_in({uid, name, password, token, take_over},
                  [&](SignInAnswer answer) { told.set_value(std::move(answer)); });
    return told.get_future().get();
  }
  std::string code(const std::string& name, const std::string& password, const std::string& token = {}) {
    return code_of(sign_in(name, password, token).session);
  }
  // As many wrong passwords as are allowed at once.
  void guess_until_refused() {
    while (code("ada", "wrong") == "wrong-password") {
    }
  }

  static constexpr std::int64_t idle_ms = 60'000;
  OutboxStation pc;
  DirectAccess access{pc.outbox};
  platform::Scratch scratch;
  Accounts accounts{scratch / "people.json"};
  std::unique_ptr<Authenticator> door;
};

TEST_F(AuthenticatorTest, ATokenIsGoodForTheLoginThatGotItUntilItSignsOut) {
  const std::string token = sign_in("ada", "password").token;
  Sessions& sessions = door->sessions();
  ASSERT_TRUE(sessions.find(1000, token));
  EXPECT_EQ(sessions.find(1000, token)->person.name, "ada");
  EXPECT_FALSE(sessions.find(1001, token));
  EXPECT_FALSE(sessions.find(1000, ""));
  EXPECT_FALSE(sessions.find(1000, token.substr(1)));
  sessions.end(1001, token);
  EXPECT_TRUE(sessions.find(1000, token));
  sessions.end(1000, token);
  EXPECT_FALSE(sessions.find(1000, token));
}

TEST_F(AuthenticatorTest, EachTerminalHasItsOwnSessionAndNobodyTakesOneOverUnasked) {
  const std::string first = sign_in("ada", "password").token;
  const std::string second = sign_in("bob", "secret12").token;
  EXPECT_EQ(door->sessions().find(1000, first)->person.name, "ada");
  EXPECT_EQ(door->sessions().find(1000, second)->person.name, "bob");
  EXPECT_EQ(code("bob", "secret12", first), "somebody-signed-in");
  EXPECT_EQ(door->sessions().find(1000, first)->person.name, "ada");
  const std::string taken = sign_in("bob", "secret12", first, true).token;
  EXPECT_FALSE(door->sessions().find(1000, first));
  EXPECT_EQ(door->sessions().find(1000, taken)->person.name, "bob");
}

TEST_F(AuthenticatorTest, ASessionEndsWhenIdleAndWatchingIsNoUse) {
  const std::string token = sign_in("ada", "password").token;
  pc.clock.pass(std::chrono::milliseconds(idle_ms - 1));
  EXPECT_TRUE(door->sessions().find(1000, token));
  pc.clock.pass(std::chrono::milliseconds(idle_ms - 1));
  EXPECT_TRUE(door->sessions().peek(1000, token));
  pc.clock.pass(std::chrono::milliseconds(1));
  EXPECT_FALSE(door->sessions().find(1000, token));
}

TEST_F(AuthenticatorTest, WhoeverIsNotRosteredAnyMoreIsSignedOut) {
  const std::string token = sign_in("ada", "password").token;
  must(accounts.keep(Json{{"people", {person_json("bob", "secret12", id_of(5), pc.entropy)}}}.dump()));
  EXPECT_FALSE(door->sessions().find(1000, token));
}

TEST_F(AuthenticatorTest, WrongPasswordsMakeThePersonAndTheLoginWaitLongerEachTime) {
  guess_until_refused();
  const auto refused = sign_in("ada", "password");
  EXPECT_EQ(code_of(refused.session), "too-many-attempts");
  EXPECT_EQ(refused.retry_after_ms, 1'000);
  EXPECT_EQ(code("bob", "secret12"), "too-many-attempts") << "the login waits, whatever the name";
  EXPECT_EQ(code_of(sign_in("ada", "password", {}, false, 1001).session), "too-many-attempts") << "so does the person";
  EXPECT_EQ(code_of(sign_in("bob", "secret12", {}, false, 1001).session), "ok");
  pc.clock.pass(std::chrono::seconds(1));
  EXPECT_EQ(code("ada", "wrong"), "wrong-password");
  EXPECT_EQ(sign_in("ada", "wrong").retry_after_ms, 2'000);
  pc.clock.pass(std::chrono::seconds(2));
  EXPECT_EQ(code("ada", "password"), "ok");
  EXPECT_EQ(code("ada", "wrong"), "wrong-password") << "and begins anew";
}

TEST_F(AuthenticatorTest, NeitherARestartNorAClockShortensTheWait) {
  guess_until_refused();
  restart();
  EXPECT_EQ(code("ada", "password"), "too-many-attempts");
  pc.clock.wall_ms -= 500;  // boot time that went back: another boot, of which nothing is known
  EXPECT_EQ(sign_in("ada", "password").retry_after_ms, 1'000);
}

TEST_F(AuthenticatorTest, AtMostTwoOfALoginWaitForThePassword) {
  std::promise<void> free;
  std::promise<SignInAnswer> refused;
  std::vector<std::promise<SignInAnswer>> first(2);
  const auto held = free.get_future().share();
  for (auto& told : first)
    door->sign_in({1000, "ada", "password", {}, false}, [&, held](SignInAnswer answer) {
      held.wait();
      told.set_value(std::move(answer));
    });
  bool busy = false;
  for (int i = 0; i < 40; ++i)
    door->sign_in({1000, "ada", "wrong", {}, false}, [&](SignInAnswer answer) {
      busy = busy || (!answer.session && answer.session.error().code == "busy");
    });
  EXPECT_TRUE(busy);
  free.set_value();
  for (auto& told : first) EXPECT_TRUE(told.get_future().get().session);
  door->stop();
}

}  // namespace
}  // namespace holdline::agent
