#include "hub/people/people.hpp"

#include "platform/crypto/password.hpp"
#include "platform/crypto/signing.hpp"
#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {
namespace {

class PeopleTest : public ::testing::Test {
 protected:
  Result<Person> add(const NewPerson& person, std::string_view password = "long enough") {
    return add_person(store_.ledger(), person, password, entropy_);
  }
  std::string refusal(const NewPerson& person, std::string_view password = "long enough") {
    return platform::code_of(add(person, password));
  }
  SqliteStore store_;
  platform::SystemEntropy entropy_;
};

TEST_F(PeopleTest, ThePasswordAndNothingElseOpensThePersonsKey) {
  const auto ada = add({"ada", "agent", {"acme/leeds"}}).value();
  const auto seed = platform::unwrap_secret("long enough", ada.wrapped).value();
  const platform::SigningKey key{platform::SecretKey(std::span<const std::uint8_t, platform::SecretKey::size>(
      reinterpret_cast<const std::uint8_t*>(seed.view().data()), seed.view().size()))};
  EXPECT_EQ(std::string(key.public_key().begin(), key.public_key().end()), ada.public_key);
  EXPECT_EQ(platform::code_of(platform::unwrap_secret("long enougH", ada.wrapped)), "wrong-password");
}

TEST_F(PeopleTest, APersonIsKeptWithRoleAndScopes) {
  const auto ada = add({"ada.l-2", "supervisor", {"acme/leeds", "acme/york"}}).value();
  store_.reopen();
  const auto kept = store_.ledger().person(ada.id).value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->name, "ada.l-2");
  EXPECT_EQ(kept->role, "supervisor");
  EXPECT_EQ(kept->scopes, ada.scopes);
  EXPECT_EQ(kept->wrapped, ada.wrapped);
}

TEST_F(PeopleTest, ANameIsTakenOnce) {
  ASSERT_TRUE(add({"ada", "agent", {"acme/leeds"}}));
  EXPECT_EQ(refusal({"ada", "agent", {"acme/leeds"}}), "name-taken");
}

TEST_F(PeopleTest, ANameIsTakenAlsoByAPersonOfAnotherScope) {
  ASSERT_TRUE(add({"ada", "agent", {"acme/leeds"}}));
  EXPECT_EQ(refusal({"ada", "agent", {"acme/york"}}), "name-taken");
}

TEST_F(PeopleTest, WhatCannotBeAnAccountIsRefused) {
  for (const std::string& name : {std::string(), std::string("Ada"), std::string("ada lovelace"), std::string(41, 'a')})
    EXPECT_EQ(refusal({name, "agent", {"acme"}}), "bad-name") << name;
  EXPECT_EQ(refusal({"ada", "boss", {"acme"}}), "bad-role");
  EXPECT_EQ(refusal({"ada", "agent", {}}), "bad-scope");
  EXPECT_EQ(refusal({"ada", "agent", {"acme", "No Scope"}}), "bad-scope");
  EXPECT_EQ(refusal({"ada", "agent", {"acme"}}, "short77"), "weak-password");
}

TEST_F(PeopleTest, AFirstPersonIsPutAgainUnderTheSameId) {
  const auto put = [&](std::string_view password) {
    return put_first_person(store_.ledger(), {"ada", "it", {"acme/leeds"}}, password, entropy_).value();
  };
  const auto first = put("one password"), second = put("another one");
  EXPECT_EQ(first.id, second.id);
  const auto kept = store_.ledger().person(first.id).value();
  EXPECT_TRUE(platform::unwrap_secret("another one", kept->wrapped));
}

}  // namespace
}  // namespace holdline::hub::testing
