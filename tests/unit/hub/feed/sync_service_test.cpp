#include "hub/feed/sync_service.hpp"

#include <nlohmann/json.hpp>

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
    hello.grants = station_.device.grants;
    return hello;
  }
  sync::Welcome welcome(const sync::Hello& hello) { return welcome(hello, station_.device); }
  sync::Welcome welcome(const sync::Hello& hello, const Device& device) {
    return sync::decode_welcome(service_.hello(device, sync::encode_json(hello), now_).value()).value();
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
    request.roster = welcome(hello()).roster;
    request.wait_ms = 1000;
    request.schema = schema().hash();
    return request;
  }
  sync::PullReply pull(const sync::PullRequest& request) {
    const auto pulled = service_.pull(station_.device, request, now_ms, true).value();
    const auto raw = service_.inflate(pulled.reply.value(), sync::limits::message_bytes).value();
    return sync::decode_pull_reply(schema(), raw).value();
  }

  Snapshots snapshots_{store_.ledger()};
  std::int64_t now_ = now_ms;
  std::vector<bool> told_;  // of other histories: whether the epoch ended
  SyncService service_{store_.ledger(), snapshots_, entropy_, {}, [this](const Device&, bool ends_epoch) {
                         told_.push_back(ends_epoch);
                       }};
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

TEST_F(SyncServiceTest, AReplicaOfOtherScopesOrAnotherProfileIsFilledAnew) {
  auto of_other_grants = hello();
  of_other_grants.grants = 7;
  EXPECT_EQ(welcome(of_other_grants).resume, sync::Resume::bootstrap);
}

TEST_F(SyncServiceTest, AKnownCursorIsFollowedAndAnEmptyReplicaIsFilled) {
  EXPECT_EQ(welcome(hello()).resume, sync::Resume::follow);
  sync::Hello first;
  first.maker = station_.maker;
  EXPECT_EQ(welcome(first).resume, sync::Resume::bootstrap);
}

// One that lies, or that is broken, must not make every other one begin anew.
TEST_F(SyncServiceTest, APositionTheLedgerNeverHadIsTheWorkstationsOwnAffairHoweverOftenItIsTold) {
  const Id before = ledger().identity().epoch;
  auto other_salt = hello(), ahead = hello(), results = hello();
  other_salt.cursor.salt += 1;
  ahead.cursor.cn += 10;
  results.results = 4;
  for (int round = 0; round < 3; ++round) {
    for (const sync::Hello& lie : {other_salt, ahead}) {
      EXPECT_EQ(welcome(lie).resume, sync::Resume::bootstrap);
      EXPECT_EQ(welcome(lie).epoch, before);
    }
    EXPECT_EQ(welcome(results).results, 3u);
  }
  EXPECT_EQ(ledger().identity().epoch, before);
  EXPECT_EQ(told_, std::vector<bool>{false}) << "once, not with every greeting";
}

// As many results as there were, of a history that another one took the place of.
TEST_F(SyncServiceTest, AResultThatItNeverToldUnderThisNumberIsOfAnotherHistory) {
  auto told = hello();
  EXPECT_FALSE(welcome(told).results_differ);
  auto latest = reader()->results(station_.device.id, 2, 1).value().at(0);
  told.latest = {3, sync::result_hash(latest)};
  EXPECT_FALSE(welcome(told).results_differ);
  EXPECT_TRUE(told_.empty());
  latest.verdict = sync::Verdict::quarantined;
  told.latest.hash = sync::result_hash(latest);
  EXPECT_TRUE(welcome(told).results_differ);
  EXPECT_EQ(told_, std::vector<bool>{false});
  told.latest.entry = 4;
  EXPECT_TRUE(welcome(told).results_differ) << "there is none";
}

// Of a pull that was on its way while the hub was put back; refusals alone leave the cursor and the epoch as they were.
TEST_F(SyncServiceTest, APullThatWasToldAnotherResultBeginsTheConversationAnew) {
  auto pull = request();
  auto latest = reader()->results(station_.device.id, 2, 1).value().at(0);
  pull.latest = {3, sync::result_hash(latest)};
  EXPECT_EQ(this->pull(pull).answer, sync::PullAnswer::cut);
  latest.verdict = sync::Verdict::quarantined;
  pull.latest.hash = sync::result_hash(latest);
  EXPECT_EQ(this->pull(pull).answer, sync::PullAnswer::reset);
  pull.latest.entry = 4;
  EXPECT_EQ(this->pull(pull).answer, sync::PullAnswer::reset) << "there is none";
}

TEST_F(SyncServiceTest, TwoWorkstationsThatKnowMoreEndTheEpochOnce) {
  const Id before = ledger().identity().epoch;
  auto one = hello(), two = hello();
  one.cursor.cn = two.cursor.cn = head_.cn + 1;
  two.maker = other_.maker;
  two.results = 0;
  EXPECT_EQ(welcome(one).epoch, before);
  now_ += RestoreEvidence::within_ms;
  EXPECT_EQ(welcome(two, other_.device).epoch, before) << "what the first said is long ago";
  EXPECT_EQ(welcome(two, other_.device).epoch, before);
  const auto last = welcome(one);
  EXPECT_NE(last.epoch, before);
  EXPECT_EQ(welcome(one).epoch, last.epoch) << "it speaks of an epoch that is over";
  EXPECT_EQ(welcome(two, other_.device).epoch, last.epoch);
  EXPECT_EQ(told_, (std::vector<bool>{false, false, true}));
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
    const auto body =
        service_.leaves(station_.device, sync::encode_json(sync::LeavesRequest{key, cursor, schema().hash()})).value();
    return sync::decode_leaves(service_.inflate(body, sync::limits::message_bytes).value()).value();
  };
  const auto told = ask(head_);
  EXPECT_FALSE(told.moved);
  const std::vector<std::string> scopes{leeds};
  EXPECT_EQ(told.leaves, reader()->digests(scopes, nurse).value().at(key));
  EXPECT_TRUE(ask({2, head_.salt}).moved);
}

TEST_F(SyncServiceTest, LeavesAndChunksOfWhatTheDeviceDoesNotHoldAreRefused) {
  for (const sync::DigestKey& key :
       {sync::DigestKey{"acme/york", customer_no, 0}, sync::DigestKey{leeds, customer_no, 9}})
    EXPECT_EQ(
        code_of(service_.leaves(station_.device, sync::encode_json(sync::LeavesRequest{key, head_, schema().hash()}))),
        "scope-refused");
  const auto manifest = sync::decode_manifest(service_.manifest(station_.device, now_ms).value()).value();
  const std::string chunk = sync::to_hex(manifest.chunks.at(0).hash.view());
  auto elsewhere = station_.device, blinder = station_.device;
  elsewhere.scopes = {"acme/york"};
  blinder.profile = 0b01;
  for (const Device& device : {elsewhere, blinder}) EXPECT_EQ(code_of(service_.chunk(device, chunk, {})), "not-here");
}

TEST_F(SyncServiceTest, AHistoryTellsNothingOfWhatTheDeviceDoesNotHold) {
  station_.does({edits_customer(1, health_field, sync::Value{}, "asthma")});
  take(station_, station_.push(customer_lane, 4));
  const nlohmann::json asked{{"collection", schema().collection(customer_no)->name}, {"record", id_of(1).text()}};
  auto elsewhere = station_.device, blinder = station_.device;
  elsewhere.scopes = {"acme/york"};
  blinder.profile = 0b01;
  const std::string all = service_.history(station_.device, asked.dump()).value();
  EXPECT_NE(all.find("asthma"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(all).at("items").size(), 2u);
  const std::string less = service_.history(blinder, asked.dump()).value();
  EXPECT_EQ(less.find("asthma"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(less).at("items").size(), 1u);
  EXPECT_EQ(code_of(service_.history(elsewhere, asked.dump())), "unknown-record");
}

TEST_F(SyncServiceTest, RepairTellsTheRowsOfALeafInTheDevicesScopesOnly) {
  sync::RepairRequest wanted{{leeds, customer_no, 0}, id_of(1).bytes.back(), head_, schema().hash()};
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
  EXPECT_EQ(code_of(service_.chunk(station_.device, unknown, {})), "not-here");
  EXPECT_EQ(code_of(service_.chunk(station_.device, "../ledger.db", {})), "malformed-hash");
}

TEST_F(SyncServiceTest, AManifestNamesChunksThatCanBeFetched) {
  const auto manifest = sync::decode_manifest(service_.manifest(station_.device, now_ms).value()).value();
  EXPECT_EQ(manifest.at, head_);
  EXPECT_EQ(manifest.epoch, ledger().identity().epoch);
  EXPECT_EQ(manifest.grants, station_.device.grants);
  ASSERT_EQ(manifest.chunks.size(), 1u);
  const auto chunk = service_.chunk(station_.device, sync::to_hex(manifest.chunks[0].hash.view()), {}).value();
  EXPECT_EQ(sync::sha256(chunk), manifest.chunks[0].hash);
  const auto part = [&](std::uint64_t from, std::uint64_t bytes) {
    return service_.chunk(station_.device, sync::to_hex(manifest.chunks[0].hash.view()),
                          sync::encode_json(sync::ChunkRequest{from, bytes}));
  };
  EXPECT_EQ(part(0, 7).value(), chunk.substr(0, 7));
  EXPECT_EQ(part(0, 7).value() + part(7, sync::limits::message_bytes).value(), chunk);
  EXPECT_EQ(part(chunk.size() - 1, 9).value(), chunk.substr(chunk.size() - 1));
  EXPECT_EQ(code_of(part(chunk.size(), 1)), "beyond-chunk");
  EXPECT_EQ(code_of(part(0, 0)), "malformed-message");
  EXPECT_EQ(code_of(part(0, ~std::uint64_t{0})), "malformed-message");
  EXPECT_EQ(code_of(part(~std::uint64_t{0}, ~std::uint64_t{0})), "malformed-message");
}

TEST_F(SyncServiceTest, ADeviceIsToldOnlyThePeopleOfItsScopes) {
  other_.person.scopes = {"acme/york"};
  know(other_);
  const std::string people = service_.people(station_.device, {}, now_ms).value();
  EXPECT_EQ(nlohmann::json::parse(people).at("suppression_key"), sync::to_hex(ledger().identity().suppression_key));
  EXPECT_EQ(ledger().identity().suppression_key.size(), 32u);
  EXPECT_NE(people.find(station_.person.id.text()), std::string::npos);
  EXPECT_EQ(people.find(other_.person.id.text()), std::string::npos);
}

TEST_F(SyncServiceTest, NumbersForReferencesAreGivenToOneWorkstationEach) {
  know(other_);
  const std::string asks = R"({"references":{"incarnation":")" + station_.maker.incarnation.text() + "\"}}";
  const auto given = [&](const Device& device, std::int64_t at) {
    const auto answer = nlohmann::json::parse(service_.people(device, asks, at).value());
    return answer.contains("references") ? answer.at("references").at("first").get<std::uint64_t>() : 0;
  };
  const std::string mark = nlohmann::json::parse(service_.people(station_.device, {}, now_ms).value()).at("roster");
  const auto first = given(station_.device, now_ms), second = given(other_.device, now_ms);
  EXPECT_EQ(first, 1u);
  EXPECT_EQ(second, first + sync::ReferenceStock::block_size);
  EXPECT_EQ(given(station_.device, now_ms + 1'000), 0u);  // not twice at once
  const auto third = given(station_.device, now_ms + reference_pause_ms);
  EXPECT_EQ(third, second + sync::ReferenceStock::block_size);
  EXPECT_EQ(nlohmann::json::parse(service_.people(station_.device, {}, now_ms).value()).at("roster"), mark);
  // A ledger that was put back does not know what it gave.
  ASSERT_TRUE(ledger().change_epoch(ledger().epoch(), sync::Id::from("eeeeeeeeeeeeeeee")));
  EXPECT_GT(given(other_.device, now_ms + reference_pause_ms), third + 1'000'000);
  EXPECT_EQ(code_of(service_.people(station_.device, R"({"references":{"incarnation":"x"}})", now_ms)),
            "malformed-message");
}

TEST_F(SyncServiceTest, AChangeOfPeopleOrOfTheDevicesNameIsToldAtOnceAndOfStrangersNot) {
  const auto told = [&] { return service_.pull(station_.device, request(), now_ms, false).value().reply.has_value(); };
  auto waiting = request();
  const auto wakes = [&] {
    const auto reply = service_.pull(station_.device, waiting, now_ms, false).value().reply;
    waiting = request();
    return reply.has_value();
  };
  EXPECT_FALSE(told());
  station_.person.state = PersonState::disabled;
  know(station_);
  EXPECT_TRUE(wakes());
  other_.person.scopes = {"acme/york"};
  know(other_);
  waiting = request();
  other_.person.role = "supervisor";
  know(other_);
  EXPECT_FALSE(wakes());
  station_.device.name = "another name";
  know(other_);  // as every change of the directory
  EXPECT_TRUE(wakes());
}

TEST_F(SyncServiceTest, WhoIsDisabledIsToldWithoutAKey) {
  station_.person.state = PersonState::disabled;
  know(station_);
  const auto people = nlohmann::json::parse(service_.people(station_.device, {}, now_ms).value());
  for (const auto& person : people.at("people"))
    EXPECT_EQ(person.contains("wrapped"), person.at("id") != station_.person.id.text());
}

TEST_F(SyncServiceTest, PeopleTheLedgerLostAreNamedAndTheirClaimsKept) {
  Workstation lost(schema(), 9);
  lost.person.name = "grace";
  const auto ask = [&](const nlohmann::json& body) {
    return nlohmann::json::parse(service_.people(station_.device, body.dump(), now_ms).value());
  };
  const auto answer = ask({{"known", {station_.person.id.text(), lost.person.id.text()}}});
  EXPECT_EQ(answer.at("unknown"), nlohmann::json{lost.person.id.text()});
  nlohmann::json claim{{"id", lost.person.id.text()},
                       {"name", "grace"},
                       {"role", "agent"},
                       {"scopes", {leeds}},
                       {"public_key", sync::to_hex(lost.person.public_key)},
                       {"wrapped", "00"}};
  ask({{"claims", {claim}}});
  const auto claims = ledger().claims().value();
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_EQ(claims[0].person.public_key, lost.person.public_key);
  EXPECT_EQ(claims[0].device, station_.device.id);
  EXPECT_FALSE(ledger().person(lost.person.id).value()) << "a claim makes nobody known";
  claim["scopes"] = nlohmann::json::array();
  EXPECT_EQ(code_of(service_.people(station_.device, nlohmann::json{{"claims", {claim}}}.dump(), now_ms)), "bad-scope");
}

}  // namespace
}  // namespace holdline::hub::testing
