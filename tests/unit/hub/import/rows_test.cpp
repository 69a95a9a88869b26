// What a file says against what its source said before.
#include "hub/import/rows.hpp"

#include "tests/unit/hub/import/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using Texts = std::multiset<std::string>;

TEST_F(ImportTest, AFileImportedTwiceAddsNothing) {
  const std::string file = "ref,given,phone\nC1,Ada,+442075518700\nC2,Bob,\n";
  report(file);
  const Cursor before = head();
  EXPECT_EQ(report(file).unchanged, 2u);
  EXPECT_EQ(rows("customer").size(), 2u);
  EXPECT_EQ(rows("phone").size(), 1u);
  EXPECT_TRUE(rows("conflict").empty());
  EXPECT_EQ(head(), before);
}

// Found when the next night's file brought back whom somebody had deleted.
TEST_F(ImportTest, WhoWasDeletedHereIsNotBroughtBackByTheNextFile) {
  const std::string file = "ref,given,phone\nC1,Ada,+442075518700\nC2,Bob,\n";
  ASSERT_EQ(report(file).created, 2u);
  const Record ada = rows("customer").at(text(rows("customer").at(0), "customer", "given") == "Ada" ? 0 : 1);
  const auto& customers = *store_.ledger().schema().collection("customer");
  const OwnRow erased{
      {{sync::OpKind::erase_row, ada.key, leeds, 0, {}, sync::seen_digest(customers, ada, rows("phone"))}}};
  ASSERT_TRUE(intake_.take_own({&erased, 1}, at_ms_));
  ASSERT_EQ(rows("customer").size(), 1u);
  EXPECT_EQ(report(file).unchanged, 2u);
  EXPECT_EQ(report("ref,given,phone\nC1,Adah,+442075518701\nC2,Bob,\n").unchanged, 2u);
  EXPECT_EQ(rows("customer").size(), 1u);
}

TEST_F(ImportTest, ElementsOfASetAreAdded) {
  report("ref,given,tags\nC1,Ada,vip\n");
  report("ref,tags\nC1,late payer\n");
  EXPECT_EQ(tags(), (Texts{"late payer", "vip"}));
}

TEST_F(ImportTest, AnElementThatIsImportedAgainIsNotAddedAgain) {
  report("ref,given,tags\nC1,Ada,vip\n");
  const Cursor before = head();
  report("ref,given,tags\nC1,Ada,vip\n");
  EXPECT_EQ(head(), before);
  report("ref,title,tags\nC1,Dr,vip\n");
  EXPECT_EQ(tags(), Texts{"vip"});
}

TEST_F(ImportTest, WhatNobodyTouchedFollowsItsSource) {
  report("ref,given,family,phone\nC1,Ada,King,+442075518700\nC2,Bob,,\n");
  const auto night = report("ref,given,family,phone\nC1,Ada,Lovelace,+442075518701\nC2,Bob,,\nC3,Cleo,,\n");
  EXPECT_EQ(night.created, 1u);
  EXPECT_EQ(night.updated, 1u);
  EXPECT_EQ(night.unchanged, 1u);
  EXPECT_EQ(text_of("family"), "Lovelace");
  EXPECT_TRUE(rows("conflict").empty());
  ASSERT_EQ(rows("phone").size(), 1u) << "a number that the source has given up is given up";
  EXPECT_EQ(text(rows("phone")[0], "phone", "e164"), "+442075518701");
}

TEST_F(ImportTest, WhatPeopleChangedStaysUntilItsSourceChangesItToo) {
  report("ref,given,family\nC1,Ada,King\n");
  edits("family", "King", "Lovelace");
  EXPECT_EQ(report("ref,given,family\nC1,Ada,King\n").unchanged, 1u);
  EXPECT_EQ(text_of("family"), "Lovelace");
  const auto clash = report("ref,given,family\nC1,Ada,Noel\n");
  EXPECT_EQ(clash.conflicts, 1u);
  EXPECT_EQ(text_of("family"), "Lovelace");
  EXPECT_EQ(losing_values(), (std::multiset<std::string>{"[\"Noel\"]"}));
  EXPECT_EQ(report("ref,given,family\nC1,Ada,Noel\n").unchanged, 1u) << "told once";
  edits("family", "Lovelace", "Noel");
  EXPECT_EQ(report("ref,given,family\nC1,Adah,Noel\n").updated, 1u);
}

TEST_F(ImportTest, AnEmptyCellClearsWhatItsSourceSaidAndAMissingColumnSaysNothing) {
  report("ref,given,title,phone\nC1,Ada,Dr,+442075518700\n");
  EXPECT_EQ(report("ref,given\nC1,Ada\n").unchanged, 1u);
  EXPECT_EQ(text_of("title"), "Dr");
  EXPECT_EQ(rows("phone").size(), 1u);
  EXPECT_EQ(report("ref,given,title\nC1,Ada,\n").updated, 1u);
  EXPECT_EQ(text_of("title"), "");
}

TEST_F(ImportTest, InWhatTheCentralDatabaseDecidesItsWordStands) {
  report("ref,given,tier\nC1,Ada,silver\n");
  edits("tier", "silver", "vip");
  report("ref,tier\nC1,gold\n");
  EXPECT_EQ(text_of("tier"), "gold");
}

TEST_F(ImportTest, WhoIsNotInTheFileAnyMoreIsNamedAndStays) {
  ops_per_turn_ = 1;
  report("ref,given\nC1,Ada\nC2,Bob\nC3,Cleo\n");
  ASSERT_TRUE(import("ref,given\nC1,Ada\n", false, "acme/york"));
  const auto night = report("ref,given\nC1,Zoë\nC3,\xff\n");
  EXPECT_EQ(night.missing.refs, (std::vector<std::string>{"C2", "C3"})) << "a row that cannot be read names nobody";
  EXPECT_EQ(rows("customer").size(), 3u);
}

TEST_F(ImportTest, AnotherSourceKnowsNothingOfWhatTheFirstSaid) {
  report("ref,given\nC1,Ada\n");
  source_ = "bought-list";
  EXPECT_EQ(report("ref,given\nC1,Adah\n").conflicts, 1u);
  EXPECT_EQ(text_of("given"), "Ada");
  EXPECT_EQ(report("ref,given\nC1,Adah\n").unchanged, 1u);
  ASSERT_EQ(rows("conflict").size(), 1u);
  source_ = "Not a name";
  EXPECT_EQ(refusal("ref,given\nC1,Ada\n"), "not-a-source");
}

TEST_F(ImportTest, WhomADeskAddedWithTheRefOfARowIsWhoTheRowIsAbout) {
  const sync::Collection& customers = *store_.ledger().schema().collection("customer");
  const auto set = [&](std::string_view field, const std::string& value) {
    return sync::FieldChange{*customers.field(field), {}, value, {}, {}};
  };
  const Id desk = entropy_.id();
  does({sync::OpKind::create, {customers.no, desk}, leeds, 0, {set("ref", "C1"), set("given", "Ada")}, {}});
  const std::string file = "ref,given,city,phone\nC1,Ada,Leeds,+442075518700\nC2,Bob,,\n";
  const auto dry = import(file, true).value();
  EXPECT_EQ(std::pair(dry.created, dry.updated), std::pair(std::uint64_t{1}, std::uint64_t{1}));
  const auto first = report(file);
  EXPECT_EQ(std::pair(first.created, first.updated), std::pair(std::uint64_t{1}, std::uint64_t{1}));
  EXPECT_EQ(first.duplicate_count, 0u);
  ASSERT_EQ(rows("customer").size(), 2u);
  EXPECT_EQ(one().key.id, desk);
  EXPECT_EQ(text_of("city"), "Leeds");
  ASSERT_EQ(rows("phone").size(), 1u);
  EXPECT_EQ(rows("phone")[0].fields[0], sync::Value(desk));
  EXPECT_EQ(text_of("source"), "") << "it did not come from there";
  EXPECT_EQ(report(file).unchanged, 2u);
  const auto night = report("ref,given,city,phone\nC1,Adah,York,\n");
  EXPECT_EQ(night.updated, 1u) << "from now on it follows the source";
  EXPECT_EQ(night.missing.refs, std::vector<std::string>{"C2"});
  EXPECT_EQ(text_of("given") + " " + text_of("city"), "Adah York");
  EXPECT_TRUE(rows("phone").empty());
  EXPECT_TRUE(rows("conflict").empty());
}

TEST_F(ImportTest, ARowThatWouldLeaveACustomerWithoutAnyNameIsRejected) {
  report("ref,given,family\nC1,Ada,King\n");
  const auto night = report("ref,given,family\nC1,,\n");
  ASSERT_EQ(night.rejected.size(), 1u);
  EXPECT_EQ(night.rejected[0].code, "nobody-named");
  EXPECT_EQ(text_of("family"), "King");
  EXPECT_EQ(report("ref,given,family\nC1,,King\n").updated, 1u) << "one of them is enough";
}

}  // namespace
}  // namespace holdline::hub::testing
