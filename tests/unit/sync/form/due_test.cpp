#include "sync/form/due.hpp"

#include <gtest/gtest.h>

#include "sync/base/timestamp.hpp"

namespace holdline::sync {
namespace {

// Complaints of 1 March 2027, by the shipped schema: acknowledged within 3 days, answered as the law of their kind
// says.
class DueTest : public testing::Test {
 protected:
  FieldChange change(std::string_view field, Value value) const {
    return {*complaints.field(field), Value(Null{}), std::move(value), {}, {}};
  }
  FieldChange received(std::string_view time) const { return change("received_at", *parse_time(time)); }
  // "acknowledge_by 2027-03-04" of each time that is set.
  std::vector<std::string> set(const std::vector<FieldChange>& changes, const Record* shown = nullptr) const {
    std::vector<std::string> told;
    for (const FieldChange& one : due_times(schema, complaints, shown, changes))
      told.push_back(complaints.fields[one.field].name + " " +
                     format_time(std::get<std::int64_t>(one.value)).substr(0, 10));
    return told;
  }
  Record shown_with(const std::vector<FieldChange>& changes) const {
    Record record;
    record.fields.resize(complaints.fields.size());
    for (const FieldChange& one : changes) record.fields[one.field] = one.value;
    return record;
  }
  using Set = std::vector<std::string>;

  const Schema schema = *Schema::parse(default_schema_text());
  const Collection& complaints = *schema.collection("complaint");
  const FieldChange march = received("2027-03-01T10:00:00Z");
};

TEST_F(DueTest, BothTimesFollowFromWhenItWasReceivedAndTheKind) {
  EXPECT_EQ(set({march}), (Set{"acknowledge_by 2027-03-04", "answer_by 2027-03-29"}));
  EXPECT_EQ(set({march, change("legal_kind", "financial")}),
            (Set{"acknowledge_by 2027-03-04", "answer_by 2027-04-26"}));
  EXPECT_EQ(set({}), Set());
}

TEST_F(DueTest, ADataRequestHasOneCalendarMonth) {
  const Collection& requests = *schema.collection("rights_request");
  const auto due = [&](std::string_view received) {
    const std::vector<FieldChange> asked{
        {*requests.field("received_at"), Value(Null{}), *parse_time(received), {}, {}}};
    const auto set = due_times(schema, requests, nullptr, asked);
    return set.size() == 1 ? format_time(std::get<std::int64_t>(set[0].value)) : std::string();
  };
  EXPECT_EQ(due("2026-11-30T10:00:00Z"), "2026-12-30T10:00:00.000Z");
  EXPECT_EQ(due("2027-01-31T10:00:00Z"), "2027-02-28T10:00:00.000Z");
  EXPECT_EQ(due("2026-12-31T23:59:59Z"), "2027-01-31T23:59:59.000Z");
}

TEST_F(DueTest, WhoeverGivesOneOfTheTimesDecidesAboutBoth) {
  EXPECT_EQ(set({march, change("answer_by", *parse_time("2027-03-02T10:00:00Z"))}), Set());
}

TEST_F(DueTest, AnotherKindMovesWhatTheDeskHadSetAndNothingThatSomebodySet) {
  std::vector<FieldChange> taken{march};
  for (const FieldChange& one : due_times(schema, complaints, nullptr, taken)) taken.push_back(one);
  Record shown = shown_with(taken);
  const std::vector<FieldChange> other_kind{change("legal_kind", "telecom")};
  EXPECT_EQ(set(other_kind, &shown), Set{"answer_by 2027-04-12"});
  shown.fields[*complaints.field("answer_by")] = *parse_time("2027-03-10T00:00:00Z");
  EXPECT_EQ(set(other_kind, &shown), Set());
}

}  // namespace
}  // namespace holdline::sync
