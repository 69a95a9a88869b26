#include "cli/text.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/table.hpp"

namespace holdline::cli {
namespace {

TEST(Text, EscapesWhatWouldMoveTheCursorOrReverseTheText) {
  EXPECT_EQ(escape("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(escape("a\r\n\tb"), "a\\r\\n\\tb");
  EXPECT_EQ(escape(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escape("\xc2\x9b"
                   "31m"),
            "\\u009b31m");  // C1: a control sequence in one character
  EXPECT_EQ(escape("gnp.\xe2\x80\xae"
                   "exe"),
            "gnp.\\u202eexe");  // right-to-left override
  EXPECT_EQ(escape("\xf3\xa0\x81\x81"), "\\U000e0041");
}

TEST(Text, EscapesBytesThatAreNotUtf8OneByOne) { EXPECT_EQ(escape("K\xf6ln\xe2\x82"), "K\\xf6ln\\xe2\\x82"); }

TEST(Text, LeavesNamesOfAllScriptsAlone) {
  for (const char* name : {"Łukasz Müller", "Иван", "山田太郎", "محمد", "🙂"}) EXPECT_EQ(escape(name), name);
}

TEST(Text, KnowsTheWidthOfWhatItPrints) {
  EXPECT_EQ(display_width("Köln"), 4U);
  EXPECT_EQ(display_width("Ko\xcc\x88ln"), 4U);
  EXPECT_EQ(display_width("山田"), 4U);
  EXPECT_EQ(shorten("Müllerstraße", 8), "Müllers…");
  EXPECT_EQ(shorten("山田太郎", 6), "山田…");
  EXPECT_EQ(shorten("short", 5), "short");
}

TEST(Text, SaysHowLongAgoInTheLargestUnit) {
  const std::int64_t now = 1'000'000'000;
  EXPECT_EQ(relative_time(now - 4'999, now), "just now");
  EXPECT_EQ(relative_time(now - 59'000, now), "59 s ago");
  EXPECT_EQ(relative_time(now - 60'000, now), "1 min ago");
  EXPECT_EQ(relative_time(now - 7'200'000, now), "2 h ago");
  EXPECT_EQ(relative_time(now - 86'400'000, now), "1 day ago");
  EXPECT_EQ(relative_time(now + 172'800'000, now), "in 2 days");
}

std::string printed(const Style& style) {
  Table table({"NAME", "STATE"});
  table.row({"山田", Cell("held", Tone::good)});
  table.row({"a\tb\x1b[0m", "saved"});
  std::ostringstream out;
  table.print(out, style);
  return out.str();
}

TEST(Table, AlignsAtATerminalAndSeparatesByTabsElsewhere) {
  EXPECT_EQ(printed({true, false}), "NAME         STATE\n山田         held\na\\tb\\x1b[0m  saved\n");
  EXPECT_EQ(printed({false, false}), "NAME\tSTATE\n山田\theld\na\\tb\\x1b[0m\tsaved\n");
}

TEST(Table, ColoursOnlyWhenAskedTo) {
  EXPECT_NE(printed({true, true}).find("\x1b[32mheld\x1b[0m"), std::string::npos);
  EXPECT_EQ(printed({true, false}).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace holdline::cli
