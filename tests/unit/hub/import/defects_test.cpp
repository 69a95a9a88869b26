// A file of 10,000 rows with defects of every kind at places that a seed chooses: exactly those rows are rejected, each
// with its reason, and what looks dangerous but is well comes in as it was written.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "platform/text/csv.hpp"
#include "platform/text/reject_file.hpp"
#include "tests/support/generator.hpp"
#include "tests/unit/hub/import/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using Cells = std::map<std::string, std::string>;

constexpr std::array columns{"ref",  "title",   "given", "family", "org",    "tier",  "street",    "postcode",
                             "city", "country", "notes", "phone",  "phone2", "email", "created_at"};

struct Defect {
  const char* name;
  const char* code;  // of the rejection; empty: it is taken
  void (*spoil)(Cells& cells, std::string& tail);
};

const std::array<Defect, 21>& defects() {
  static const std::array<Defect, 21> all{{
      {"bad phone", "not-a-phone", [](Cells& row, std::string&) { row["phone"] = "none"; }},
      {"too few digits", "not-a-phone", [](Cells& row, std::string&) { row["phone"] = "+44 207"; }},
      {"scientific notation", "not-a-phone", [](Cells& row, std::string&) { row["phone"] = "4.42079E+11"; }},
      {"bad second phone", "not-a-phone", [](Cells& row, std::string&) { row["phone2"] = "call mum"; }},
      {"bad e-mail", "not-an-email", [](Cells& row, std::string&) { row["email"] = "ada at mail.example"; }},
      {"bad date", "wrong-type", [](Cells& row, std::string&) { row["created_at"] = "31.13.2026"; }},
      {"card number in a free text", "card-number",
       [](Cells& row, std::string&) { row["notes"] = "paid with 4111-1111 1111.1111 today"; }},
      {"card number in the phone column", "card-number",
       [](Cells& row, std::string&) { row["phone"] = "4111 1111 1111 1111"; }},
      {"ref twice", "ref-twice", [](Cells& row, std::string&) { row["ref"] = "K-0"; }},
      {"missing ref", "required", [](Cells& row, std::string&) { row["ref"] = "  "; }},
      {"missing name", "nobody-named", [](Cells& row, std::string&) { row["given"] = row["family"] = ""; }},
      {"too long", "too-long", [](Cells& row, std::string&) { row["title"] = std::string(200, 'x'); }},
      {"unknown country", "no-such-country", [](Cells& row, std::string&) { row["country"] = "Atlantis"; }},
      {"postcode of another country", "not-a-postcode",
       [](Cells& row, std::string&) { row["country"] = "UK", row["postcode"] = "10115"; }},
      {"unknown option", "unknown-option", [](Cells& row, std::string&) { row["tier"] = "platinum"; }},
      {"number as a name", "looks-like-phone", [](Cells& row, std::string&) { row["family"] = "07700 900123"; }},
      {"a column too many", "wrong-columns", [](Cells&, std::string& tail) { tail = ",surplus"; }},
      {"a quote in the wrong place", "malformed", [](Cells&, std::string& tail) { tail = ",\"x\"y"; }},
      {"not UTF-8", "malformed", [](Cells&, std::string& tail) { tail = ",\xff"; }},
      {"a formula", "", [](Cells& row, std::string&) { row["org"] = "=HYPERLINK(\"http://x.example\")"; }},
      {"blanks and a national number", "",
       [](Cells& row, std::string&) { row["given"] = "  " + row["given"] + " ", row["phone2"] = "020 7946 0018"; }},
  }};
  return all;
}

Cells good_row(std::uint32_t number) {
  const generator::Customer customer = generator::customer(number);
  return {{"ref", "K-" + std::to_string(number)},
          {"given", customer.given},
          {"family", customer.family},
          {"street", customer.street},
          {"postcode", customer.postcode},
          {"city", customer.city},
          {"phone", customer.phone},
          {"email", customer.email}};
}

struct Written {
  std::string csv;
  std::map<std::uint64_t, const Defect*> at;  // by line
};

Written file_with_defects(std::uint32_t rows, std::uint64_t seed) {
  generator::Random random(seed);
  Written file;
  for (const char* column : columns) file.csv += (file.csv.empty() ? "" : ",") + std::string(column);
  file.csv += "\r\n";
  for (std::uint32_t i = 0; i < rows; ++i) {
    Cells cells = good_row(i);
    if (i == 0)
      cells["given"] = "Zo\xc3\xab";  // or the file would be taken for another encoding, where every byte is a letter
    std::string tail;
    if (i > 0 && random.below(10) == 0) {
      const Defect& defect = defects().at(random.below(static_cast<std::uint32_t>(defects().size())));
      defect.spoil(cells, tail);
      file.at.emplace(i + 2, &defect);
    }
    std::string line;
    for (const char* column : columns)
      line += (column == columns.front() ? "" : ",") + platform::csv_field(cells[column]);
    file.csv += line + tail + "\r\n";
  }
  return file;
}

TEST_F(ImportTest, TenThousandRowsWithSeededDefectsAreRejectedExactlyWhereTheyAreWrong) {
  constexpr std::uint32_t row_count = 10'000;
  for (const std::uint64_t seed : {1u, 2u}) {
    const Written file = file_with_defects(row_count, seed);
    // The second where nobody is yet: whoever is here already needs no name.
    ImportRequest request{seed == 1 ? std::string(leeds) : "acme/york"};
    request.dry_run = seed != 1;
    request.site.region = "GB";
    const auto report = import_all(CustomerImport::begin(store_.ledger(), file.csv, request), intake_, at_ms_, 5'000);
    ASSERT_TRUE(report) << report.error().message;
    std::map<std::uint64_t, const RejectedRow*> rejected;
    for (const RejectedRow& row : report->rejected) EXPECT_TRUE(rejected.emplace(row.line, &row).second) << row.line;
    std::map<std::string, std::uint64_t> found;
    for (std::uint64_t line = 2; line < row_count + 2; ++line) {
      const auto defect = file.at.find(line);
      const std::string wanted = defect == file.at.end() ? "" : defect->second->code;
      const auto row = rejected.find(line);
      const std::string got = row == rejected.end() ? "" : row->second->code;
      EXPECT_EQ(got, wanted) << "line " << line << (defect == file.at.end() ? "" : defect->second->name);
      if (defect != file.at.end() && got == wanted) ++found[defect->second->name];
    }
    EXPECT_EQ(report->rows, row_count);
    EXPECT_EQ(report->rows,
              report->created + report->updated + report->unchanged + report->conflicts + report->rejected_count);
    if (seed != 1) continue;
    std::printf("%llu rows: %llu created, %llu rejected\n", static_cast<unsigned long long>(report->rows),
                static_cast<unsigned long long>(report->created),
                static_cast<unsigned long long>(report->rejected_count));
    for (const Defect& defect : defects())
      std::printf("  %-32s %3llu rows, %s\n", defect.name, static_cast<unsigned long long>(found[defect.name]),
                  *defect.code == '\0' ? "taken" : defect.code);
    EXPECT_EQ(found.size(), defects().size());
    // What a spreadsheet would calculate is kept as it was written.
    EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count_if(
                  this->rows("customer"),
                  [&](const Record& row) { return text(row, "customer", "org").starts_with("=HYPERLINK(\""); })),
              found["a formula"]);
    // The file of rejected rows holds them all, and is rejected for the same reasons when nothing was put right.
    std::vector<platform::RejectedLine> lines;
    for (const RejectedRow& row : report->rejected) lines.push_back({row.line, row.field, row.message});
    const auto rejects = platform::reject_file(file.csv, lines, {"rejected_row", "rejected_field", "rejected_because"});
    ASSERT_TRUE(rejects);
    request.source = "again";
    const auto again = import_all(CustomerImport::begin(store_.ledger(), *rejects, request), intake_, at_ms_, 5'000);
    EXPECT_EQ(again->rows, report->rejected_count);
    EXPECT_GE(again->rejected_count + found["ref twice"], report->rejected_count);
  }
}

}  // namespace
}  // namespace holdline::hub::testing
