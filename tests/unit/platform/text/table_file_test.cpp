#include "platform/text/table_file.hpp"

#include <gtest/gtest.h>

#include "platform/text/csv.hpp"

namespace holdline::platform {
namespace {

using namespace std::string_literals;

std::string kind_of(const std::string& bytes) {
  const auto table = read_table(bytes);
  return table ? table->described() : table.error().code;
}
std::string text_of(const std::string& bytes) { return read_table(bytes).value().text; }

std::string utf16(std::string_view ascii, bool low_first) {
  std::string bytes;
  for (const char c : ascii) bytes += low_first ? std::string{c, '\0'} : std::string{'\0', c};
  return bytes;
}

TEST(TableFile, TheSeparatorIsTheOneThatTheRowsAgreeOn) {
  EXPECT_EQ(kind_of("ref,given\nC1,Ada\n"), "UTF-8, columns separated by commas");
  EXPECT_EQ(kind_of("ref;name;note\nC1;Lovelace, Ada;a, b\n"), "UTF-8, columns separated by semicolons");
  EXPECT_EQ(kind_of("ref\tgiven\nC1\tAda\n"), "UTF-8, columns separated by tabs");
  EXPECT_EQ(kind_of("ref|given\nC1|Ada\n"), "UTF-8, columns separated by bars");
  EXPECT_EQ(kind_of("ref;given\nC1;Ada\nC2\n"), "UTF-8, columns separated by semicolons") << "one row is broken";
  EXPECT_EQ(kind_of("ref\nC1\n"), "UTF-8, columns separated by commas");
  EXPECT_EQ(kind_of(""), "UTF-8, columns separated by commas");
}

TEST(TableFile, ASeparatorThatIsToldIsBelievedAndItsLineCut) {
  const auto table = read_table("\xef\xbb\xbfsep=;\r\nref;given\r\nC1;a,b,c\r\n").value();
  EXPECT_EQ(table.separator, ';');
  EXPECT_EQ(table.text, "ref;given\r\nC1;a,b,c\r\n");
  EXPECT_EQ(table.lines_cut, 1u);
}

TEST(TableFile, LettersAreReadAsTheyWereSaved) {
  EXPECT_EQ(text_of("ref\nK\xf6ln \x80\n"), "ref\nKöln €\n");
  EXPECT_EQ(kind_of("ref\nK\xf6ln\n"), "Windows-1252, columns separated by commas");
  EXPECT_EQ(text_of("\xff\xfe" + utf16("ref;a\n", true)), "ref;a\n");
  EXPECT_EQ(text_of("\xfe\xff" + utf16("ref;a\n", false)), "ref;a\n");
  EXPECT_EQ(text_of(utf16("ref;a\n", true)), "ref;a\n");
  EXPECT_EQ(text_of(utf16("ref;a\n", false)), "ref;a\n");
  EXPECT_EQ(text_of("\xef\xbb\xbfref\n"), "ref\n");
  EXPECT_EQ(text_of("ref\nKöln\nK\xf6ln\n"), "ref\nKöln\nK\xf6ln\n") << "one row is broken, not the file";
}

TEST(TableFile, WhatIsNoTableIsNamed) {
  EXPECT_EQ(kind_of("PK\x03\x04 workbook"), "not-a-table");
  EXPECT_EQ(kind_of("\x1f\x8b packed"), "not-a-table");
  EXPECT_EQ(kind_of("ref\0given"s), "not-a-table");
}

TEST(TableFile, RowsOfOldMachinesEndWithCarriageReturns) {
  CsvReader reader("ref,given\rC1,Ada\r , \r");
  EXPECT_EQ(reader.next()->fields.size(), 2u);
  EXPECT_EQ(reader.next()->line, 2u);
  EXPECT_TRUE(reader.next()->is_blank());
  EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace holdline::platform
