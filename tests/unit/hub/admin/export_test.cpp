#include "hub/admin/export.hpp"

#include "tests/unit/hub/admin/import_fixture.hpp"

namespace holdline::hub::testing {
namespace {

TEST_F(ImportTest, WhatIsExportedIsImportedAgainAndChangesNothing) {
  report(
      "ref,given,family,street,notes,tags,phone,phone2,email,vulnerable\n"
      "007,Ada,-Lovelace,\"St James Square, 12\",\"=1+1\ntwo lines\",a;b,+442075518700,+441515550100,ada@x.example,\n"
      "C2,'=Bob,\tTab,,'@x,,+442075518701,,,yes\n");
  for (const bool json : {false, true}) {
    auto made =
        DataExport::begin(store_.ledger(), {"customers", leeds, "handover", "to the other centre", json, true}, "ada");
    ASSERT_TRUE(made) << made.error().message;
    while (made->take(store_.ledger(), intake_, entropy_.id(), 1, at_ms_).value()) {
    }
    if (!json) {
      EXPECT_NE(made->text().find(",'+442075518700,"), std::string::npos) << made->text();
    }
    for (const std::string source : {"crm", json ? "j" : "c"}) {
      source_ = source;
      const auto again = report(made->text());
      EXPECT_EQ(again.unchanged, 2u) << made->text() << (again.rejected.empty() ? "" : again.rejected[0].message);
    }
  }
  EXPECT_EQ(rows("data_export").size(), 2u);
  EXPECT_EQ(text(rows("data_export").at(0), "data_export", "person"), "ada");
  EXPECT_EQ(text_of_ref("007", "family"), "-Lovelace");
}

TEST_F(ImportTest, SensitiveFieldsAndTheUnverifiedStayBehind) {
  ImportRequest bought{leeds, "bought"};
  bought.begun_ms = 1'000;
  const std::string file = "ref,given,vulnerable,verified_at\nC1,Ada,yes,2026-03-01T09:30:00Z\nC2,Bob,,\n";
  ASSERT_EQ(import_all(CustomerImport::begin(store_.ledger(), file, bought), intake_, at_ms_)->created, 2u);
  auto made = DataExport::begin(store_.ledger(), {"customers", leeds, "marketing", "spring letter"}, "ada").value();
  while (made.take(store_.ledger(), intake_, entropy_.id(), 100, at_ms_).value()) {
  }
  EXPECT_EQ(made.done().rows, 1u);
  EXPECT_EQ(made.done().left_out, 1u);
  EXPECT_EQ(made.text().find("vulnerable"), std::string::npos);
  EXPECT_EQ(code_of(DataExport::begin(store_.ledger(), {"customers", leeds, "fun", "x"}, "ada")), "unknown-purpose");
  EXPECT_EQ(code_of(DataExport::begin(store_.ledger(), {"customers", leeds, "handover", " "}, "ada")), "no-reason");
}

}  // namespace
}  // namespace holdline::hub::testing
