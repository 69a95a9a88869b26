// A rolled-back or cloned workstation: its unsent work goes on under a new incarnation.
#include "agent/outbox/action_draft.hpp"
#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using Refs = std::vector<sync::ActionRef>;

class OutboxReissueTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pc.create()); }
  // The new place of an action.
  static sync::ActionRef moved(const std::vector<std::pair<sync::ActionRef, sync::ActionRef>>& moves,
                               sync::ActionRef old) {
    for (const auto& [from, to] : moves)
      if (from == old) return to;
    return {};
  }
  OutboxStation pc;
};

TEST_F(OutboxReissueTest, WhatIsKeptIsOfferedUnderANewIncarnation) {
  const auto a = pc.save(pc.entry("a")).ref, b = pc.save(pc.entry("b", "second")).ref;
  const auto c = pc.save(pc.customer("c")).ref;
  const auto before = pc.outbox->maker();
  const auto moves = pc.outbox->reissue({0, 0, 1, 0});
  ASSERT_TRUE(moves) << moves.error().message;
  EXPECT_EQ(moves->size(), 3u);
  EXPECT_EQ(moved(*moves, a), (sync::ActionRef{2, 1})) << "the hub has it now, but a restored one may not";
  EXPECT_EQ(moved(*moves, b), (sync::ActionRef{2, 2}));
  EXPECT_EQ(moved(*moves, c), (sync::ActionRef{3, 1}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(pc.outbox->maker().device, before.device);
    EXPECT_NE(pc.outbox->maker().incarnation, before.incarnation);
    EXPECT_EQ(pc.outbox->status().lanes[2].number, 2u);
    EXPECT_TRUE(pc.chain_holds(2));
    EXPECT_EQ(pc.outbox->pending(pc.schema, 0)->size(), 3u);
    ASSERT_TRUE(pc.open());
  }
}

TEST_F(OutboxReissueTest, RecordsAndElementsKeepTheirIdsHoweverOftenTheirActionMoves) {
  Draft draft = pc.customer("a");
  draft.ops.push_back(
      pc.op(sync::OpKind::create, "phone", {},
            {pc.set("phone", "customer", created_here(0)), pc.set("phone", "e164", std::string("+442075518700"))}));
  draft.ops[0].changes.push_back({*pc.collection("customer").field("tags"), sync::BaseUnknown{}, {}, {"vip"}, {}});
  std::ranges::sort(draft.ops[0].changes, {}, &sync::FieldChange::field);
  const Saved made = pc.save(draft);
  const auto before = pc.action(made.ref);
  const auto tag = [&](const sync::Action& action) {
    return sync::element_tag(sync::origin_of(pc.outbox->maker(), action), 0, *pc.collection("customer").field("tags"),
                             0);
  };
  const sync::Id first_tag = tag(before);
  for (int round = 0; round < 2; ++round) {
    const auto moves = pc.outbox->reissue({});
    ASSERT_TRUE(moves) << moves.error().message;
    const auto again = pc.action(moved(*moves, made.ref));
    EXPECT_EQ(again.ops, before.ops);
    EXPECT_EQ(created_ids(again), made.created);
    EXPECT_EQ(tag(again), first_tag);
  }
}

TEST_F(OutboxReissueTest, AnActionTellsWhereItStoodFirstHoweverOftenItMoves) {
  const auto maker = pc.outbox->maker();
  pc.save(pc.customer("a"));
  const auto made = pc.save(pc.customer("b")).ref;
  const sync::Hash hash = pc.outbox->pending(pc.schema, 0)->back().stored.hash;
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(pc.outbox->reissue({}));
    const auto first = pc.action(made).header.original;
    ASSERT_TRUE(first);
    EXPECT_EQ(*first, (sync::OriginalPosition{maker.incarnation, made.number, hash}));
  }
}

// The screen must not show again what the ledger has had for long.
TEST_F(OutboxReissueTest, ResultsOfTheCommonPartStandUntilTheHubTellsThemAnew) {
  const auto a = pc.save(pc.entry("a")).ref, b = pc.save(pc.entry("b")).ref;
  pc.settle(1, a, sync::Verdict::applied, 3);
  pc.settle(2, b, sync::Verdict::quarantined, 3);
  ASSERT_TRUE(pc.outbox->reissue({0, 0, 2, 0}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(pc.outbox->result_of({2, 1})->verdict, sync::Verdict::applied);
    EXPECT_EQ(pc.outbox->result_of({2, 2})->verdict, sync::Verdict::quarantined);
    EXPECT_EQ(pc.outbox->pending(pc.schema, 3)->size(), 1u) << "what needs attention";
    EXPECT_EQ(pc.outbox->acknowledged()[2], 0u) << "the hub does not know the new lane";
    EXPECT_EQ(pc.outbox->results_cursor(), 2u);
    ASSERT_TRUE(pc.open());
  }
  pc.settle(3, {2, 1}, sync::Verdict::merged, 3);
  EXPECT_EQ(pc.outbox->result_of({2, 1})->verdict, sync::Verdict::merged);
  EXPECT_EQ(pc.outbox->acknowledged()[2], 1u);
}

TEST_F(OutboxReissueTest, WhatAnActionWaitsForIsRenumbered) {
  const Saved sent = pc.save(pc.customer("a"));
  const Saved made = pc.save(pc.customer("b"));
  const auto of_sent = pc.save(pc.edit("c", sent.created[0], "given", "Ida")).ref;
  const auto of_made = pc.save(pc.edit("d", made.created[0], "given", "Ina")).ref;
  const auto moves = pc.outbox->reissue({0, 0, 0, 1});
  ASSERT_TRUE(moves);
  EXPECT_EQ(pc.depends_on(moved(*moves, of_sent)), Refs{moved(*moves, sent.ref)});
  EXPECT_EQ(pc.depends_on(moved(*moves, of_made)), Refs{moved(*moves, made.ref)});
  EXPECT_EQ(pc.action(moved(*moves, of_sent)).ops[0].record.id, sent.created[0]) << "the hub knows it by this id";
}

TEST_F(OutboxReissueTest, TimesKeysAndPeopleStayAsTheyWere) {
  sync::Assertion sign_in{1, sync::Id{{4}}, 100, "signature"};
  ASSERT_TRUE(pc.outbox->add_assertion(sign_in));
  const Saved made = pc.save(pc.customer("a"));
  const auto before = pc.action(made.ref).header;
  pc.clock.wall_ms += 5'000'000;
  const auto moves = pc.outbox->reissue({});
  ASSERT_TRUE(moves);
  const auto now = pc.action({3, 1}).header;
  EXPECT_EQ(now.made.wall_ms, before.made.wall_ms);
  EXPECT_EQ(now.hybrid, before.hybrid);
  EXPECT_EQ(now.event_ms, before.event_ms);
  EXPECT_EQ(now.person, before.person);
  const std::array<std::uint32_t, 1> number{now.assertion};
  EXPECT_EQ(pc.outbox->assertions(number)->front().person, before.person);
  for (int round = 0; round < 2; ++round) {
    const Saved again = pc.save(pc.customer("a"));
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.created, std::vector{pc.action({3, 1}).ops[0].record.id});
    ASSERT_TRUE(pc.open());
  }
}

// Somebody may be signed in under two logins of the operating system, and goes on saving after the re-issue.
TEST_F(OutboxReissueTest, EverySignInGoesAlongUnderItsNumber) {
  const sync::Assertion first{1, sync::Id{{4}}, 100, "one"}, second{2, sync::Id{{4}}, 200, "two"};
  ASSERT_TRUE(pc.outbox->add_assertion(first));
  ASSERT_TRUE(pc.outbox->add_assertion(second));
  const auto made = pc.save(pc.customer("a")).ref;
  const auto moves = pc.outbox->reissue({});
  ASSERT_TRUE(moves);
  EXPECT_EQ(pc.action(moved(*moves, made)).header.assertion, 1u) << "the sign-in it was made under";
  const std::array<std::uint32_t, 2> numbers{1, 2};
  EXPECT_EQ(pc.outbox->assertions(numbers).value(), (std::vector{first, second}));
  EXPECT_EQ(pc.outbox->next_assertion().value(), 3u);
}

TEST_F(OutboxReissueTest, RolledBackFileContinuesWithoutReusingANumber) {
  pc.save(pc.entry("a"));
  pc.outbox.reset();
  const auto snapshot = pc.disk.image();
  ASSERT_TRUE(pc.open());
  const auto sent = pc.save(pc.entry("b", "sent before the rollback"));
  pc.outbox.reset();
  pc.disk.restore(*snapshot);
  ASSERT_TRUE(pc.open());
  const auto forked = pc.save(pc.entry("c", "written after it"));
  ASSERT_EQ(forked.ref, sent.ref) << "the same number with another hash";
  const auto moves = pc.outbox->reissue({0, 0, 1, 0});
  ASSERT_TRUE(moves);
  EXPECT_EQ(moved(*moves, forked.ref), (sync::ActionRef{2, 2}));
  EXPECT_TRUE(pc.save(pc.entry("c", "written after it")).repeated);
}

TEST_F(OutboxReissueTest, CompactionTakesReissuedActionsAndCountsWhatIsNoLongerOfferedOnce) {
  const auto a = pc.save(pc.entry("a")).ref;
  pc.save(pc.entry("b"));
  pc.settle(1, a, sync::Verdict::applied, 3);
  ASSERT_TRUE(pc.outbox->reissue({0, 0, 1, 0}));
  EXPECT_EQ(pc.outbox->status().lanes[2].number, 2u);
  pc.clock.wall_ms += pc.options.keep_ms + 1;
  pc.outbox->reached(pc.clock.wall_ms, 3);
  pc.save(pc.entry("c"));
  EXPECT_EQ(pc.outbox->prune().value(), 2u);
  EXPECT_EQ(pc.outbox->status().pruned, 0u) << "the hub does not have it in its present lane";
  pc.settle(2, {2, 1}, sync::Verdict::applied, 3);
  EXPECT_EQ(pc.outbox->prune().value(), 1u);
  EXPECT_EQ(pc.outbox->status().pruned, 1u);
  EXPECT_EQ(pc.outbox->pending(pc.schema, 3)->size(), 2u);
}

// Two machines made from one disk share the hub's results, and a restored hub loses what it had answered.
TEST_F(OutboxReissueTest, AResultBeyondTheCommonPartIsNotAboutThisAction) {
  const auto a = pc.save(pc.entry("a")).ref, b = pc.save(pc.entry("b")).ref;
  pc.settle(1, a, sync::Verdict::applied, 3);
  pc.settle(2, b, sync::Verdict::applied, 4);
  const auto moves = pc.outbox->reissue({0, 0, 1, 0});
  ASSERT_TRUE(moves);
  EXPECT_EQ(moved(*moves, b), (sync::ActionRef{2, 2}));
  EXPECT_TRUE(pc.outbox->result_of({2, 1}));
  EXPECT_FALSE(pc.outbox->result_of({2, 2}));
}

// The file is at the new incarnation, and memory is not: whatever was saved then would break its chain.
TEST_F(OutboxReissueTest, NothingIsSavedAfterAReissueThatCouldNotBeReadBack) {
  pc.set_pragma("cache_size", "10");
  ASSERT_TRUE(pc.open());
  for (int i = 0; i < 12; ++i) pc.save(pc.entry("key-" + std::to_string(i), std::string(4'000, 'x')));
  const auto before = pc.outbox->maker();
  pc.outbox.reset();
  const auto image = pc.disk.image();
  int failed_after_commit = 0;
  for (std::uint64_t read = 1; read < 80; ++read) {
    pc.disk.restore(*image);
    ASSERT_TRUE(pc.open());
    pc.disk.fail_read(read);
    const bool moved = pc.outbox->reissue({}).has_value();
    pc.disk.clear_faults();
    const bool suspended = pc.outbox->status().health == OutboxHealth::read_only;
    EXPECT_EQ(suspended, !moved) << "read " << read;
    if (suspended) {
      EXPECT_FALSE(pc.append(pc.entry("then"))) << "read " << read;
      ASSERT_TRUE(pc.outbox->recover());
    }
    pc.save(pc.entry("now"));
    if (!moved && pc.outbox->maker() != before) ++failed_after_commit;
    ASSERT_TRUE(pc.open());
    EXPECT_EQ(pc.outbox->status().health, OutboxHealth::writable) << "read " << read;
    EXPECT_EQ(pc.outbox->pending(pc.schema, 0)->size(), 13u) << "read " << read;
  }
  EXPECT_GT(failed_after_commit, 0);
}

TEST_F(OutboxReissueTest, PowerCutLeavesTheOldIncarnationOrTheWholeNewOne) {
  for (const char* key : {"a", "b", "c", "d"}) pc.save(pc.customer(key));
  const auto before = pc.outbox->maker();
  pc.outbox.reset();
  const auto image = pc.disk.image();
  bool kept_old = false, got_new = false;
  for (std::uint64_t cut = 1; cut < 40; ++cut) {
    pc.disk.restore(*image);
    ASSERT_TRUE(pc.open());
    pc.disk.cut_power_at(cut);
    static_cast<void>(pc.outbox->reissue({}));
    pc.lose_power(support::PowerLoss::random_sectors);
    ASSERT_TRUE(pc.open());
    (pc.outbox->maker() == before ? kept_old : got_new) = true;
    EXPECT_EQ(pc.outbox->pending(pc.schema, 0)->size(), 4u);
    EXPECT_EQ(pc.outbox->status().health, OutboxHealth::writable);
  }
  EXPECT_TRUE(kept_old);
  EXPECT_TRUE(got_new);
}

TEST_F(OutboxReissueTest, ACopyGoesOnUnderANewIncarnationBeforeItSaves) {
  auto place = std::make_shared<sync::Hash>(sync::sha256("here"));
  pc.options.place = [place]() -> Result<sync::Hash> { return *place; };
  ASSERT_TRUE(pc.open());
  const Saved held = pc.save(pc.entry("held")), open = pc.save(pc.entry("open"));
  pc.settle(1, held.ref, sync::Verdict::applied, 7);
  const auto before = pc.outbox->maker().incarnation;
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->maker().incarnation, before) << "the same file, opened again";
  EXPECT_FALSE(pc.outbox->is_elsewhere());

  *place = sync::sha256("elsewhere");
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(pc.open());
    EXPECT_NE(pc.outbox->maker().incarnation, before);
    EXPECT_EQ(pc.outbox->is_elsewhere(), round == 0);
    EXPECT_EQ(pc.outbox->status().lanes[2].number, 2u) << "once, not with every start";
    EXPECT_EQ(pc.outbox->result_of(held.ref)->verdict, sync::Verdict::applied) << "what the hub has is known here";
    EXPECT_FALSE(pc.outbox->result_of(open.ref));
    EXPECT_TRUE(pc.append(pc.entry("open"))->repeated);
  }
}

TEST_F(OutboxReissueTest, AnOutboxThatNeverSaidWhereItWasIsNoCopy) {
  pc.save(pc.entry("a"));
  const auto before = pc.outbox->maker().incarnation;
  pc.options.place = []() -> Result<sync::Hash> { return sync::sha256("here"); };
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->maker().incarnation, before);
}

}  // namespace
}  // namespace holdline::agent
