#include "hub/admin/export.hpp"

#include "tests/unit/hub/import/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class ExportTest : public ImportTest {
 protected:
  DataExport exported(const std::string& what, const std::string& purpose) {
    auto made = DataExport::begin(store_.ledger(), {what, leeds, purpose, "spring"}, "ada").value();
    while (made.take(store_.ledger(), intake_, entropy_.id(), 2, at_ms_).value()) {
    }
    return made;
  }
  void agrees(const Id& customer) {
    const sync::Collection& consents = *store_.ledger().schema().collection("consent");
    sync::Op op{sync::OpKind::create, {consents.no, entropy_.id()}, leeds, 0, {}, {}};
    for (const auto& [field, value] : std::vector<std::pair<std::string, sync::Value>>{{"customer", customer},
                                                                                       {"purpose", "marketing"},
                                                                                       {"channel", "any"},
                                                                                       {"status", "given"},
                                                                                       {"wording", "W1"}})
      op.changes.push_back({*consents.field(field), {}, value, {}, {}});
    does(std::move(op));
  }
};

TEST_F(ExportTest, WhatIsExportedIsImportedAgainAndChangesNothing) {
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

TEST_F(ExportTest, SensitiveFieldsAndTheUnverifiedStayBehind) {
  ImportRequest bought{leeds, "bought"};
  bought.begun_ms = 1'000;
  const std::string file = "ref,given,vulnerable,verified_at\nC1,Ada,yes,2026-03-01T09:30:00Z\nC2,Bob,,\n";
  ASSERT_EQ(import_all(CustomerImport::begin(store_.ledger(), file, bought), intake_, at_ms_)->created, 2u);
  agrees(one().key.id);
  const auto made = exported("customers", "marketing");
  EXPECT_EQ(made.done().rows, 1u);
  EXPECT_EQ(made.done().left_out.records.at(static_cast<std::size_t>(sync::LeftOut::unverified)), 1u);
  EXPECT_EQ(made.text().find("vulnerable"), std::string::npos);
  EXPECT_EQ(text(rows("data_export").at(0), "data_export", "left_out_because"), "1 from a file, verified by nobody");
  EXPECT_EQ(code_of(DataExport::begin(store_.ledger(), {"customers", leeds, "fun", "x"}, "ada")), "unknown-purpose");
  EXPECT_EQ(code_of(DataExport::begin(store_.ledger(), {"customers", leeds, "handover", " "}, "ada")), "no-reason");
  const std::string long_reason(501, 'x');
  EXPECT_EQ(code_of(DataExport::begin(store_.ledger(), {"customers", leeds, "handover", long_reason}, "ada")),
            "too-long");
}

TEST_F(ExportTest, MergedCustomersAreOneRowWithTheNumbersOfAll) {
  report("ref,given,phone\nC1,Ada,+442075518700\nC2,Ada,+442075518701\nC3,Bob,+442075518702\n");
  const Id survivor = of_ref("C1").key.id, alias = of_ref("C2").key.id;
  merges("C2", "C1");
  const sync::Collection& entries = *store_.ledger().schema().collection("manual_entry");
  does({sync::OpKind::create,
        {entries.no, id_of(1)},
        leeds,
        0,
        {{*entries.field("customer"), {}, alias, {}, {}}, {*entries.field("kind"), {}, "note", {}, {}}},
        {}});
  std::string customers_text = exported("customers", "handover").text();
  for (const char* number : {"'+442075518700", "'+442075518701"})
    EXPECT_NE(customers_text.find(number), std::string::npos) << customers_text;
  EXPECT_EQ(customers_text.find("C2"), std::string::npos);
  EXPECT_NE(exported("entries", "handover").text().find("," + survivor.text()), std::string::npos);
  // Its other one is gone: it is on nobody's list but its own.
  deletes("C1");
  customers_text = exported("customers", "handover").text();
  EXPECT_NE(customers_text.find("C2"), std::string::npos);
  EXPECT_EQ(customers_text.find("C1"), std::string::npos);
}

}  // namespace
}  // namespace holdline::hub::testing
