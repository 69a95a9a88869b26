#include "hub/people/people.hpp"

#include "platform/crypto/password.hpp"
#include "platform/crypto/signing.hpp"
#include "sync/base/limits.hpp"
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

TEST_F(PeopleTest, MoreScopesThanAWelcomeCanTellAreRefusedWithTheNumber) {
  std::vector<std::string> scopes;
  for (std::size_t i = 0; i <= sync::limits::scopes_per_grant; ++i) scopes.push_back("acme/s" + std::to_string(i));
  const auto refused = add({"ada", "agent", scopes});
  EXPECT_EQ(refused.error().code, "too-many-scopes");
  EXPECT_NE(refused.error().message.find("64"), std::string::npos);
  scopes.pop_back();
  EXPECT_TRUE(add({"ada", "agent", scopes}));
  ASSERT_TRUE(add({"bob", "agent", {"acme"}}));
  scopes.push_back("acme/one-more");
  EXPECT_EQ(platform::code_of(change_scopes(store_.ledger(), "bob", scopes)), "too-many-scopes");
}

TEST_F(PeopleTest, WhoIsDisabledStaysSoSinceTheFirstTimeUntilTheyAreEnabled) {
  const auto ada = add({"ada", "agent", {"acme"}}).value();
  ASSERT_TRUE(disable_person(store_.ledger(), "ada", 100));
  EXPECT_EQ(disable_person(store_.ledger(), "ada", 200).value().disabled_ms, 100);
  EXPECT_EQ(store_.ledger().person(ada.id).value()->state, PersonState::disabled);
  EXPECT_EQ(enable_person(store_.ledger(), "ada").value().state, PersonState::active);
  EXPECT_EQ(platform::code_of(enable_person(store_.ledger(), "eve")), "unknown-name");
}

TEST_F(PeopleTest, AnotherPasswordIsAnotherKeyAndTheEarlierOneIsRemembered) {
  const auto before = add({"ada", "agent", {"acme"}}).value();
  const auto after = change_password(store_.ledger(), "ada", "another password", entropy_).value();
  EXPECT_EQ(after.id, before.id);
  EXPECT_NE(after.public_key, before.public_key);
  EXPECT_EQ(store_.ledger().person(before.id).value()->former_keys, std::vector{before.public_key});
  EXPECT_TRUE(platform::unwrap_secret("another password", after.wrapped));
  EXPECT_EQ(platform::code_of(change_password(store_.ledger(), "ada", "short", entropy_)), "weak-password");
}

class RecallTest : public PeopleTest {
 protected:
  // A person whom only workstations know.
  PersonClaim claim(std::uint64_t n, std::uint64_t device) {
    Person person;
    person.id = id_of(n);
    person.name = "grace";
    person.role = "agent";
    person.scopes = {"acme/leeds"};
    person.public_key = std::string(32, static_cast<char>(n));
    person.wrapped = "wrapped";
    return {person, id_of(device), 5};
  }
  void tell(const PersonClaim& claim) { ASSERT_TRUE(store_.ledger().add_claim(claim)); }
};

TEST_F(RecallTest, WhoIsRememberedComesBackWithTheSameIdAndKey) {
  tell(claim(1, 50));
  tell(claim(1, 51));
  EXPECT_EQ(refusal({"grace", "agent", {"acme"}}), "name-remembered");
  const auto back = recall_person(store_.ledger(), {"grace", "", {"acme/york"}, {}}, 100).value();
  EXPECT_EQ(back.id, id_of(1));
  EXPECT_EQ(store_.ledger().person(id_of(1)).value()->public_key, claim(1, 50).person.public_key);
  EXPECT_EQ(back.scopes, std::vector<std::string>{"acme/york"});
  EXPECT_TRUE(store_.ledger().claims().value().empty());
  EXPECT_EQ(platform::code_of(recall_person(store_.ledger(), {"grace", "", {}, {}}, 100)), "not-remembered");
}

TEST_F(RecallTest, OfTwoStoriesTheOperatorChooses) {
  tell(claim(1, 50));
  tell(claim(2, 51));
  EXPECT_EQ(platform::code_of(recall_person(store_.ledger(), {"grace", "", {}, {}}, 100)), "remembered-twice");
  EXPECT_EQ(recall_person(store_.ledger(), {"grace", "", {}, id_of(51)}, 100).value().id, id_of(2));
}

TEST_F(RecallTest, WhoseNameWasGivenAgainComesBackForWhatTheyDid) {
  ASSERT_TRUE(add({"grace", "agent", {"acme"}}));
  tell(claim(1, 50));
  const auto back = recall_person(store_.ledger(), {"grace", "", {}, {}}, 100).value();
  EXPECT_EQ(back.name, "grace.former");
  EXPECT_EQ(back.state, PersonState::disabled);
  EXPECT_EQ(back.disabled_ms, 100);
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
