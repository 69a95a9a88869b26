// What an import tells beside what it takes: how far it came, where customers come from, and who is probably known.
#include "hub/import/duplicates.hpp"
#include "hub/import/import.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/merge/conflicts.hpp"
#include "sync/table/export.hpp"
#include "tests/unit/hub/import/fixture.hpp"

namespace holdline::hub::testing {
namespace {

TEST_F(ImportTest, ObjectsAreReadByTheRulesOfColumns) {
  const auto report = this->report(
      "{\"ref\":\"C1\",\"given\":\"Ada\",\"phone\":[\"+442075518700\",\"+441515550100\"],\"vulnerable\":true}\n\n"
      "{\"ref\":\"C2\",\"given\":\"Bob\",\"phone\":\"none\"}\n{\"ref\":\"C3\",\"given\":[{}]}\nC4,Cleo\n"
      "{\"ref\":\"C1\",\"given\":\"Adah\"}\n");
  EXPECT_EQ(report.read_as, "UTF-8, one JSON object a line");
  EXPECT_EQ(report.blank, 1u);
  EXPECT_EQ(report.created, 1u);
  std::vector<std::pair<std::uint64_t, std::string>> told;
  for (const RejectedRow& row : report.rejected) told.emplace_back(row.line, row.code);
  EXPECT_EQ(told, (std::vector<std::pair<std::uint64_t, std::string>>{
                      {3, "not-a-phone"}, {4, "malformed"}, {5, "malformed"}, {6, "ref-twice"}}));
  EXPECT_EQ(rows("phone").size(), 2u);
  EXPECT_EQ(refusal("[{\"ref\":1}]"), "not-a-table");
}

TEST_F(ImportTest, ANewCustomerSaysWhereAndWhenItWasObtainedAndIsNotVerified) {
  ImportRequest bought{leeds, "bought-list"};
  bought.obtained_ms = 1'000;
  bought.constants = {{"lang", "en"}};
  ASSERT_EQ(import_all(CustomerImport::begin(store_.ledger(), "ref,given\nC1,Ada\n", bought), intake_, at_ms_)->created,
            1u);
  EXPECT_EQ(text_of("source"), "bought-list");
  EXPECT_EQ(text_of("lang"), "en");
  const auto& customers = *store_.ledger().schema().collection("customer");
  EXPECT_EQ(one().fields[*customers.field("obtained_at")], sync::Value(std::int64_t{1'000}));
  EXPECT_TRUE(sync::is_unverified(customers, one()));
  bought.obtained_ms = 2'000;
  bought.source = "crm";
  EXPECT_EQ(
      import_all(CustomerImport::begin(store_.ledger(), "ref,given\nC1,Ada\n", bought), intake_, at_ms_)->unchanged,
      1u);
  EXPECT_EQ(text_of("source"), "bought-list") << "who is here already was obtained before";
}

TEST_F(ImportTest, HowFarItCameIsKeptAndTheSameFileGoesOn) {
  std::string file = "ref,given\n";
  for (int i = 0; i < 20; ++i) file += "C" + std::to_string(i) + ",Ada\n";
  ImportRequest request{leeds};
  request.run = entropy_.id();
  request.begun_ms = at_ms_;
  {
    auto killed = CustomerImport::begin(store_.ledger(), file, request).value();
    ASSERT_TRUE(killed.take(intake_, 5, at_ms_).value());
    ASSERT_TRUE(killed.take(intake_, 5, at_ms_ + 1).value());
  }
  const auto runs = [&] { return store_.ledger().reader().value()->import_runs(10).value(); };
  ASSERT_EQ(runs().size(), 1u);
  EXPECT_EQ(runs()[0].state, ImportRun::State::running);
  EXPECT_EQ(runs()[0].line, 11u);
  EXPECT_EQ(runs()[0].created, 10u);
  request.run = entropy_.id();
  request.begun_ms = at_ms_ + 2;
  const auto report = import_all(CustomerImport::begin(store_.ledger(), file, request), intake_, at_ms_ + 2).value();
  ASSERT_TRUE(report.earlier);
  EXPECT_EQ(report.earlier->line, 11u);
  EXPECT_EQ(report.created, 10u);
  EXPECT_EQ(report.unchanged, 10u);
  EXPECT_EQ(runs().at(0).state, ImportRun::State::finished);
  EXPECT_EQ(rows("customer").size(), 20u);
}

TEST_F(ImportTest, WhatAnImportDisputesSaysWhoRanItAndFromWhichFile) {
  report("ref,given\nC1,Ada\n");
  ImportRequest request{leeds, "bought"};
  request.run = entropy_.id();
  request.begun_ms = *sync::parse_time("2026-11-28T02:00:00Z");
  request.file = "crm-export.csv";
  request.person = "ada";
  ASSERT_EQ(
      import_all(CustomerImport::begin(store_.ledger(), "ref,given\nC1,Adah\n", request), intake_, at_ms_)->conflicts,
      1u);
  EXPECT_EQ(store_.ledger().reader().value()->import_runs(1).value().at(0).person, "ada");
  EXPECT_EQ(sync::conflict_origin(store_.ledger().schema(), rows("conflict").at(0)).import,
            "import of 28 Nov 2026 by ada from crm-export.csv");
}

TEST_F(ImportTest, WhoIsProbablyHereAlreadyIsToldAndNotMerged) {
  report("ref,given,family,postcode,phone\nC1,Ada,Lovelace,SW1Y 4JH,+442075518700\nC2,Grace,Hopper,LS1 1AA,\n");
  source_ = "bought";
  const auto told = report(
      "ref,given,family,postcode,phone,email\n"
      "B1,Lovelace,Ada,,+442075518700,\n"          // the same number, the names the other way round
      "B2,Grace,Hoper,ls11aa,,\n"                  // the same postcode, one letter less
      "B3,Bob,Lovelace,SW1Y 4JH,+442075518700,\n"  // of the same house
      "B4,Edith,Clarke,,,e@mail.example\n"
      "B5,Edith,Clark,,,E@mail.example\n");  // twice in the file
  EXPECT_EQ(told.created, 5u);
  std::vector<std::string> found;
  for (const ProbableDuplicate& one : told.duplicates)
    found.push_back(one.ref + "=" + one.other_ref + " by " + one.field);
  EXPECT_EQ(found, (std::vector<std::string>{"B1=C1 by e164", "B2=C2 by postcode", "B5=B4 by addr"}));
  EXPECT_EQ(told.duplicate_count, 3u);
  EXPECT_EQ(rows("customer").size(), 7u);

  const auto all = [&] {
    std::multiset<std::string> pairs;
    const auto looked = rescan(store_.ledger(), leeds).value();
    for (const ProbableDuplicate& one : looked.duplicates)
      pairs.insert(std::min(one.ref, one.other_ref) + "=" + std::max(one.ref, one.other_ref) + " by " + one.field);
    return pairs;
  };
  EXPECT_EQ(all(), (std::multiset<std::string>{"B1=C1 by e164", "B2=C2 by postcode", "B4=B5 by addr"}))
      << "whoever asks later finds the same";
  const auto looked = rescan(store_.ledger(), leeds).value();
  EXPECT_EQ(looked.customers, 7u);
  EXPECT_EQ(looked.names.size(), 6u);
  EXPECT_TRUE(std::ranges::any_of(looked.names, [](const auto& one) { return one.second == "Grace Hoper"; }));
  merges("B2", "C2");
  EXPECT_EQ(all().count("B2=C2 by postcode"), 0u);
}

}  // namespace
}  // namespace holdline::hub::testing
