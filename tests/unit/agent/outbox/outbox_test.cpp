#include "agent/outbox/outbox.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using sync::Verdict;

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pc.create()); }
  OutboxStation pc;
};

TEST_F(OutboxTest, NumbersEachLaneFromOneAndContinuesItsChainAfterReopening) {
  EXPECT_EQ(pc.save(pc.entry("a")).ref, (sync::ActionRef{2, 1}));
  EXPECT_EQ(pc.save(pc.entry("b")).ref, (sync::ActionRef{2, 2}));
  EXPECT_EQ(pc.save(pc.customer("c")).ref, (sync::ActionRef{3, 1}));
  const auto maker = pc.outbox->maker();
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->maker(), maker);
  EXPECT_EQ(pc.save(pc.entry("d")).ref, (sync::ActionRef{2, 3}));
  EXPECT_TRUE(pc.chain_holds(2));
  EXPECT_TRUE(pc.chain_holds(3));
}

TEST_F(OutboxTest, MixedActionTakesItsMostUrgentLane) {
  Draft draft = pc.customer("a");
  draft.ops.push_back(pc.op(sync::OpKind::create, "callback_request", {},
                            {pc.set("callback_request", "name", std::string("Ada")),
                             pc.set("callback_request", "phone", std::string("+442075518700")),
                             pc.set("callback_request", "reason", std::string("invoice")),
                             pc.set("callback_request", "customer", created_here(0))}));
  const Saved saved = pc.save(draft);
  EXPECT_EQ(saved.ref.lane, 1);
  EXPECT_EQ(pc.action(saved.ref).ops[1].changes[0].value, sync::Value(saved.created[0]));
}

TEST_F(OutboxTest, GivesNaturalKeyChildrenTheIdTheirParentAndKeyMake) {
  Draft draft = pc.customer("a");
  draft.ops.push_back(
      pc.op(sync::OpKind::create, "phone", {},
            {pc.set("phone", "customer", created_here(0)), pc.set("phone", "e164", std::string("+442075518700"))}));
  const Saved saved = pc.save(draft);
  ASSERT_EQ(saved.created.size(), 2u);
  EXPECT_EQ(saved.created[1], sync::natural_id(pc.collection("phone").no, saved.created[0], "+442075518700"));
}

TEST_F(OutboxTest, RefusesAReferenceToARecordTheActionDoesNotCreate) {
  Draft draft = pc.customer("a");
  draft.ops.push_back(pc.op(
      sync::OpKind::create, "manual_entry", {},
      {pc.set("manual_entry", "kind", std::string("message")), pc.set("manual_entry", "customer", created_here(5))}));
  const auto saved = pc.append(draft);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, "invalid");
}

TEST_F(OutboxTest, InvalidDraftDoesNotHoldUpTheOthers) {
  const std::array drafts{pc.entry("a"), pc.entry("b", "card 4111 1111 1111 1111"), pc.entry("c")};
  const auto answers = pc.outbox->append(pc.schema, drafts);
  EXPECT_EQ(answers[0]->ref.number, 1u);
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].error().kind, ErrorKind::ask_person);
  EXPECT_EQ(answers[1].error().message.find("4111"), std::string::npos);
  EXPECT_EQ(answers[2]->ref.number, 2u);
}

TEST_F(OutboxTest, RepeatedKeyReturnsTheStoredActionAlsoAfterReopening) {
  const Saved first = pc.save(pc.customer("a"));
  for (int round = 0; round < 2; ++round) {
    const Saved again = pc.save(pc.customer("a"));
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.ref, first.ref);
    EXPECT_EQ(again.created, first.created);
    ASSERT_TRUE(pc.open());
  }
  EXPECT_EQ(pc.outbox->status().lanes[3].number, 1u);
}

TEST_F(OutboxTest, RepeatedKeyInOneCallIsSavedOnce) {
  const std::array drafts{pc.entry("a"), pc.entry("a")};
  const auto answers = pc.outbox->append(pc.schema, drafts);
  EXPECT_FALSE(answers[0]->repeated);
  EXPECT_TRUE(answers[1]->repeated);
  EXPECT_EQ(answers[0]->ref, answers[1]->ref);
  EXPECT_EQ(pc.outbox->status().lanes[2].number, 1u);
}

TEST_F(OutboxTest, SameKeyWithAnotherBodyIsRefused) {
  pc.save(pc.entry("a"));
  Draft other = pc.entry("a", "something else");
  other.fingerprint = sync::sha256("another body");
  EXPECT_EQ(pc.append(other).error().code, "key-reused");
  const std::array drafts{pc.entry("b"), [&] { return other.idempotency_key = "b", other; }()};
  EXPECT_EQ(pc.outbox->append(pc.schema, drafts)[1].error().code, "key-reused");
}

TEST_F(OutboxTest, FindsWhatWasSavedUnderAKeyUntilItMayNotBeDurable) {
  const Draft draft = pc.entry("a");
  const Saved saved = pc.save(draft);
  const auto found = must(pc.outbox->find_saved(draft.person, "a", draft.fingerprint));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->ref, saved.ref);
  EXPECT_EQ(found->created, saved.created);
  EXPECT_TRUE(found->repeated);
  EXPECT_FALSE(must(pc.outbox->find_saved(draft.person, "never used", draft.fingerprint)));
  EXPECT_EQ(pc.outbox->find_saved(draft.person, "a", sync::sha256("another body")).error().code, "key-reused");

  pc.disk.fail_sync(1, true);
  const Draft unsure = pc.entry("b");
  ASSERT_FALSE(pc.append(unsure));
  EXPECT_FALSE(pc.outbox->find_saved(draft.person, "a", draft.fingerprint))
      << "nothing is confirmed while the disk is not trusted";
  EXPECT_FALSE(pc.outbox->find_saved(draft.person, "b", unsure.fingerprint));
}

TEST_F(OutboxTest, HybridTimeNeverGoesBackNotEvenAcrossARestart) {
  const auto first = pc.action(pc.save(pc.entry("a")).ref).header.hybrid;
  pc.clock.wall_ms -= 3'600'000;
  ASSERT_TRUE(pc.open());
  const auto second = pc.action(pc.save(pc.entry("b")).ref).header;
  EXPECT_GT(second.hybrid, first);
  EXPECT_EQ(second.made.wall_ms, pc.clock.wall_ms);
}

TEST_F(OutboxTest, BatchesStartAfterANumberAndCarryTheHashBefore) {
  for (const char* key : {"a", "b", "c", "d"}) pc.save(pc.entry(key));
  const auto all = pc.outbox->read_batch(2, 0, 100, 1 << 20);
  const auto part = pc.outbox->read_batch(2, 1, 2, 1 << 20);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->predecessor, all->actions[0].hash);
  ASSERT_EQ(part->actions.size(), 2u);
  EXPECT_EQ(part->actions[1], all->actions[2]);
  EXPECT_EQ(pc.outbox->read_batch(2, 0, 100, 1)->actions.size(), 1u) << "at least one, however small the limit";
  EXPECT_TRUE(pc.outbox->read_batch(2, 4, 100, 100)->actions.empty());
  EXPECT_EQ(pc.outbox->hashes(2, 2, 2).value(), (std::vector{all->actions[1].hash, all->actions[2].hash}));
}

TEST_F(OutboxTest, PendingLeavesOutWhatTheReplicaContainsAndKeepsWhatNeedsAttention) {
  const auto a = pc.save(pc.entry("a")).ref, b = pc.save(pc.entry("b")).ref, c = pc.save(pc.entry("c")).ref;
  pc.save(pc.entry("d"));
  pc.settle(1, a, Verdict::applied, 10);
  pc.settle(2, b, Verdict::merged, 20);
  pc.settle(3, c, Verdict::quarantined, 20);
  for (int round = 0; round < 2; ++round) {
    const auto pending = pc.outbox->pending(pc.schema, 15);
    ASSERT_TRUE(pending);
    ASSERT_EQ(pending->size(), 3u);
    EXPECT_EQ((*pending)[0].stored.number, b.number);
    EXPECT_EQ((*pending)[1].stored.number, c.number);
    EXPECT_EQ((*pending)[2].stored.number, 4u);
    EXPECT_EQ(pc.outbox->status().quarantined, 1u);
    ASSERT_TRUE(pc.open());
  }
}

TEST_F(OutboxTest, ResultsAreKeptOnceAndTheLatestEntryStands) {
  const auto a = pc.save(pc.entry("a")).ref;
  auto waiting = pc.result(1, a, Verdict::waiting, 0);
  waiting.code = "waits";
  waiting.text = "for its record";
  auto applied = pc.result(2, a, Verdict::conflict, 9);
  applied.conflicts = {sync::Id{{5}}};
  const std::array both{applied, waiting};
  ASSERT_TRUE(pc.outbox->store_results(both, 2));
  ASSERT_TRUE(pc.outbox->store_results(both, 2));
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->result_of(a).value(), applied);
  EXPECT_EQ(pc.outbox->results_cursor(), 2u);
  EXPECT_EQ(pc.outbox->acknowledged()[2], 1u);
}

TEST_F(OutboxTest, ResultsOfAnotherIncarnationOnlyMoveTheCursor) {
  const auto a = pc.save(pc.entry("a")).ref;
  auto foreign = pc.result(4, a, Verdict::applied, 9);
  foreign.incarnation = sync::Id{{1}};
  ASSERT_TRUE(pc.outbox->store_results({&foreign, 1}, 4));
  EXPECT_FALSE(pc.outbox->result_of(a));
  EXPECT_EQ(pc.outbox->results_cursor(), 4u);
}

constexpr sync::Id epoch{{7}};

TEST_F(OutboxTest, ResultsAboveWhatTheHubStillHasAreVoidAndTheActionsAreOfferedAgain) {
  const auto a = pc.save(pc.entry("a")).ref, b = pc.save(pc.entry("b")).ref, c = pc.save(pc.entry("c")).ref;
  pc.settle(1, a, Verdict::applied, 10);
  pc.settle(2, b, Verdict::applied, 11);
  pc.settle(3, c, Verdict::applied, 12);
  // The hub has two of them, and forgot the entry that settled the second.
  ASSERT_TRUE(pc.outbox->void_results(epoch, {0, 0, 2, 0}, 1));
  ASSERT_TRUE(pc.open());
  EXPECT_TRUE(pc.outbox->result_of(a));
  EXPECT_FALSE(pc.outbox->result_of(b));
  EXPECT_FALSE(pc.outbox->result_of(c));
  EXPECT_EQ(pc.outbox->results_cursor(), 0u);
  EXPECT_EQ(pc.outbox->epoch(), epoch);
  EXPECT_EQ(pc.outbox->status().lanes[2].number, 3u);
}

// A hub that was restored numbers its results anew, so a lower number may be the newer word.
TEST_F(OutboxTest, AfterTheHubWentBackEveryResultIsTakenAnew) {
  const auto a = pc.save(pc.entry("a")).ref;
  pc.settle(7, a, Verdict::conflict, 10);
  ASSERT_TRUE(pc.outbox->void_results(epoch, {0, 0, 1, 0}, 9));
  pc.settle(2, a, Verdict::applied, 4);
  EXPECT_EQ(pc.outbox->result_of(a)->verdict, Verdict::applied);
  EXPECT_EQ(pc.outbox->results_cursor(), 2u);
}

TEST_F(OutboxTest, SignInsAreKeptAndNumbersAreNotGivenTwice) {
  sync::Assertion first{pc.outbox->next_assertion().value(), sync::Id{{4}}, 100, "signature"};
  EXPECT_EQ(pc.outbox->add_assertion(first).value(), 1u);
  EXPECT_EQ(pc.outbox->add_assertion(first).error().code, "assertion-number");
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->next_assertion().value(), 2u);
  const std::array<std::uint32_t, 2> numbers{1, 9};
  EXPECT_EQ(pc.outbox->assertions(numbers).value(), std::vector{first});
}

TEST_F(OutboxTest, ExportNamesFieldsAndLeavesOutWhatIsSettled) {
  pc.settle(1, pc.save(pc.entry("a")).ref, Verdict::applied, 3);
  pc.save(pc.entry("b", "wants the invoice"));
  const auto json = pc.exported();
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["number"], 2);
  EXPECT_EQ(json[0]["ops"][0]["collection"], "manual_entry");
  EXPECT_EQ(json[0]["ops"][0]["changes"]["note"], "wants the invoice");
}

TEST_F(OutboxTest, ReadsActionsOfAnEarlierSchemaAsTheNewOneNumbersItsFields) {
  const auto a = pc.save(pc.entry("a", "from before")).ref;
  std::string text(sync::default_schema_text());
  const std::string version = "version = " + std::to_string(test_schema().version()) + "\n";
  text.replace(text.find(version), version.size(), "version = 99\n");
  // A new field before all others moves every index by one.
  const std::string heading = "[collection.manual_entry.field]\n";
  text.insert(text.find(heading) + heading.size(), "urgent = { no = 99, type = \"boolean\" }\n");
  const auto newer = sync::Schema::parse(text);
  ASSERT_TRUE(newer) << newer.error().message;
  ASSERT_TRUE(pc.open());
  const auto pending = pc.outbox->pending(*newer, 0);
  ASSERT_TRUE(pending) << pending.error().message;
  const auto& changes = pending->front().action.ops[0].changes;
  const auto note = *newer->collection("manual_entry")->field("note");
  EXPECT_TRUE(std::any_of(changes.begin(), changes.end(), [&](const auto& change) {
    return change.field == note && change.value == sync::Value(std::string("from before"));
  }));
  EXPECT_EQ(pc.outbox->append(*newer, {}).size(), 0u);
  EXPECT_EQ(pending->front().stored.number, a.number);
}

TEST_F(OutboxTest, ListIsNewestFirst) {
  const auto a = pc.save(pc.entry("a")).ref, b = pc.save(pc.customer("b")).ref, c = pc.save(pc.entry("c")).ref;
  EXPECT_EQ(pc.outbox->list(2).value(), (std::vector{c, b}));
  EXPECT_EQ(pc.outbox->list(9).value(), (std::vector{c, b, a}));
}

}  // namespace
}  // namespace holdline::agent
