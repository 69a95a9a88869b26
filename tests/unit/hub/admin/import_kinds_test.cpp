// What files bring that is neither right nor wrong by itself: line ends in cells, numbers that a spreadsheet shortened,
// customers whom people deleted or merged meanwhile, parts of files, and an address that thousands share.
#include "tests/unit/hub/admin/import_fixture.hpp"

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
