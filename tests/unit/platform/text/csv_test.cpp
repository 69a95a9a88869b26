#include "platform/text/csv.hpp"

#include <gtest/gtest.h>

namespace holdline::platform {
namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRow> rows_of(std::string_view text) {
  std::vector<CsvRow> rows;
  CsvReader reader(text);
  while (auto row = reader.next()) rows.push_back(std::move(*row));
  return rows;
}

TEST(Csv, ReadsQuotesCommasAndLineBreaksInsideQuotes) {
  const auto rows = rows_of("a,\"b,\"\"c\"\"\",\"two\r\nlines\",\n");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].fields, (Fields{"a", "b,\"c\"", "two\r\nlines", ""}));
}

TEST(Csv, TakesBothLineEndingsAndALastLineWithoutOne) {
  const auto rows = rows_of("a,b\r\nc,d\n\r\n\ne,f");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fields, (Fields{"a", "b"}));
  EXPECT_EQ(rows[1].fields, (Fields{"c", "d"}));
  EXPECT_EQ(rows[2].fields, (Fields{"e", "f"}));
  EXPECT_EQ(rows[2].line, 5U);
}

TEST(Csv, PassesOverAByteOrderMark) { EXPECT_EQ(rows_of("\xef\xbb\xbfref\n")[0].fields, Fields{"ref"}); }

TEST(Csv, SaysThatAQuoteWasNeverClosedAndEndsThere) {
  const auto rows = rows_of("a\n\"b,c\nd\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NE(rows[1].wrong.find("never closed"), std::string::npos);
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_EQ(rows[1].raw, "\"b,c\nd\n");
}

TEST(Csv, AQuoteInTheMiddleOfAFieldSpoilsItsOwnRowOnly) {
  const auto rows = rows_of("5\" pipe,x\nnext,y\n\"q\"z,x\nlast,y\n");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_NE(rows[0].wrong, "");
  EXPECT_EQ(rows[1].fields, (Fields{"next", "y"}));
  EXPECT_NE(rows[2].wrong, "");
  EXPECT_EQ(rows[3].fields, (Fields{"last", "y"}));
}

TEST(Csv, RefusesZeroBytesAndWhatIsNotUtf8AndGoesOn) {
  using namespace std::string_view_literals;
  const auto rows = rows_of("a\0b\nK\xf6ln\ngood\n"sv);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_NE(rows[0].wrong.find("zero byte"), std::string::npos);
  EXPECT_NE(rows[1].wrong.find("UTF-8"), std::string::npos);
  EXPECT_EQ(rows[2].fields, Fields{"good"});
}

TEST(Csv, RefusesRowsThatAreTooLongOrTooWideAndGoesOn) {
  const std::string longest(CsvReader::max_row_bytes, 'x');
  const std::string widest(CsvReader::max_fields - 1, ',');
  const auto rows = rows_of(longest + "\n" + longest + "x\n" + widest + "\n" + widest + ",\ngood\n");
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].wrong, "");
  EXPECT_NE(rows[1].wrong, "");
  EXPECT_EQ(rows[2].fields.size(), CsvReader::max_fields);
  EXPECT_NE(rows[3].wrong, "");
  EXPECT_TRUE(rows[3].fields.empty());
  EXPECT_EQ(rows[4].fields, Fields{"good"});
}

TEST(Csv, WhatItWritesItReadsBack) {
  const Fields fields = {"plain", "with, comma", "with \"quotes\"", "two\nlines", ""};
  std::string text;
  for (const std::string& field : fields) text += (text.empty() ? "" : ",") + csv_field(field);
  EXPECT_EQ(rows_of(text)[0].fields, fields);
}

}  // namespace
}  // namespace holdline::platform
