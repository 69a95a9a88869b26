// What files bring that is neither right nor wrong by itself: line ends in cells, numbers that a spreadsheet shortened,
// customers whom people deleted or merged meanwhile, parts of files, and an address that thousands share.
#include "hub/import/rows.hpp"
#include "tests/unit/hub/import/fixture.hpp"

namespace holdline::hub::testing {
namespace {

TEST_F(ImportTest, LineEndsInACellAreLineEnds) {
  report("ref,given,notes\r\nC1,Ada,\"one\r\ntwo\rthree\"\r\n");
  EXPECT_EQ(text_of("notes"), "one\ntwo\nthree");
}

TEST_F(ImportTest, AReferenceThatASpreadsheetShortenedIsAskedAbout) {
  const auto told = report("ref,given,phone\n4.42079E+11,Ada,\nC2,Bob,none\n1E2,Cleo,\n");
  ASSERT_EQ(told.rejected.size(), 2u);
  EXPECT_EQ(told.rejected[0].code, "shortened-number");
  EXPECT_EQ(told.rejected[0].label, "Customer number");
  EXPECT_EQ(told.rejected[1].label, "Phone number") << "as the form names it";
}

TEST_F(ImportTest, ADryRunSaysThatColumnsAreGuessed) {
  const std::string csv = "Customer No,First Name\nC1,Ada\n";
  EXPECT_TRUE(import(csv, true)->columns_guessed);
  EXPECT_EQ(refusal(csv), "columns-guessed");
  accept_columns_ = true;
  EXPECT_FALSE(import(csv, true)->columns_guessed);
}

TEST_F(ImportTest, NobodyIsMissingFromAPart) {
  report("ref,given\nC1,Ada\nC2,Bob\n");
  EXPECT_EQ(report("ref,given\nC1,Ada\n").missing.refs, std::vector<std::string>{"C2"});
  const auto put_right = report("rejected_row,rejected_field,rejected_because,ref,given\n2,,,C1,Ada\n");
  EXPECT_TRUE(put_right.partial);
  EXPECT_EQ(put_right.missing.count, 0u);
}

TEST_F(ImportTest, WhomPeopleDeletedOrMergedStaysSo) {
  report("ref,given,city\nC1,Ada,Leeds\nC2,Ada,Leeds\nC3,Bob,Leeds\n");
  merges("C2", "C1");
  deletes("C3");
  const auto night = report("ref,given,city\nC1,Ada,Leeds\nC2,Ada,York\nC3,Bob,York\n");
  EXPECT_EQ(night.merged.refs, std::vector<std::string>{"C2"});
  EXPECT_EQ(night.deleted.refs, std::vector<std::string>{"C3"});
  EXPECT_EQ(night.unchanged, 2u);
  EXPECT_EQ(night.updated, 1u);
  EXPECT_EQ(text_of("city"), "York") << "done to the one it is now";
  EXPECT_EQ(text_of_ref("C3", "city"), "(not here)");
  deletes("C1");
  const auto alone = report("ref,given,city\nC2,Ada,Hull\n");
  EXPECT_EQ(alone.conflicts, 1u) << "it stands for itself again, where it was left: " << alone.updated
                                 << alone.unchanged << alone.created << alone.merged.count << alone.deleted.count
                                 << alone.rejected.size();
}

TEST_F(ImportTest, SpellingsOfOneNumberAreOneCustomer) {
  const auto first =
      report("ref,given,city\nKD-10,Ada,Leeds\nkd\u201110,Adah,\n\u00a0KD\u201310 ,Ada,\n\uff2bD-10,A,\nKD10,Bob,\n");
  EXPECT_EQ(first.created, 2u);
  ASSERT_EQ(first.rejected.size(), 3u);
  for (const RejectedRow& row : first.rejected) EXPECT_EQ(row.code, "ref-twice");
  const auto night = report("ref,given,city\nkd-10,Ada,York\nkd10,Bob,\n");
  EXPECT_EQ(night.updated, 1u);
  EXPECT_EQ(night.unchanged, 1u);
  EXPECT_EQ(night.missing.count, 0u);
  EXPECT_EQ(text_of_ref("KD-10", "city"), "York") << "shown as it was written first";
  source_ = "erp";
  const auto other = report("ref,given,city\nKd\u201110,Ada,York\n");
  EXPECT_EQ(other.unchanged, 1u);
  EXPECT_TRUE(rows("conflict").empty());
  EXPECT_EQ(rows("customer").size(), 2u);
}

TEST_F(ImportTest, WhatASourceSaidBeforeNumbersWereFoldedIsNotForgotten) {
  const auto& customers = *store_.ledger().schema().collection("customer");
  const Id former = root_of(customers, leeds, "KD-10");
  ToldCustomer told(1);
  told.front().key = {customers.no, former};
  told.front().scope = leeds;
  told.front().fields.resize(customers.fields.size());
  const auto set = [&](const char* field, const char* value) {
    told.front().fields[*customers.field(field)] = std::string(value);
  };
  set("ref", "KD-10");
  set("city", "Leeds");
  sync::Op made{sync::OpKind::create, told.front().key, leeds, 0, {}, {}};
  for (const char* field : {"ref", "city"})
    made.changes.push_back({*customers.field(field), {}, told.front().fields[*customers.field(field)], {}, {}});
  made.changes.push_back({*customers.field("given"), {}, "Ada", {}, {}});
  std::ranges::sort(made.changes, {}, &sync::FieldChange::field);
  const OwnRow row{{made}, ImportedRow{"crm", former, encode_told(store_.ledger().schema(), told)}};
  ASSERT_TRUE(intake_.take_own({&row, 1}, at_ms_));
  const auto night = report("ref,city\nKD-10,York\n");
  EXPECT_EQ(night.updated, 1u) << "it follows";
  EXPECT_EQ(night.missing.count, 0u);
  EXPECT_EQ(report("ref,city\nkd\u201110,Hull\n").updated, 1u);
  EXPECT_EQ(report("ref,city\nX1,Hull\n").missing.refs, std::vector<std::string>{"KD-10"});
}

TEST_F(ImportTest, ANumberHasOneExtensionOrTheRowIsRejectedAsAtADesk) {
  const auto two = report("ref,given,phone,phone2\nC1,Ada,+442075518700 ext. 12,+442075518700 ext. 14\n");
  ASSERT_EQ(two.rejected.size(), 1u);
  EXPECT_EQ(two.rejected[0].code, "there-already");
  EXPECT_EQ(two.rejected[0].field, "e164");
  EXPECT_EQ(two.rejected[0].message,
            "Phone number 2 is there already. With two extensions it is one number: say both in its Extension, like 12 "
            "or 14.");
  EXPECT_EQ(report("ref,given,phone,phone2\nC1,Ada,+442075518700,+442075518700 ext. 14\n").created, 1u);
  const auto extension = [&] { return text(rows("phone").at(0), "phone", "extension"); };
  EXPECT_EQ(extension(), "14") << "what only the second column says is not lost";
  EXPECT_EQ(report("ref,given,phone\nC1,Ada,+442075518700 ext. 15\n").updated, 1u);
  EXPECT_EQ(extension(), "15") << "what the source says later neither";
  source_ = "erp";
  EXPECT_EQ(report("ref,given,phone\nC1,Ada,+442075518700 ext. 16\n").conflicts, 1u);
  EXPECT_EQ(extension(), "15");
}

TEST_F(ImportTest, WhoWasAddedAndDeletedAtADeskIsNotBroughtBack) {
  const auto& customers = *store_.ledger().schema().collection("customer");
  sync::Op made{sync::OpKind::create, {customers.no, id_of(77)}, leeds, 0, {}, {}};
  made.changes = {{*customers.field("ref"), {}, "D-1", {}, {}}, {*customers.field("given"), {}, "Ada", {}, {}}};
  does(made);
  deletes("D-1");
  const auto told = report("ref,given,phone\nd-1,Ada,+442075518700\nC2,Bob,\n");
  EXPECT_EQ(told.deleted.refs, std::vector<std::string>{"D-1"}) << "as it stands here";
  EXPECT_EQ(told.unchanged, 1u);
  EXPECT_EQ(told.created, 1u);
  EXPECT_EQ(rows("customer").size(), 1u);
  EXPECT_TRUE(rows("phone").empty());
}

TEST_F(ImportTest, WhatOnlyTheSystemSetsIsNoColumn) {
  for (const std::string column : {"drill", "merged_into", "primary_phone", "primary_postal"}) {
    EXPECT_EQ(refusal("ref,given," + column + "\nC1,Ada,\n"), "not-of-a-file") << column;
    const auto refused = import("ref,given," + column + "\nC1,Ada,\n");
    EXPECT_NE(refused.error().message.find("'" + column + "'"), std::string::npos) << refused.error().message;
    columns_ = {{"X", column}};
    EXPECT_EQ(refusal("ref,given,X\nC1,Ada,\n"), "not-of-a-file") << column;
    columns_ = {{column, ""}};
    EXPECT_EQ(report("ref,given," + column + "\nC1,Ada,yes\n").rejected_count, 0u) << "left out on purpose";
    columns_.clear();
  }
  accept_columns_ = true;
  EXPECT_EQ(report("ref,given,Practice\nC1,Ada,Dr Hill\n").rejected_count, 0u) << "a guess is none";
}

TEST_F(ImportTest, AnAddressThatThousandsShareIsComparedWithAFew) {
  std::string csv = "ref,given,family,email\n";
  for (int n = 0; n < 3'000; ++n) csv += "C" + std::to_string(n) + ",Ada,Lovelace,none@example.com\n";
  const auto first = report(csv);
  EXPECT_GT(first.duplicate_count, 0u);
  EXPECT_LE(first.duplicate_count, 3'000u * 10);
  source_ = "list";
  EXPECT_LE(report("ref,given,family,email\nL1,Ada,Lovelace,none@example.com\n").duplicate_count, 10u);
}

TEST_F(ImportTest, AHitOnAnAliasLeadsToWhomItIsNow) {
  report("ref,given,family,phone,postcode\nC1,Ada,King,,\nC2,Ada,Lovelace,+442075518700,LS1 4DY\n");
  merges("C2", "C1");
  source_ = "list";
  const auto told = report("ref,given,family,phone,postcode\nL1,Ada,Lovelace,+442075518700,LS1 4DY\n");
  ASSERT_EQ(told.duplicates.size(), 1u);
  EXPECT_EQ(told.duplicates[0].other_ref, "C1");
}

TEST_F(ImportTest, AnImportThatIsNotedIsNotOverwritten) {
  ImportRequest request{leeds, "crm"};
  request.run = id_of(7);
  request.begun_ms = 1;
  ASSERT_TRUE(import_all(CustomerImport::begin(store_.ledger(), "ref,given\nC1,Ada\n", request), intake_, at_ms_));
  EXPECT_EQ(code_of(CustomerImport::begin(store_.ledger(), "ref,given\nC2,Bob\n", request)), "run-known");
}

}  // namespace
}  // namespace holdline::hub::testing
