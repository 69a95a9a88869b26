#include "hub/intake/authority.hpp"

#include <gtest/gtest.h>

#include "platform/crypto/signing.hpp"
#include "tests/unit/hub/intake/fixture.hpp"
#include "tests/unit/hub/ledger/world.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::hub::testing {
namespace {

const std::string york = "acme/york";
constexpr std::int64_t sign_in_age_ms = 12 * 3'600'000;

class AuthorityTest : public ::testing::Test {
 protected:
  AuthorityTest() {
    person_.id = id_of(7);
    person_.public_key.assign(key_.public_key().begin(), key_.public_key().end());
    person_.scopes = {leeds, york};
    person_.role = "agent";
    device_.id = id_of(5);
    device_.scopes = {leeds};
    sign_in_ = {3, person_.id, 1'000, {}};
    const auto signature = key_.sign(sync::assertion_text(device_.id, sign_in_));
    sign_in_.signature.assign(signature.begin(), signature.end());
  }

  Authority authority() {
    const auto find = [this](const Id& id) -> Result<std::optional<Person>> {
      ++looked_up_;
      return id == person_.id ? std::optional(person_) : std::nullopt;
    };
    return Authority(find, sign_in_age_ms);
  }
  static std::string told(const Result<std::optional<Refusal>>& verdict) {
    return !verdict ? "error " + verdict.error().code : *verdict ? (*verdict)->code : "allowed";
  }
  static std::string told(const Result<Judgement>& judgement) {
    if (!judgement) return "error " + judgement.error().code;
    if (judgement->refusal) return judgement->refusal->code;
    return judgement->marks == 0 ? "allowed" : "allowed, marked " + std::to_string(judgement->marks);
  }
  // The verdict about one change of a field of a customer.
  std::string may_change(const char* field, std::int64_t made_ms = 2'000, std::int64_t wall_ms = 2'000) {
    sync::Action action;
    action.header.person = person_.id;
    action.header.made.wall_ms = wall_ms;
    const sync::Collection& customer = *schema_.collection("customer");
    action.ops.push_back({sync::OpKind::edit, {customer.no, id_of(1)}, leeds, 0, {}, {}});
    action.ops[0].changes.push_back({*customer.field(field), {}, true, {}, {}});
    return told(authority().check(schema_, device_, action, &sign_in_, made_ms));
  }
  std::string sign_in(const Id& device, const sync::Assertion& assertion) {
    return told(authority().check(device, assertion));
  }
  // The verdict about one op.
  std::string may(sync::OpKind kind, std::string_view collection, const std::string& scope = leeds) {
    sync::Action action;
    action.header.person = person_.id;
    action.ops.push_back({kind, {schema_.collection(collection)->no, id_of(1)}, scope, 0, {}, {}});
    return told(authority().check(schema_, device_, action, &sign_in_, 2'000));
  }

  const sync::Schema schema_ = sync::Schema::parse(sync::default_schema_text()).value();
  platform::SigningKey key_{platform::key_of(1)};
  Person person_;
  Device device_;
  sync::Assertion sign_in_;
  int looked_up_ = 0;
};

using sync::OpKind;

TEST_F(AuthorityTest, ASignInWithThePersonsSignatureIsGood) { EXPECT_EQ(sign_in(device_.id, sign_in_), "allowed"); }

TEST_F(AuthorityTest, ASignInThatWasAlteredOrMadeElsewhereIsRefused) {
  auto later = sign_in_, renumbered = sign_in_, unsigned_one = sign_in_;
  later.at_ms += 1;
  renumbered.number += 1;
  unsigned_one.signature.clear();
  for (const auto& altered : {later, renumbered, unsigned_one}) EXPECT_EQ(sign_in(device_.id, altered), "bad-sign-in");
  EXPECT_EQ(sign_in(id_of(6), sign_in_), "bad-sign-in");
}

TEST_F(AuthorityTest, ASignInOfSomebodyUnknownIsRefused) {
  auto unknown = sign_in_;
  unknown.person = id_of(8);
  EXPECT_EQ(sign_in(device_.id, unknown), "unknown-person");
}

TEST_F(AuthorityTest, ASignInByTheKeyOfAnEarlierPasswordIsGoodAndAnOlderOneOfSomebodyElseIsNot) {
  person_.former_keys = {person_.public_key};
  const platform::SigningKey next(platform::key_of(2)), other(platform::key_of(3));
  person_.public_key.assign(next.public_key().begin(), next.public_key().end());
  EXPECT_EQ(sign_in(device_.id, sign_in_), "allowed");
  person_.former_keys = {sync::Bytes(other.public_key().begin(), other.public_key().end())};
  EXPECT_EQ(sign_in(device_.id, sign_in_), "bad-sign-in");
}

TEST_F(AuthorityTest, WhatWasMadeBeforeTheDisablingCountsAndIsMarkedWhatWasMadeAfterIsRefused) {
  person_.state = PersonState::disabled;
  person_.disabled_ms = 5'000;
  EXPECT_EQ(may_change("vulnerable", 4'999), "allowed, marked 1");
  EXPECT_EQ(may_change("vulnerable", 5'000), "person-disabled");
  EXPECT_EQ(sign_in(device_.id, sign_in_), "allowed");
}

TEST_F(AuthorityTest, AnOldSignInMarksWhatIsDoneByItHoweverLateItArrives) {
  const std::int64_t limit = sign_in_.at_ms + sign_in_age_ms;
  EXPECT_EQ(may_change("vulnerable", limit * 9, limit), "allowed");
  EXPECT_EQ(may_change("vulnerable", limit * 9, limit + 1), "allowed, marked 2");
}

TEST_F(AuthorityTest, AFieldOutsideTheDevicesProfileIsRefused) {
  device_.profile = 0b01;
  EXPECT_EQ(may_change("notes"), "allowed");
  EXPECT_EQ(may_change("vulnerable"), "field-refused");
}

TEST_F(AuthorityTest, AnAgentWritesRecordsOfTheirScopes) {
  for (const OpKind kind : {OpKind::create, OpKind::edit, OpKind::erase_row})
    EXPECT_EQ(may(kind, "customer"), "allowed");
}

TEST_F(AuthorityTest, ARevokedWorkstationMayDoNothing) {
  device_.state = DeviceState::revoked;
  EXPECT_EQ(may(OpKind::edit, "customer"), "device-revoked");
}

TEST_F(AuthorityTest, AnActionNeedsASignInOfItsOwnPerson) {
  sync::Action action;
  action.header.person = person_.id;
  auto foreign = sign_in_;
  foreign.person = id_of(8);
  EXPECT_EQ(told(authority().check(schema_, device_, action, nullptr, 2'000)), "no-sign-in");
  EXPECT_EQ(told(authority().check(schema_, device_, action, &foreign, 2'000)), "no-sign-in");
}

TEST_F(AuthorityTest, AScopeMustBelongToDeviceAndPerson) {
  EXPECT_EQ(may(OpKind::edit, "customer", york), "scope-refused");
  device_.scopes = {leeds, york};
  EXPECT_EQ(may(OpKind::edit, "customer", york), "allowed");
  person_.scopes = {york};
  EXPECT_EQ(may(OpKind::edit, "customer", leeds), "scope-refused");
}

TEST_F(AuthorityTest, AScopeIsNotGrantedByItsBeginning) {
  device_.scopes = {"acme"};
  EXPECT_EQ(may(OpKind::edit, "customer"), "scope-refused");
}

TEST_F(AuthorityTest, OneRefusedOpRefusesTheAction) {
  sync::Action action;
  action.header.person = person_.id;
  for (const auto& scope : {leeds, york})
    action.ops.push_back({OpKind::edit, {schema_.collection("customer")->no, id_of(1)}, scope, 0, {}, {}});
  EXPECT_EQ(told(authority().check(schema_, device_, action, &sign_in_, 2'000)), "scope-refused");
}

TEST_F(AuthorityTest, ConflictsAreResolvedBySupervisorsOnly) {
  EXPECT_EQ(may(OpKind::edit, "conflict"), "role-refused");
  person_.role = "supervisor";
  EXPECT_EQ(may(OpKind::edit, "conflict"), "allowed");
  EXPECT_EQ(may(OpKind::create, "conflict"), "role-refused");
  EXPECT_EQ(may(OpKind::erase_row, "conflict"), "role-refused");
}

TEST_F(AuthorityTest, AnAgentMaySuppressButNotLiftASuppression) {
  EXPECT_EQ(may(OpKind::create, "suppression"), "allowed");
  EXPECT_EQ(may(OpKind::erase_row, "suppression"), "role-refused");
  person_.role = "supervisor";
  EXPECT_EQ(may(OpKind::erase_row, "suppression"), "allowed");
}

TEST_F(AuthorityTest, ARoleThatIsNotListedMayDoNothing) {
  for (const char* role : {"it", "", "administrator"}) {
    person_.role = role;
    EXPECT_EQ(may(OpKind::create, "customer"), "role-refused") << role;
  }
}

TEST_F(AuthorityTest, APersonIsLookedUpOnceForAGroup) {
  auto authority = this->authority();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(told(authority.check(device_.id, sign_in_)), "allowed");
  EXPECT_EQ(looked_up_, 1);
}

TEST_F(AuthorityTest, AFailedLookUpIsAnErrorAndNoVerdict) {
  Authority authority([](const Id&) -> Result<std::optional<Person>> {
    return fail(ErrorKind::retry_later, "disk-full", "The disk is full.");
  });
  EXPECT_EQ(told(authority.check(device_.id, sign_in_)), "error disk-full");
}

}  // namespace
}  // namespace holdline::hub::testing
