#include "hub/feed/sync_service.hpp"

#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class SyncServiceTest : public IntakeTest {
 protected:
  SyncServiceTest() {
    for (std::uint64_t n = 1; n <= 3; ++n) station_.does({creates_customer(n, "Ann")});
    take(station_, station_.push(customer_lane));
    head_ = reader()->head().value();
  }

  sync::Hello hello() {
    sync::Hello hello;
    hello.maker = station_.maker;
    hello.epoch = ledger().identity().epoch;
    hello.cursor = head_;
    hello.results = 3;
    return hello;
  }
  sync::Welcome welcome(const sync::Hello& hello) {
    return sync::decode_welcome(service_.hello(station_.device, sync::encode_json(hello), now_ms).value()).value();
  }
  std::string refusal(const sync::Hello& hello) {
    return code_of(service_.hello(station_.device, sync::encode_json(hello), now_ms));
  }
  sync::PullRequest request() {
    sync::PullRequest request;
    request.epoch = ledger().identity().epoch;
    request.incarnation = station_.maker.incarnation;
    request.cursor = head_;
    request.results = 3;
    request.grants = station_.device.grants;
    request.wait_ms = 1000;
    return request;
  }
  sync::PullReply pull(const sync::PullRequest& request) {
    const auto pulled = service_.pull(station_.device, request, now_ms, true).value();
    const auto raw = service_.inflate(pulled.reply.value(), sync::limits::message_bytes).value();
    return sync::decode_pull_reply(schema(), raw).value();
  }

  Snapshots snapshots_{store_.ledger()};
  SyncService service_{store_.ledger(), snapshots_, entropy_};
  Cursor head_;
};

TEST_F(SyncServiceTest, AHelloIsToldWhatTheLedgerHasOfEachLane) {
  const auto welcome = this->welcome(hello());
  EXPECT_EQ(welcome.lanes[customer_lane].number, 3u);
  EXPECT_EQ(welcome.lanes[customer_lane].hash, station_.push(customer_lane).batch.actions[2].hash);
  EXPECT_EQ(welcome.lanes[note_lane].number, 0u);
  EXPECT_EQ(welcome.results, 3u);
  EXPECT_EQ(welcome.scopes, station_.device.scopes);
  EXPECT_EQ(welcome.schema, schema().hash());
  EXPECT_EQ(welcome.hub_wall_ms, now_ms);
}

TEST_F(SyncServiceTest, ANewIncarnationStartsItsLanesFromNothing) {
  auto hello = this->hello();
  hello.maker.incarnation = id_of(888);
  EXPECT_EQ(welcome(hello).lanes[customer_lane].number, 0u);
}

TEST_F(SyncServiceTest, AKnownCursorIsFollowedAndAnEmptyReplicaIsFilled) {
  EXPECT_EQ(welcome(hello()).resume, sync::Resume::follow);
  sync::Hello first;
  first.maker = station_.maker;
  EXPECT_EQ(welcome(first).resume, sync::Resume::bootstrap);
}

TEST_F(SyncServiceTest, ACursorTheLedgerNeverHadChangesTheEpochOnce) {
  const Id before = ledger().identity().epoch;
  auto later = hello();
  later.cursor.salt += 1;
  const auto first = welcome(later);
  EXPECT_NE(first.epoch, before);
  EXPECT_EQ(first.resume, sync::Resume::bootstrap);
  EXPECT_EQ(welcome(later).epoch, first.epoch);
  EXPECT_EQ(ledger().identity().epoch, first.epoch);
}

TEST_F(SyncServiceTest, AResultStreamThatIsLongerThanTheLedgersChangesTheEpoch) {
  const Id before = ledger().identity().epoch;
  auto later = hello();
  later.results = 4;
  EXPECT_NE(welcome(later).epoch, before);
}

TEST_F(SyncServiceTest, AHelloOfAnotherDeviceOrProtocolIsRefused) {
  auto foreign = hello();
  foreign.maker.device = other_.device.id;
  EXPECT_EQ(refusal(foreign), "wrong-device");
  auto newer = hello();
  newer.protocol = sync::protocol_version + 1;
  EXPECT_EQ(refusal(newer), "protocol");
}

TEST_F(SyncServiceTest, CompareFindsTheLastActionBothHave) {
  sync::Compare compare{station_.maker.incarnation, customer_lane, 1, {}};
  for (const auto& action : station_.push(customer_lane).batch.actions) compare.hashes.push_back(action.hash);
  compare.hashes[2] = sync::sha256("another");
  compare.hashes.push_back(sync::sha256("newer"));
  const auto compared = service_.compare(station_.device, sync::encode_json(compare)).value();
  EXPECT_EQ(sync::decode_compared(compared).value().common, 2u);
}

TEST_F(SyncServiceTest, CompareOfWhatNobodyKnowsEndsBeforeIt) {
  const sync::Compare compare{station_.maker.incarnation, customer_lane, 2, {sync::sha256("another")}};
  const auto compared = service_.compare(station_.device, sync::encode_json(compare)).value();
  EXPECT_EQ(sync::decode_compared(compared).value().common, 1u);
}

TEST_F(SyncServiceTest, APullTellsChangesAndResultsTogether) {
  auto from_start = request();
  from_start.cursor = {};
  from_start.results = 1;
  const auto reply = pull(from_start);
  EXPECT_EQ(reply.answer, sync::PullAnswer::cut);
  EXPECT_EQ(reply.cut.changes.size(), 3u);
  EXPECT_EQ(reply.cut.to, head_);
  ASSERT_EQ(reply.results.size(), 2u);
  EXPECT_EQ(reply.results[0].entry, 2u);
  EXPECT_FALSE(reply.more);
}

TEST_F(SyncServiceTest, APullWithNothingToTellWaitsUntilItsLastCall) {
  const auto waiting = service_.pull(station_.device, request(), now_ms, false).value();
  EXPECT_FALSE(waiting.reply);
  EXPECT_EQ(waiting.wait_ms, 1000);
  const auto reply = pull(request());
  EXPECT_EQ(reply.answer, sync::PullAnswer::cut);
  EXPECT_TRUE(reply.cut.changes.empty());
}

TEST_F(SyncServiceTest, APullThatDoesNotFitTheLedgerIsReset) {
  auto other_epoch = request(), other_salt = request(), other_grants = request();
  other_epoch.epoch = id_of(77);
  other_salt.cursor.salt += 1;
  other_grants.grants += 1;
  for (const auto& unfit : {other_epoch, other_salt, other_grants})
    EXPECT_EQ(pull(unfit).answer, sync::PullAnswer::reset);
}

TEST_F(SyncServiceTest, LeavesAreToldOnlyToWhoStandsAtTheHead) {
  const sync::DigestKey key{leeds, customer_no, 0};
  const auto ask = [&](const Cursor& cursor) {
    const auto body = service_.leaves(station_.device, sync::encode_json(sync::LeavesRequest{key, cursor})).value();
    return sync::decode_leaves(service_.inflate(body, sync::limits::message_bytes).value()).value();
  };
  const auto told = ask(head_);
  EXPECT_FALSE(told.moved);
  const std::vector<std::string> scopes{leeds};
  EXPECT_EQ(told.leaves, reader()->digests(scopes, nurse).value().at(key));
  EXPECT_TRUE(ask({2, head_.salt}).moved);
}

TEST_F(SyncServiceTest, RepairTellsTheRowsOfALeafInTheDevicesScopesOnly) {
  sync::RepairRequest wanted{{leeds, customer_no, 0}, id_of(1).bytes.back(), head_};
  const auto body = service_.repair(station_.device, sync::encode_json(wanted)).value();
  const auto raw = service_.inflate(body, sync::limits::message_bytes).value();
  const auto reply = sync::decode_repair(schema(), raw).value();
  EXPECT_FALSE(reply.moved);
  ASSERT_EQ(reply.rows.size(), 1u);
  EXPECT_EQ(reply.rows[0].record, *record(customer_no, 1));
  wanted.key.scope = "acme/york";
  EXPECT_EQ(code_of(service_.repair(station_.device, sync::encode_json(wanted))), "scope-refused");
}

TEST_F(SyncServiceTest, WhatIsNamedByItsHashIsServedAndNothingElse) {
  EXPECT_EQ(service_.schema(sync::to_hex(schema().hash().view())).value(), schema().text());
  EXPECT_EQ(service_.dictionary(sync::to_hex(sync::sha256("dictionary").view())).value(), "dictionary");
  const std::string unknown = sync::to_hex(sync::sha256("unknown").view());
  EXPECT_EQ(code_of(service_.schema(unknown)), "not-here");
  EXPECT_EQ(code_of(service_.dictionary(unknown)), "not-here");
  EXPECT_EQ(code_of(service_.chunk(unknown)), "not-here");
  EXPECT_EQ(code_of(service_.chunk("../ledger.db")), "malformed-hash");
}

TEST_F(SyncServiceTest, AManifestNamesChunksThatCanBeFetched) {
  const auto manifest = sync::decode_manifest(service_.manifest(station_.device, now_ms).value()).value();
  EXPECT_EQ(manifest.at, head_);
  EXPECT_EQ(manifest.epoch, ledger().identity().epoch);
  ASSERT_EQ(manifest.chunks.size(), 1u);
  const auto chunk = service_.chunk(sync::to_hex(manifest.chunks[0].hash.view())).value();
  EXPECT_EQ(sync::sha256(chunk), manifest.chunks[0].hash);
}

TEST_F(SyncServiceTest, ADeviceIsToldOnlyThePeopleOfItsScopes) {
  other_.person.scopes = {"acme/york"};
  know(other_);
  const std::string people = service_.people(station_.device).value();
  EXPECT_NE(people.find(station_.person.id.text()), std::string::npos);
  EXPECT_EQ(people.find(other_.person.id.text()), std::string::npos);
}

}  // namespace
}  // namespace holdline::hub::testing
