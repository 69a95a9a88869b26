// What a new action names in `depends_on`.
#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using Refs = std::vector<sync::ActionRef>;
using sync::Verdict;

class OutboxAfterTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pc.create()); }
  OutboxStation pc;
};

TEST_F(OutboxAfterTest, EditNamesTheActionThatCreatedItsRecord) {
  const Saved made = pc.save(pc.customer("a"));
  const Saved edit = pc.save(pc.edit("b", made.created[0], "family", "Lovelace"));
  EXPECT_EQ(pc.depends_on(edit.ref), Refs{made.ref});
}

TEST_F(OutboxAfterTest, EditNamesTheLatestChangeOfTheSameFieldOnly) {
  const sync::Id known{{1, 1}};
  pc.save(pc.edit("a", known, "given", "Ad"));
  const auto second = pc.save(pc.edit("b", known, "given", "Ada")).ref;
  pc.save(pc.edit("c", known, "family", "Lovelace"));
  const auto third = pc.save(pc.edit("d", known, "given", "Adah")).ref;
  EXPECT_EQ(pc.depends_on(third), Refs{second});
}

TEST_F(OutboxAfterTest, FieldsOfOneMergeGroupCountAsOne) {
  const sync::Id known{{1, 1}};
  const auto street = pc.save(pc.edit("a", known, "street", "1 High Street")).ref;
  EXPECT_EQ(pc.depends_on(pc.save(pc.edit("b", known, "city", "London")).ref), Refs{street});
}

TEST_F(OutboxAfterTest, SettledActionsAreNotNamedAlsoAfterReopening) {
  const Saved made = pc.save(pc.customer("a"));
  const auto edit = pc.save(pc.edit("b", made.created[0], "given", "Ida")).ref;
  pc.settle(1, made.ref, Verdict::applied, 5);
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.depends_on(pc.save(pc.edit("c", made.created[0], "given", "Ina")).ref), Refs{edit});
}

TEST_F(OutboxAfterTest, WaitingActionsAreNamed) {
  const Saved made = pc.save(pc.customer("a"));
  pc.settle(1, made.ref, Verdict::waiting, 0);
  EXPECT_EQ(pc.depends_on(pc.save(pc.edit("b", made.created[0], "given", "Ida")).ref), Refs{made.ref});
}

TEST_F(OutboxAfterTest, RefusedEditIsNotNamedByTheEditThatMendsItButARefusedCreateIs) {
  const sync::Id known{{1, 1}};
  const auto refused = pc.save(pc.edit("a", known, "given", "Ad")).ref;
  const Saved made = pc.save(pc.customer("b"));
  pc.settle(1, refused, Verdict::quarantined, 0);
  pc.settle(2, made.ref, Verdict::quarantined, 0);
  EXPECT_EQ(pc.depends_on(pc.save(pc.edit("c", known, "given", "Ada")).ref), Refs{});
  EXPECT_EQ(pc.depends_on(pc.save(pc.edit("d", made.created[0], "given", "Ada")).ref), Refs{made.ref});
}

TEST_F(OutboxAfterTest, DraftsOfOneCallSeeEachOther) {
  const sync::Id known{{1, 1}};
  const std::array drafts{pc.edit("a", known, "given", "Ad"), pc.edit("b", known, "given", "Ada")};
  const auto answers = pc.outbox->append(pc.schema, drafts);
  EXPECT_EQ(pc.depends_on(answers[1]->ref), Refs{answers[0]->ref});
}

TEST_F(OutboxAfterTest, DoNotCallWaitsForNothing) {
  const auto suppression = [&](sync::OpKind kind, const sync::Id& id, const std::string& status) {
    std::vector changes{pc.set("suppression", "status", status)};
    if (kind == sync::OpKind::create) {
      changes.push_back(pc.set("suppression", "kind", std::string("number")));
      changes.push_back(pc.set("suppression", "value_hash", std::string(64, 'a')));
    }
    return pc.draft(status, {pc.op(kind, "suppression", id, changes)});
  };
  const Saved made = pc.save(suppression(sync::OpKind::create, {}, "withdrawn"));
  const Saved edit = pc.save(suppression(sync::OpKind::edit, made.created[0], "do_not_contact"));
  EXPECT_EQ(edit.ref.lane, 0);
  EXPECT_EQ(pc.depends_on(edit.ref), Refs{});
}

TEST_F(OutboxAfterTest, SetsNeedNoOrderBecauseEveryChangeIsKept) {
  const sync::Id known{{1, 1}};
  const auto tag = [&](const std::string& key) {
    sync::FieldChange change{*pc.collection("customer").field("tags"), sync::BaseUnknown{}, {}, {key}, {}};
    return pc.draft(key, {pc.op(sync::OpKind::edit, "customer", known, {change})});
  };
  pc.save(tag("a"));
  EXPECT_EQ(pc.depends_on(pc.save(tag("b")).ref), Refs{});
}

TEST_F(OutboxAfterTest, DeletionNamesEveryUnsettledChangeOfTheRecord) {
  const sync::Id known{{1, 1}};
  const auto given = pc.save(pc.edit("a", known, "given", "Ada")).ref;
  const auto family = pc.save(pc.edit("b", known, "family", "Lovelace")).ref;
  auto erase = pc.draft("c", {pc.op(sync::OpKind::erase_row, "customer", known, {})});
  erase.ops[0].seen_digest = sync::sha256("as displayed");
  EXPECT_EQ(pc.depends_on(pc.save(erase).ref), (Refs{given, family}));
}

}  // namespace
}  // namespace holdline::agent
