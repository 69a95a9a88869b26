#include "hub/admin/import.hpp"

#include <gtest/gtest.h>

#include <set>

#include "platform/text/csv.hpp"
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

// A hub with the shipped schema, into which files are imported.
class ImportTest : public ::testing::Test {
 protected:
  // Each file comes later than the one before.
  Result<ImportReport> import(const std::string& csv, bool dry_run = false, const std::string& scope = leeds) {
    return import_customers(store_.ledger().schema(), intake_, csv, scope, dry_run, at_ms_ += 1000);
  }
  ImportReport report(const std::string& csv) { return import(csv).value(); }
  std::string refusal(const std::string& csv) { return code_of(import(csv)); }

  std::vector<Record> rows(std::string_view collection) {
    const auto reader = std::move(store_.ledger().reader().value());
    const std::vector<std::string> scopes{leeds};
    const auto found = reader->rows(store_.ledger().schema().collection(collection)->no, scopes, Id{}, 100'000).value();
    std::vector<Record> records;
    for (const VersionedRecord& row : found) records.push_back(row.stored.record);
    return records;
  }
  std::string text(const Record& record, std::string_view collection, std::string_view field) {
    const auto index = store_.ledger().schema().collection(collection)->field(field).value();
    const auto* found = std::get_if<std::string>(&record.fields[index]);
    return found ? *found : "";
  }
  // Of the customer C1.
  Record one() {
    auto customers = rows("customer");
    return *std::ranges::find(customers, "C1", [&](const Record& row) { return text(row, "customer", "ref"); });
  }
  std::string text_of(std::string_view field) { return text(one(), "customer", field); }
  std::multiset<std::string> tags() {
    const Record customer = one();
    const auto field = store_.ledger().schema().collection("customer")->field("tags").value();
    std::multiset<std::string> texts;
    for (const auto& element : std::get<sync::Elements>(customer.fields[field])) texts.insert(element.text);
    return texts;
  }
  // What lost, of every conflict.
  std::multiset<std::string> losing_values() {
    std::multiset<std::string> lost;
    for (const Record& conflict : rows("conflict")) lost.insert(text(conflict, "conflict", "other"));
    return lost;
  }
  // As a supervisor does.
  void resolve(const Record& conflict) {
    const auto state = store_.ledger().schema().collection("conflict")->field("state").value();
    const std::vector ops{
        sync::Op{sync::OpKind::edit, conflict.key, leeds, 0, {{state, sync::Value("open"), "resolved", {}, {}}}, {}}};
    ASSERT_TRUE(intake_.take_own(ops, at_ms_));
  }
  // Rows of one op each, more than one change holds.
  static std::string many_others() {
    std::string rows;
    for (int i = 0; i < 1'000; ++i) rows += "X" + std::to_string(i) + ",Xenia,\n";
    return rows;
  }
  Cursor head() { return store_.ledger().reader().value()->head().value(); }

  SqliteStore store_{std::string(sync::default_schema_text())};
  support::TestEntropy entropy_;
  Intake intake_{store_.ledger(), entropy_};
  std::int64_t at_ms_ = now_ms;
};

TEST_F(ImportTest, AGoodRowBecomesACustomerWithPhonesAndEmails) {
  const auto report = this->report(
      "ref,given,family,phone,phone2,email\nC1,Ada,Lovelace,+442075518700,+441515550100,ada@example.com\n");
  EXPECT_EQ(report.rows, 1u);
  EXPECT_EQ(report.accepted, 1u);
  EXPECT_EQ(report.rejected_count, 0u);
  const auto customers = rows("customer");
  ASSERT_EQ(customers.size(), 1u);
  EXPECT_EQ(text(customers[0], "customer", "family"), "Lovelace");
  EXPECT_EQ(rows("phone").size(), 2u);
  ASSERT_EQ(rows("email").size(), 1u);
  EXPECT_EQ(rows("email")[0].fields.at(0), sync::Value(customers[0].key.id));
}

TEST_F(ImportTest, EveryBadRowIsToldByItsLineAndTheGoodOnesAreImported) {
  const std::string too_long(platform::CsvReader::max_row_bytes + 1, 'x');
  const auto report = this->report(
      "ref,given,phone\n"       // 1
      "C1,Ada,+442075518700\n"  // 2
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
  EXPECT_EQ(report.accepted, 2u);
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

TEST_F(ImportTest, AFileImportedTwiceAddsNothing) {
  const std::string file = "ref,given,phone\nC1,Ada,+442075518700\nC2,Bob,\n";
  report(file);
  const Cursor before = head();
  EXPECT_EQ(report(file).accepted, 2u);
  EXPECT_EQ(rows("customer").size(), 2u);
  EXPECT_EQ(rows("phone").size(), 1u);
  EXPECT_TRUE(rows("conflict").empty());
  EXPECT_EQ(head(), before);
}

TEST_F(ImportTest, ARefThatComesTwiceIsOneCustomerAndTheOtherValueIsKeptAsAConflict) {
  report("ref,given\nC1,Ada\nC1,Adah\n");
  const auto customers = rows("customer");
  ASSERT_EQ(customers.size(), 1u);
  EXPECT_EQ(text(customers[0], "customer", "given"), "Ada");
  EXPECT_EQ(rows("conflict").size(), 1u);
}

TEST_F(ImportTest, ANumberThatComesTwiceInARowIsOnePhone) {
  EXPECT_EQ(report("ref,phone,phone2\nC1,+442075518700,+442075518700\n").accepted, 1u);
  EXPECT_EQ(rows("phone").size(), 1u);
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
  EXPECT_EQ(tried.accepted, 1u);
  EXPECT_EQ(tried.rejected_count, 1u);
  EXPECT_EQ(head(), Cursor{});
}

TEST_F(ImportTest, MoreRowsThanOneTakeHoldsAreAllImported) {
  std::string file = "ref,given\n";
  for (int i = 0; i < 10'050; ++i) file += "C" + std::to_string(i) + ",Ada\n";
  EXPECT_EQ(report(file).accepted, 10'050u);
  EXPECT_EQ(rows("customer").size(), 10'050u);
}

TEST_F(ImportTest, RejectedRowsAreCountedBeyondThoseThatAreListed) {
  std::string file = "ref,given\n";
  for (int i = 0; i < 1'005; ++i) file += ",Ada\n";
  const auto report = this->report(file);
  EXPECT_EQ(report.rejected_count, 1'005u);
  EXPECT_EQ(report.rejected.size(), 1'000u);
}

TEST_F(ImportTest, WindowsFilesAreReadLikeOthers) {
  EXPECT_EQ(report("\xef\xbb\xbfref,given\r\nC1,Ada\r\n").accepted, 1u);
  EXPECT_EQ(text(rows("customer").at(0), "customer", "given"), "Ada");
}

TEST_F(ImportTest, AHeaderThatCannotBeUsedRefusesTheFile) {
  EXPECT_EQ(refusal(""), "no-header");
  EXPECT_EQ(refusal("given,family\nAda,Lovelace\n"), "no-ref");
  EXPECT_EQ(refusal("ref,shoe_size\nC1,40\n"), "unknown-column");
  EXPECT_EQ(refusal("ref,given,given\nC1,Ada,Adah\n"), "column-twice");
  EXPECT_EQ(refusal("ref,phone,phone\nC1,,\n"), "column-twice");
  EXPECT_EQ(head(), Cursor{});
}

TEST_F(ImportTest, TypedColumnsTakeWholeValuesOnly) {
  const auto report = this->report(
      "ref,source_version,vulnerable,created_at\n"
      "C1,12,yes,2026-03-01T09:30:00Z\n"
      "C2,12abc,,\n"
      "C3, 12,,\n"
      "C4,99999999999999999999,,\n"
      "C5,,maybe,\n"
      "C6,,,yesterday\n");
  EXPECT_EQ(report.accepted, 1u);
  EXPECT_EQ(report.rejected_count, 5u);
  for (const RejectedRow& row : report.rejected) EXPECT_EQ(row.code, "wrong-type") << row.line;
}

using Texts = std::multiset<std::string>;

TEST_F(ImportTest, ElementsOfASetAreAdded) {
  report("ref,tags\nC1,vip\n");
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

TEST_F(ImportTest, ElementsOfOneCustomerFarApartInAFileAreAllKept) {
  report("ref,given,tags\nC1,Ada,vip\n" + many_others() + "C1,Ada,late payer\n");
  EXPECT_EQ(tags(), (Texts{"late payer", "vip"}));
}

TEST_F(ImportTest, AValueThatLostIsOneConflictHoweverOftenItIsImported) {
  report("ref,given,family\nC1,Ada,King\n");
  report("ref,given\nC1,Adah\n");
  report("ref,given,family\nC1,Adah,King\n");
  EXPECT_EQ(losing_values(), Texts{"[\"Adah\"]"});
  resolve(rows("conflict").at(0));
  report("ref,given\nC1,Adah\n");
  ASSERT_EQ(rows("conflict").size(), 1u);
  EXPECT_EQ(text(rows("conflict")[0], "conflict", "state"), "resolved");
}

TEST_F(ImportTest, ValuesOfOneCustomerFarApartInAFileAreAllKept) {
  report("ref,given\nC1,Ada\n");
  report("ref,given,title\nC1,Bea,\n" + many_others() + "C1,Cleo,\n");
  EXPECT_EQ(text_of("given"), "Ada");
  EXPECT_EQ(losing_values(), (Texts{"[\"Bea\"]", "[\"Cleo\"]"}));
}

TEST_F(ImportTest, WhereTheLatestWinsTheLatestImportDoesAndEveryOtherValueIsKept) {
  report("ref,lang\nC1,en\n");
  for (const char* lang : {"fr", "en", "de", "en"}) {
    report("ref,lang\nC1," + std::string(lang) + "\n");
    EXPECT_EQ(text_of("lang"), lang);
  }
  EXPECT_EQ(losing_values(), (Texts{"[\"de\"]", "[\"en\"]", "[\"fr\"]"}));
}
TEST_F(ImportTest, AScopeThatIsNoneRejectsEveryRow) {
  const auto report = import("ref,given\nC1,Ada\n", false, "Not A Scope").value();
  EXPECT_EQ(report.accepted, 0u);
  EXPECT_EQ(report.rejected.at(0).code, "not-a-scope");
}

}  // namespace
}  // namespace holdline::hub::testing
