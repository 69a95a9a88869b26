#include "hub/import/import.hpp"

#include "platform/text/csv.hpp"
#include "tests/unit/hub/import/fixture.hpp"

namespace holdline::hub::testing {
namespace {

TEST_F(ImportTest, AGoodRowBecomesACustomerWithPhonesAndEmails) {
  const auto report = this->report(
      "ref,given,family,phone,phone2,email\nC1,Ada,Lovelace,+442075518700,+441515550100,ada@example.com\n");
  EXPECT_EQ(report.rows, 1u);
  EXPECT_EQ(report.created, 1u);
  EXPECT_EQ(report.rejected_count, 0u);
  const auto customers = rows("customer");
  ASSERT_EQ(customers.size(), 1u);
  EXPECT_EQ(text(customers[0], "customer", "family"), "Lovelace");
  EXPECT_EQ(rows("phone").size(), 2u);
  ASSERT_EQ(rows("email").size(), 1u);
  EXPECT_EQ(rows("email")[0].fields.at(0), sync::Value(customers[0].key.id));
}

// As a ledger of an earlier version may have it, where whoever knew scope and ref could make the record first.
TEST_F(ImportTest, ARowWhoseRecordIsThereInAnotherScopeIsToldAndNothingOfItGoesThere) {
  const sync::Collection& customer = *store_.ledger().schema().collection("customer");
  const auto given = *customer.field("given");
  const sync::RecordKey taken{customer.no, sync::natural_id(customer.no, {}, leeds + "\nc1")};
  const std::vector<OwnRow> squatted{
      {{sync::Op{sync::OpKind::create, taken, "acme/york", 0, {{given, {}, std::string("Mallory"), {}, {}}}, {}}}}};
  ASSERT_EQ(intake_.take_own(squatted, at_ms_).value().at(0).effect, RowEffect::created);
  for (const bool dry : {true, false}) {
    const auto report = import("ref,given,phone\nC1,Ada,+442075518700\nC2,Bob\nC3,Cleo,+442075518701\n", dry).value();
    EXPECT_EQ(report.created, 1u);
    ASSERT_EQ(report.rejected.size(), 2u);
    EXPECT_EQ(report.rejected[0].line, 2u);
    EXPECT_EQ(report.rejected[0].code, "scope-clash");
    EXPECT_EQ(report.rejected[1].code, "wrong-columns");
  }
  const auto there = store_.ledger().reader().value()->row(taken).value();
  EXPECT_EQ(there->stored.record.scope, "acme/york");
  EXPECT_EQ(there->stored.record.fields[given], sync::Value(std::string("Mallory")));
  EXPECT_EQ(rows("phone").size(), 1u) << "nor a child of it";
}

TEST_F(ImportTest, EveryBadRowIsToldByItsLineAndTheGoodOnesAreImported) {
  const std::string too_long(platform::CsvReader::max_row_bytes + 1, 'x');
  const auto report = this->report(
      "ref,given,phone\n"       // 1
      "C1,Zoë,+442075518700\n"  // 2
      "C2,Bob\n"                // 3: too few columns
      "C3,Bob,+441,x\n"         // 4: too many
      "C4," +
      too_long +
      ",\n"                      // 5
      "C5,K\xf6ln,\n"            // 6: not UTF-8
      "C6,Cleo,0207 551 8700\n"  // 7: no E.164
      ",Dora,\n"                 // 8: no ref
      "C7,\"Eve\n,\"x\",\n"      // 9 and 10: a quote inside a field
      "C8,Fay,\n");              // 11
  EXPECT_EQ(report.created, 2u);
  EXPECT_EQ(report.rows, 9u);
  std::vector<std::pair<std::uint64_t, std::string>> told;
  for (const RejectedRow& row : report.rejected) told.emplace_back(row.line, row.code);
  EXPECT_EQ(told, (std::vector<std::pair<std::uint64_t, std::string>>{{3, "wrong-columns"},
                                                                      {4, "wrong-columns"},
                                                                      {5, "malformed"},
                                                                      {6, "malformed"},
                                                                      {7, "not-a-phone"},
                                                                      {8, "required"},
                                                                      {9, "malformed"}}));
  const auto customers = rows("customer");
  ASSERT_EQ(customers.size(), 2u);
  EXPECT_EQ(rows("phone").size(), 1u);
}

TEST_F(ImportTest, ARejectedRowIsRejectedAsAWhole) {
  report("ref,given,phone,phone2\nC1,Ada,+442075518700,none\n");
  EXPECT_TRUE(rows("customer").empty());
  EXPECT_TRUE(rows("phone").empty());
}

TEST_F(ImportTest, AReasonDoesNotRepeatWhatStoodInTheRow) {
  const auto report = this->report("ref,given,phone\nC1,Secretname,Secretnumber\n");
  ASSERT_EQ(report.rejected.size(), 1u);
  EXPECT_EQ(report.rejected[0].field, "e164");
  EXPECT_EQ(report.rejected[0].message.find("Secret"), std::string::npos);
}

TEST_F(ImportTest, ACustomerNamedTwiceInAFileIsTakenOnceAndTheOtherLineIsTold) {
  ops_per_turn_ = 1;
  const auto report = this->report("ref,given\nC1,Ada\nC1,Adah\n");
  EXPECT_EQ(report.created, 1u);
  EXPECT_EQ(text_of("given"), "Ada");
  EXPECT_TRUE(rows("conflict").empty());
  ASSERT_EQ(report.rejected.size(), 1u);
  EXPECT_EQ(report.rejected[0].line, 3u);
  EXPECT_EQ(report.rejected[0].code, "ref-twice");
}

TEST_F(ImportTest, ANumberThatComesTwiceInARowIsOnePhone) {
  EXPECT_EQ(report("ref,given,phone,phone2\nC1,Ada,+442075518700,0044 20 7551 8700\n").created, 1u);
  EXPECT_EQ(rows("phone").size(), 1u);
}

TEST_F(ImportTest, CellsArePutRightAsAtADesk) {
  ImportRequest british{leeds};
  british.site.region = "GB";
  const auto report = import_all(
      CustomerImport::begin(store_.ledger(),
                            "ref,given,country,phone,email\n K1 , Ada ,uk,020 7946 0018 ext. 5, SP@Example.com \n"
                            "K2,Bob,,4.42079E+11,\nK3,Cleo,ZZ,,\n",
                            british),
      intake_, at_ms_);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->rejected.size(), 2u);
  EXPECT_NE(report->rejected[0].message.find("spreadsheet"), std::string::npos);
  EXPECT_EQ(report->rejected[1].code, "no-such-country");
  const Record customer = rows("customer").at(0), phone = rows("phone").at(0);
  EXPECT_EQ(text(customer, "customer", "ref"), "K1");
  EXPECT_EQ(text(customer, "customer", "country"), "GB");
  EXPECT_EQ(text(phone, "phone", "e164"), "+442079460018");
  EXPECT_EQ(text(phone, "phone", "extension"), "5");
  EXPECT_EQ(text(rows("email").at(0), "email", "addr"), "SP@example.com");
}

// Whoever is new needs a name; what is added to somebody who is there does not.
TEST_F(ImportTest, SomebodyNewIsNamed) {
  const auto first = report("ref,given,city\nC1,Ada,\nC2,,York\n");
  ASSERT_EQ(first.rejected.size(), 1u);
  EXPECT_EQ(first.rejected[0].line, 3u);
  EXPECT_EQ(first.rejected[0].code, "nobody-named");
  EXPECT_EQ(report("ref,title\nC1,Dr\n").updated, 1u);
}

TEST_F(ImportTest, ARowWithAnOpenQuestionIsRejectedUntilItIsAnswered) {
  const std::string csv = "ref,family\nC1,07700 900123\n";
  EXPECT_EQ(report(csv).rejected.at(0).code, "looks-like-phone");
  ImportRequest answered{leeds};
  answered.acceptance = sync::Acceptance{{"looks-like-phone"}, "as the old system had them"};
  ASSERT_EQ(import_all(CustomerImport::begin(store_.ledger(), csv, answered), intake_, at_ms_).value().created, 1u);
  const auto steps = store_.ledger().reader().value()->history(one().key, 10).value();
  ASSERT_TRUE(steps.at(0).by);
  EXPECT_EQ(steps[0].by->acceptance, answered.acceptance);
}

TEST_F(ImportTest, ANationalNumberIsReadByTheCountryOfItsRow) {
  ImportRequest request{leeds};
  request.site.region = "GB";
  const std::string csv =
      "ref,given,country,phone\nC1,Ada,DE,089 1234567\nC2,Bob,Germany,07700 900123\nC3,Cleo,,020 7946 0018\n";
  ASSERT_EQ(import_all(CustomerImport::begin(store_.ledger(), csv, request), intake_, at_ms_).value().created, 3u);
  std::set<std::string> numbers;
  for (const Record& phone : rows("phone")) numbers.insert(text(phone, "phone", "e164"));
  EXPECT_TRUE(numbers.contains("+49891234567"));
  EXPECT_TRUE(numbers.contains("+442079460018"));
}

TEST_F(ImportTest, AllFaultsOfARowAreToldAtOnce) {
  const auto told = report("ref,given,created_at,phone,email\nC1,Ada,31.13.2026,none,nowhere\n");
  ASSERT_EQ(told.rejected_count, 1u);
  EXPECT_EQ(told.rejected[0].field, "created_at");
  for (const char* part : {"created_at", "Phone", "E-mail"})
    EXPECT_NE(told.rejected[0].message.find(part), std::string::npos) << told.rejected[0].message;
}

TEST_F(ImportTest, TheSameRefInTwoScopesIsTwoCustomers) {
  report("ref,given\nC1,Ada\n");
  ASSERT_TRUE(import("ref,given\nC1,Bob\n", false, "acme/york"));
  const auto leeds_rows = rows("customer");
  ASSERT_EQ(leeds_rows.size(), 1u);
  EXPECT_EQ(text(leeds_rows[0], "customer", "given"), "Ada");
}

TEST_F(ImportTest, ADryRunSaysTheSameAndStoresNothing) {
  const std::string file = "ref,given,phone\nC1,Ada,\nC2,Bob,none\n";
  const auto tried = import(file, true).value();
  EXPECT_EQ(tried.created, 1u);
  EXPECT_EQ(tried.rejected_count, 1u);
  EXPECT_EQ(head(), Cursor{});
}

TEST_F(ImportTest, MoreRowsThanOneTakeHoldsAreAllImported) {
  std::string file = "ref,given\n";
  for (int i = 0; i < 10'050; ++i) file += "C" + std::to_string(i) + ",Ada\n";
  EXPECT_EQ(report(file).created, 10'050u);
  EXPECT_EQ(rows("customer").size(), 10'050u);
}

TEST_F(ImportTest, EveryRejectedRowIsTold) {
  std::string file = "ref,given\n";
  for (int i = 0; i < 1'005; ++i) file += ",Ada\n";
  const auto report = this->report(file);
  EXPECT_EQ(report.rejected_count, 1'005u);
  EXPECT_EQ(report.rejected.size(), 1'005u);
}

TEST_F(ImportTest, WindowsFilesAreReadLikeOthers) {
  EXPECT_EQ(report("\xef\xbb\xbfref,given\r\nC1,Ada\r\n").created, 1u);
  EXPECT_EQ(text(rows("customer").at(0), "customer", "given"), "Ada");
}

TEST_F(ImportTest, AFileOfASpreadsheetIsReadAsItWasSaved) {
  accept_columns_ = true;
  const auto report = this->report(
      "\xef\xbb\xbfsep=;\r\nCustomer No;First Name;Last Name;Phone;Mobile;Shoe size;\r\n"
      " C1 ;Zo\xc3\xab; ;+442075518700;+447700900123;40;\r\n;;;;;;\r\nC2;\"two\nlines\";;;;;;\r\nC3;x\r\n");
  EXPECT_EQ(report.read_as, "UTF-8, columns separated by semicolons");
  EXPECT_EQ(report.created, 2u);
  EXPECT_EQ(report.blank, 1u);
  ASSERT_EQ(report.rejected.size(), 1u);
  EXPECT_EQ(report.rejected[0].line, 7u);
  EXPECT_EQ(text_of("given"), "Zo\xc3\xab");
  EXPECT_EQ(rows("phone").size(), 2u);
  using Column = std::pair<std::string, std::string>;
  EXPECT_EQ(report.columns.at(0), Column("Customer No", "ref"));
  EXPECT_EQ(report.columns.at(5), Column("Shoe size", ""));
}

TEST_F(ImportTest, WhatIsGuessedOfAHeaderIsShownBeforeItIsReliedOn) {
  const std::string file = "Customer No,First Name,Nick\nC1,Augusta,Ada\n";
  const auto refused = import(file);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "columns-guessed");
  EXPECT_NE(refused.error().message.find("Customer No: ref"), std::string::npos);
  EXPECT_EQ(import(file, true)->created, 1u) << "a dry run shows it by doing so";
  columns_ = {{"Customer No", "ref"}, {"First Name", ""}, {"Nick", "given"}};
  EXPECT_EQ(report(file).created, 1u);
  EXPECT_EQ(text_of("given"), "Ada");
  columns_["Nick"] = "nickname";
  EXPECT_EQ(refusal(file), "unknown-column");
}

TEST_F(ImportTest, AHeaderThatCannotBeUsedRefusesTheFile) {
  EXPECT_EQ(refusal(""), "no-header");
  EXPECT_EQ(refusal("given,family\nAda,Lovelace\n"), "no-ref");
  EXPECT_EQ(refusal("ref,shoe_size\nC1,40\n"), "columns-guessed");
  EXPECT_EQ(refusal("ref,given,given\nC1,Ada,Adah\n"), "column-twice");
  EXPECT_EQ(head(), Cursor{});
}

TEST_F(ImportTest, TypedColumnsTakeWholeValuesOnly) {
  const auto report = this->report(
      "ref,given,source_version,vulnerable,created_at\n"
      "C1,Ada, 12 ,yes,2026-03-01T09:30:00Z\n"
      "C2,Ada,12abc,,\n"
      "C3,Ada,1 2,,\n"
      "C4,Ada,99999999999999999999,,\n"
      "C5,Ada,,maybe,\n"
      "C6,Ada,,,yesterday\n");
  EXPECT_EQ(report.created, 1u);
  EXPECT_EQ(report.rejected_count, 5u);
  for (const RejectedRow& row : report.rejected) EXPECT_EQ(row.code, "wrong-type") << row.line;
}

TEST_F(ImportTest, ManyTurnsTakeEveryRowOnceAndTellWhatIsWrongInItsOrder) {
  ops_per_turn_ = 3;
  std::string csv = "ref,given,phone\n";
  for (int i = 1; i <= 20; ++i)
    csv +=
        "C" + std::to_string(i) + ",Ada," + (i % 7 == 0 ? "no number" : "+441632960" + std::to_string(100 + i)) + "\n";
  const auto taken = report(csv);
  EXPECT_EQ(taken.rows, 20u);
  EXPECT_EQ(taken.created, 18u);
  ASSERT_EQ(taken.rejected.size(), 2u);
  EXPECT_EQ(taken.rejected[0].line, 8u);
  EXPECT_EQ(taken.rejected[1].line, 15u);
  EXPECT_EQ(rows("customer").size(), 18u);
  EXPECT_EQ(rows("phone").size(), 18u);
}

TEST_F(ImportTest, AScopeThatIsNoneRejectsEveryRow) {
  const auto report = import("ref,given\nC1,Ada\n", false, "Not A Scope").value();
  EXPECT_EQ(report.created, 0u);
  EXPECT_EQ(report.rejected.at(0).code, "not-a-scope");
}

}  // namespace
}  // namespace holdline::hub::testing
