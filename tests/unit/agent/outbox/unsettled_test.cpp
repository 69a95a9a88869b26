// What is exported without asking the outbox's thread is what its file says.
#include "agent/outbox/unsettled.hpp"

#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using Refs = std::vector<sync::ActionRef>;

class OutboxUnsettledTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(pc.create());
    ASSERT_TRUE(pc.outbox->add_assertion({0, sync::Id{{4}}, 100, "signature"}));
    derive();
  }
  void derive() { ASSERT_TRUE(pc.outbox->derive_recent(pc.schema)); }
  Unsettled known() const { return pc.outbox->unsettled().all().value(); }
  Unsettled read() { return pc.outbox->read_unsettled(pc.schema).value(); }

  void expect_as_in_the_file() {
    const Unsettled memory = known(), file = read();
    EXPECT_EQ(actions_text(pc.schema, memory), actions_text(pc.schema, file));
    EXPECT_EQ(pushes_of(memory, now), pushes_of(file, now));
    EXPECT_EQ(memory.items.size(), file.items.size()) << "nothing is kept in memory that need not be";
  }
  Refs shown() {
    Refs refs;
    for (const auto& action : nlohmann::json::parse(actions_text(pc.schema, known())))
      refs.push_back({action["lane"].get<sync::Lane>(), action["number"].get<std::uint64_t>()});
    return refs;
  }
  std::vector<sync::Push> sent() const {
    std::vector<sync::Push> pushes;
    for (const sync::Bytes& bytes : pushes_of(known(), now)) pushes.push_back(sync::decode_push(bytes).value());
    return pushes;
  }

  OutboxStation pc;
  const sync::TimeReading now = pc.clock.now();
};

TEST_F(OutboxUnsettledTest, FollowsWhatIsSavedAnsweredAndVoided) {
  std::vector<Saved> notes;
  for (const char* key : {"a", "b", "c", "d"}) notes.push_back(pc.save(pc.entry(key)));
  const Saved customer = pc.save(pc.customer("e"));
  expect_as_in_the_file();
  pc.settle(1, notes[0].ref, sync::Verdict::quarantined, 0);
  pc.settle(2, notes[2].ref, sync::Verdict::applied, 3);
  expect_as_in_the_file();
  EXPECT_EQ(shown(), (Refs{notes[0].ref, notes[1].ref, notes[3].ref, customer.ref}));
  const auto pushes = sent();
  ASSERT_EQ(pushes.size(), 2U);
  EXPECT_EQ(pushes[0].batch.actions.size(), 3U) << "from the first that was not answered, without a gap";
  EXPECT_EQ(pushes[0].assertions.size(), 1U);

  pc.settle(3, notes[1].ref, sync::Verdict::applied, 4);
  pc.settle(4, notes[0].ref, sync::Verdict::discarded, 5);
  expect_as_in_the_file();
  EXPECT_EQ(shown(), (Refs{notes[3].ref, customer.ref}));
  pc.settle(5, notes[3].ref, sync::Verdict::waiting, 0);
  expect_as_in_the_file();
  EXPECT_EQ(sent().size(), 1U);

  const std::array<std::uint64_t, sync::lane_count> hub_has{0, 0, 1, 0};
  ASSERT_TRUE(pc.outbox->void_results(sync::Id{{7}}, hub_has, 9));
  derive();
  expect_as_in_the_file();
  EXPECT_EQ(shown().size(), 4U) << "one was given up";
  ASSERT_TRUE(pc.open());
  derive();
  expect_as_in_the_file();
}

TEST_F(OutboxUnsettledTest, IsToldOfTheNewPlacesAfterAReissue) {
  pc.save(pc.entry("a"));
  ASSERT_TRUE(pc.outbox->reissue({}));
  derive();
  pc.save(pc.entry("b"));
  expect_as_in_the_file();
  EXPECT_EQ(known().maker.incarnation, pc.outbox->maker().incarnation);
}

TEST_F(OutboxUnsettledTest, IsReadFromTheFileWhereAPartOfItIsDamaged) {
  pc.save(pc.entry("a"));
  ASSERT_TRUE(pc.outbox->checkpoint());
  {
    pc.outbox.reset();
    platform::DatabaseOptions options = pc.options.database;
    options.locking = platform::Locking::exclusive;
    auto db = platform::Database::open(pc.options.path, pc.secret, options);
    ASSERT_TRUE(db) << db.error().message;
    ASSERT_TRUE(db->exec("UPDATE action SET salt = x'0000000000000000'"));
  }
  ASSERT_TRUE(pc.open());
  derive();
  EXPECT_FALSE(pc.outbox->unsettled().all());
  EXPECT_EQ(pc.exported().size(), 1U);
}

}  // namespace
}  // namespace holdline::agent
