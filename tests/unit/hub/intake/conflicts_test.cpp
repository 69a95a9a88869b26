// What intake does when two workstations changed the same record without knowing of each other.
#include "sync/merge/conflicts.hpp"
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using sync::Value;
using sync::Verdict;

class IntakeConflicts : public IntakeTest {
 protected:
  IntakeConflicts() {
    station_.does({creates_customer(1, "Ann")});
    take(station_, station_.push(customer_lane));
    station_.does({edits_customer(1, name_field, Value("Ann"), "Anna")});
    take(station_, station_.push(customer_lane));
  }
};

TEST_F(IntakeConflicts, TwoEditsOfAFieldFromTheSameBaseAreOneConflictWithBothValues) {
  other_.does({edits_customer(1, name_field, Value("Ann"), "Annie")});
  const auto reply = take(other_, other_.push(customer_lane));
  ASSERT_EQ(conflicts().size(), 1u);
  const auto values = sync::conflict_values(schema(), conflicts()[0]).value();
  EXPECT_EQ(values.record, (RecordKey{customer_no, id_of(1)}));
  EXPECT_EQ(values.current, std::vector{Value("Anna")});
  EXPECT_EQ(values.other, std::vector{Value("Annie")});
  EXPECT_EQ(reply.results.at(0).verdict, Verdict::conflict);
  EXPECT_EQ(reply.results[0].conflicts, std::vector{conflicts()[0].key.id});
  EXPECT_EQ(value(1, name_field), Value("Anna"));
}

// Of a field that not every workstation may hold: whose profile lacks the group learns that there is a conflict, and
// none of its values, neither for people nor for programs.
TEST_F(IntakeConflicts, LosingValuesAreSeenByWhomTheFieldIsSeenBy) {
  station_.does({edits_customer(1, health_field, Value{}, "asthma")});
  take(station_, station_.push(customer_lane));
  other_.does({edits_customer(1, health_field, Value{}, "diabetes")});
  take(other_, other_.push(customer_lane));
  const sync::Collection& collection = *schema().collection("conflict");
  const auto shown = [&](sync::VisibilitySet profile) { return sync::project(collection, conflicts().at(0), profile); };
  const auto values = sync::conflict_values(schema(), shown(nurse)).value();
  EXPECT_EQ(values.current, std::vector{Value("asthma")});
  EXPECT_EQ(values.other, std::vector{Value("diabetes")});
  EXPECT_EQ(sync::conflict_texts(schema(), shown(nurse)).value().other, std::vector<std::string>{"diabetes"});
  EXPECT_TRUE(sync::conflict_values(schema(), shown(desk)).value().hidden);
  EXPECT_EQ(sync::encode_body(collection, shown(desk)).find("diabetes"), std::string::npos);
  EXPECT_EQ(sync::encode_body(collection, shown(desk)).find(sync::to_hex("diabetes")), std::string::npos);
}

// Masked values are shown by their last characters only, and a conflict's text would be shown whole.
TEST_F(IntakeConflicts, LosingValuesOfAMaskedFieldStayAtTheHub) {
  for (Workstation* station : {&station_, &other_}) {
    station->does({edits_customer(1, card_field, Value{}, station == &station_ ? "11112222" : "33334444")});
    take(*station, station->push(customer_lane));
  }
  const sync::Collection& collection = *schema().collection("conflict");
  EXPECT_EQ(sync::conflict_values(schema(), conflicts().at(0)).value().other, std::vector{Value("33334444")});
  EXPECT_TRUE(sync::conflict_values(schema(), sync::project(collection, conflicts()[0], 0xff)).value().hidden);
}

TEST_F(IntakeConflicts, WhoResolvedItAndWhenBecomePartOfIt) {
  other_.does({edits_customer(1, name_field, Value("Ann"), "Annie")});
  take(other_, other_.push(customer_lane));
  other_.person.role = "supervisor";
  know(other_);
  const sync::Collection& collection = *schema().collection("conflict");
  const auto state = *collection.field("state");
  sync::Op op{sync::OpKind::edit, conflicts().at(0).key, leeds, 2, {}, {}};
  op.changes.push_back({state, sync::make_base(Value("open")), std::string("resolved"), {}, {}});
  other_.does({op});
  take(other_, other_.push(customer_lane, 2));
  const Record resolved = conflicts().at(0);
  EXPECT_EQ(resolved.fields[*collection.field("resolved_by")], Value(other_.person.id));
  EXPECT_FALSE(sync::is_null(resolved.fields[*collection.field("resolved_at")]));
}

// Two supervisors decide without knowing of each other: what the first one decided holds, and the second one is told.
TEST_F(IntakeConflicts, WhoDecidesSecondChangesNothingAndHearsWhoWasFirst) {
  other_.does({edits_customer(1, name_field, Value("Ann"), "Annie")});
  take(other_, other_.push(customer_lane));
  const sync::Collection& collection = *schema().collection("conflict");
  for (Workstation* station : {&station_, &other_}) {
    station->person.role = "supervisor";
    know(*station);
  }
  const auto decided = [&](Workstation& station, std::vector<sync::Op> ops, const std::string& reason) {
    sync::Op close{sync::OpKind::edit, conflicts().at(0).key, leeds, 2, {}, {}};
    close.changes.push_back(
        {*collection.field("state"), sync::make_base(Value("open")), std::string("resolved"), {}, {}});
    close.changes.push_back({*collection.field("resolution"), sync::make_base(Value{}), reason, {}, {}});
    std::ranges::sort(close.changes, {}, &sync::FieldChange::field);
    ops.push_back(std::move(close));
    const auto ref = station.does(std::move(ops));
    return take(station, station.push(ref.lane, ref.number)).results.at(0);
  };
  EXPECT_NE(decided(other_, {}, "asked her").verdict, Verdict::quarantined);
  const auto late = decided(station_, {edits_customer(1, name_field, Value("Anna"), "Annie")}, "the letter says so");
  EXPECT_EQ(late.verdict, Verdict::quarantined);
  EXPECT_EQ(late.code, "resolved-already");
  EXPECT_EQ(late.conflicts, std::vector{conflicts()[0].key.id});
  EXPECT_NE(late.text.find(other_.person.name + " at "), std::string::npos) << late.text;
  EXPECT_NE(late.text.find("asked her"), std::string::npos) << late.text;
  EXPECT_EQ(value(1, name_field), Value("Anna"));
}

TEST_F(IntakeConflicts, EditsOfDifferentFieldsMerge) {
  other_.does({edits_customer(1, health_field, Value{}, "asthma")});
  const auto reply = take(other_, other_.push(customer_lane));
  EXPECT_EQ(reply.results.at(0).verdict, Verdict::merged);
  EXPECT_EQ(value(1, name_field), Value("Anna"));
  EXPECT_EQ(value(1, health_field), Value("asthma"));
  EXPECT_TRUE(conflicts().empty());
}

TEST_F(IntakeConflicts, EditsOnTopOfALosingOneJoinItsConflict) {
  std::vector<sync::ActionRef> after;
  std::string name = "Ann";
  for (const std::string next : {"Annie", "Annika", "Anneke", "Annett", "Antje"}) {
    after.assign(1, other_.does({edits_customer(1, name_field, Value(name), next)}, after));
    name = next;
  }
  // In two pushes, so that the conflict is found among stored results and among those of the same group.
  take(other_, other_.push(customer_lane, 1, 2));
  const auto reply = take(other_, other_.push(customer_lane, 3));
  ASSERT_EQ(conflicts().size(), 1u);
  const auto values = sync::conflict_values(schema(), conflicts()[0]).value();
  EXPECT_EQ(values.current, std::vector{Value("Anna")});
  EXPECT_EQ(values.other, std::vector{Value("Antje")});
  for (const auto& result : told(other_)) {
    EXPECT_EQ(result.verdict, Verdict::conflict);
    EXPECT_EQ(result.conflicts, std::vector{conflicts()[0].key.id});
  }
  EXPECT_EQ(value(1, name_field), Value("Anna"));
}

TEST_F(IntakeConflicts, TwoMachinesOfOneDiskThatGoOnFromOneLosingEditKeepBothTheirValues) {
  const auto lost = other_.does({edits_customer(1, name_field, Value("Ann"), "Annie")});
  Workstation twin = other_;
  other_.does({edits_customer(1, name_field, Value("Annie"), "Annika")}, {lost});
  const auto second = twin.does({edits_customer(1, name_field, Value("Annie"), "Anneke")}, {lost});
  twin.does({edits_customer(1, name_field, Value("Anneke"), "Antje")}, {second});
  twin.begins_anew(9);
  take(other_, other_.push(customer_lane));
  take(twin, twin.push(customer_lane));
  std::vector<Value> kept;
  for (const Record& conflict : conflicts()) {
    const auto values = sync::conflict_values(schema(), conflict).value();
    kept.insert(kept.end(), values.other.begin(), values.other.end());
  }
  EXPECT_EQ(kept.size(), 2u);
  EXPECT_EQ(std::ranges::count(kept, Value("Annika")), 1);
  EXPECT_EQ(std::ranges::count(kept, Value("Antje")), 1);
  EXPECT_EQ(value(1, name_field), Value("Anna"));
}

TEST_F(IntakeConflicts, ALosingEditSentAgainMakesNoSecondConflict) {
  other_.does({edits_customer(1, name_field, Value("Ann"), "Annie")});
  const auto first = take(other_, other_.push(customer_lane));
  EXPECT_EQ(take(other_, other_.push(customer_lane)), first);
  EXPECT_EQ(conflicts().size(), 1u);
}

}  // namespace
}  // namespace holdline::hub::testing
