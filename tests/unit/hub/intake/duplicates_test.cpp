// Two records that were given the same value of a unique field by desks that did not know of each other.
#include "sync/merge/conflicts.hpp"
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using sync::Value;
using sync::Verdict;

// The schema of this build, whose customers have a number of their own.
class IntakeDuplicates : public IntakeTest {
 protected:
  IntakeDuplicates() : IntakeTest(std::string(sync::default_schema_text())) {
    station_.does({creates(1, "K-7")});
    take(station_, station_.push(customer_lane));
  }
  const sync::Collection& customers() { return *schema().collection("customer"); }
  sync::FieldChange set(const char* field, Value base, Value value) {
    return {*customers().field(field), sync::make_base(base), std::move(value), {}, {}};
  }
  sync::Op creates(std::uint64_t n, const std::string& ref) {
    return {sync::OpKind::create,
            {customers().no, id_of(n)},
            leeds,
            0,
            {set("ref", Value{}, ref), set("given", Value{}, Value("Ann"))},
            {}};
  }
  sync::Op edits(std::uint64_t n, sync::FieldChange change) {
    return {sync::OpKind::edit, {customers().no, id_of(n)}, leeds, 1, {std::move(change)}, {}};
  }
  std::string state_of(const Record& conflict) {
    return std::get<std::string>(conflict.fields[*schema().collection("conflict")->field("state")]);
  }
  sync::PushReply collide() {
    other_.does({creates(2, "K-7")});
    return take(other_, other_.push(customer_lane));
  }
};

TEST_F(IntakeDuplicates, AreOneConflictAndBothStay) {
  const auto reply = collide();
  ASSERT_EQ(conflicts().size(), 1u);
  EXPECT_EQ(reply.results.at(0).verdict, Verdict::conflict);
  EXPECT_EQ(reply.results[0].conflicts, std::vector{conflicts()[0].key.id});
  const auto values = sync::conflict_values(schema(), conflicts()[0]).value();
  EXPECT_EQ(values.record.id, id_of(2));
  EXPECT_EQ(values.other, std::vector{Value("K-7")});
  EXPECT_EQ(sync::conflict_origin(schema(), conflicts()[0]).duplicate_of, (RecordKey{customers().no, id_of(1)}));
  EXPECT_TRUE(record(customers().no, 1) && record(customers().no, 2));
  other_.does({creates(2, "K-7")});
  take(other_, other_.push(customer_lane, 2));
  EXPECT_EQ(conflicts().size(), 1u) << "the same customer told again";
}

TEST_F(IntakeDuplicates, InOnePushAreFoundAsWell) {
  other_.does({creates(2, "K-8")});
  other_.does({creates(3, "K-8")});
  take(other_, other_.push(customer_lane));
  ASSERT_EQ(conflicts().size(), 1u);
  EXPECT_EQ(sync::conflict_values(schema(), conflicts()[0]).value().other, std::vector{Value("K-8")});
}

// Giving another number goes on from the action that met the conflict, and does not join it.
TEST_F(IntakeDuplicates, AreSettledByAnotherNumber) {
  collide();
  other_.does({edits(2, set("ref", Value("K-7"), Value("K-9")))}, {{customer_lane, 1}});
  EXPECT_EQ(take(other_, other_.push(customer_lane, 2)).results.at(0).verdict, Verdict::applied);
  EXPECT_EQ(state_of(conflicts().at(0)), "resolved");
  other_.does({edits(2, set("ref", Value("K-9"), Value("K-7")))}, {{customer_lane, 2}});
  take(other_, other_.push(customer_lane, 3));
  ASSERT_EQ(conflicts().size(), 1u);
  EXPECT_EQ(state_of(conflicts().at(0)), "open") << "they met again";
}

TEST_F(IntakeDuplicates, AreOneButForTheirSpelling) {
  other_.does({creates(2, "k\u20117")});
  EXPECT_EQ(take(other_, other_.push(customer_lane)).results.at(0).verdict, Verdict::conflict);
  other_.does({edits(2, set("ref", Value("k\u20117"), Value("K-9")))}, {{customer_lane, 1}});
  take(other_, other_.push(customer_lane, 2));
  EXPECT_EQ(state_of(conflicts().at(0)), "resolved");
}

// A file at a desk, or somebody who types it again: whether they are meant to be back is for a person to say.
TEST_F(IntakeDuplicates, OfOneThatWasDeletedAreAQuestionToo) {
  sync::Op erased{sync::OpKind::erase_row, {customers().no, id_of(1)}, leeds, 1, {}, {}};
  erased.seen_digest = sync::seen_digest(customers(), *record(customers().no, 1), {});
  station_.does({erased});
  take(station_, station_.push(customer_lane, 2));
  EXPECT_EQ(collide().results.at(0).verdict, Verdict::conflict);
  ASSERT_EQ(conflicts().size(), 1u);
  const auto origin = sync::conflict_origin(schema(), conflicts()[0]);
  EXPECT_EQ(origin.duplicate_of, (RecordKey{customers().no, id_of(1)}));
  EXPECT_TRUE(origin.other_deleted);
  other_.does({creates(3, "K-7")});
  take(other_, other_.push(customer_lane, 2));
  EXPECT_EQ(conflicts().size(), 2u) << "the third meets the second, which is live";
}

TEST_F(IntakeDuplicates, AreSettledByMerging) {
  collide();
  station_.person.role = "supervisor";
  know(station_);
  station_.does({edits(2, set("merged_into", Value{}, id_of(1)))});
  take(station_, station_.push(customer_lane, 2));
  EXPECT_EQ(state_of(conflicts().at(0)), "resolved");
}

TEST_F(IntakeDuplicates, OfSomebodyWhoWasInventedToPractiseAreNone) {
  sync::Op invented = creates(2, "K-7");
  invented.changes.push_back(set("drill", Value{}, Value(true)));
  std::ranges::sort(invented.changes, {}, &sync::FieldChange::field);
  other_.does({invented});
  EXPECT_EQ(take(other_, other_.push(customer_lane)).results.at(0).verdict, Verdict::applied);
  EXPECT_EQ(conflicts().size(), 0u);
}

TEST_F(IntakeDuplicates, OfScopesApartAreNone) {
  Workstation far(schema(), 3);
  far.device.scopes = far.person.scopes = {"acme/york"};
  know(far);
  auto op = creates(4, "K-7");
  op.scope = "acme/york";
  far.does({op});
  EXPECT_EQ(take(far, far.push(customer_lane)).results.at(0).verdict, Verdict::applied);
  EXPECT_TRUE(conflicts().empty());
}

TEST_F(IntakeDuplicates, AreFoundAfterARestartToo) {
  store_.reopen();
  other_.forms(schema());
  Intake again(store_.ledger(), entropy_);
  other_.does({creates(2, "K-7")});
  const std::vector one{read(other_, other_.push(customer_lane))};
  EXPECT_EQ(again.take(one, now_ms).at(0).value().results.at(0).verdict, Verdict::conflict);
}

}  // namespace
}  // namespace holdline::hub::testing
