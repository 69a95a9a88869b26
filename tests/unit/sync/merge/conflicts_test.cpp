// When a change goes on from an open conflict, and when it is a question of its own.
#include "sync/merge/conflicts.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

class GoesOnFrom : public testing::Test {
 protected:
  GoesOnFrom() {
    stood_.record.key = key_;
    stood_.record.fields.resize(customer_.fields.size());
    stood_.record.fields[street_] = std::string("High Street 2");
    stood_.record.fields[city_] = std::string("York");
    conflict_ = conflict_of({{street_, Null{}, std::string("Long Street 1"), {}, {}}});
  }

  Op edit(std::vector<FieldChange> changes) const {
    std::ranges::sort(changes, {}, &FieldChange::field);
    return {OpKind::edit, key_, "acme", 0, std::move(changes), {}};
  }
  Record conflict_of(std::vector<FieldChange> changes) const {
    const Op op = edit(std::move(changes));
    const ActionHeader header;
    const Incoming incoming{op, {}, header};
    const MergeOutcome outcome = merge(customer_, &stood_, incoming, {});
    return conflict_record(*schema_, incoming, outcome.losing_values.at(0), "acme");
  }
  bool goes_on(std::vector<FieldChange> changes) const {
    return goes_on_from(*schema_, conflict_, edit(std::move(changes)), customer_.unit_of[street_]);
  }
  Value& of_conflict(const char* name) { return conflict_.fields[*schema_->collection("conflict")->field(name)]; }

  Result<Schema> schema_ = Schema::parse(default_schema_text());
  const Collection& customer_ = *schema_->collection("customer");
  const FieldIndex street_ = *customer_.field("street"), city_ = *customer_.field("city");
  const RecordKey key_{customer_.no, Id{{7}}};
  StoredRecord stood_;
  Record conflict_;
};

TEST_F(GoesOnFrom, AChangeMadeFromTheOtherValue) {
  EXPECT_TRUE(goes_on({{street_, Value(std::string("Long Street 1")), std::string("Long Street 3"), {}, {}}}));
}

// The conflict fills in what its edit did not mention with what stood: replacing that loses nothing.
TEST_F(GoesOnFrom, AChangeOfWhatTheOtherValueDoesNotSay) {
  EXPECT_TRUE(goes_on({{city_, Null{}, std::string("Leeds"), {}, {}}}));
}

TEST_F(GoesOnFrom, NotAChangeMadeFromWhatTheOtherValueWasBefore) {
  EXPECT_FALSE(goes_on({{street_, Value(std::string("Short Street")), std::string("Long Street 3"), {}, {}}}));
  EXPECT_FALSE(goes_on({{street_, Null{}, std::string("Long Street 3"), {}, {}}}));
  EXPECT_FALSE(goes_on({{city_, Null{}, std::string("Leeds"), {}, {}},
                        {street_, Value(std::string("Short Street")), std::string("Long Street 3"), {}, {}}}));
}

TEST_F(GoesOnFrom, NotAConflictThatIsResolvedOrAboutSomethingElse) {
  const std::vector<FieldChange> change{
      {street_, Value(std::string("Long Street 1")), std::string("Long Street 3"), {}, {}}};
  const Record open = conflict_;
  of_conflict("state") = std::string("resolved");
  EXPECT_FALSE(goes_on(change));
  conflict_ = open;
  of_conflict("record") = Id{{8}};
  EXPECT_FALSE(goes_on(change));
  conflict_ = open;
  of_conflict("unit") = std::string("family");
  EXPECT_FALSE(goes_on(change));
}

}  // namespace
}  // namespace holdline::sync
