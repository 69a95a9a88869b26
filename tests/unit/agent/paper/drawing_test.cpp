// Read as a person with a copier and a scanner would: text by pdftotext, the code by zbarimg from a coarse picture.
#include "agent/paper/drawing.hpp"

#include <algorithm>
#include <cstdlib>

#include "tests/unit/agent/replica/fixture.hpp"

// fontconfig keeps what it read of the machine's fonts until the process ends.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }

namespace holdline::agent {
namespace {

contingency::FormPage page(std::size_t boxes) {
  contingency::FormPage made;
  made.title = "Entry";
  made.number = "K7M-4XR-R2M";
  made.code = "HOLDLINE-FORM K7M-4XR-R2M manual_entry 3";
  made.facts = {"Place: acme/łódź"};
  made.first = {"Say: leave the house."};
  for (std::size_t i = 0; i < boxes; ++i)
    made.fields.push_back({"Note " + std::to_string(i), i == 0, 8, false, {}, {}});
  made.fields.push_back({"Kind", false, 1, false, {"message", "complaint"}, {}});
  made.fields.push_back({"Name", false, 1, false, {}, "Ζωή Άλφα"});
  made.returning = {{"Entered on, by", false, 1, true, {}, {}}};
  made.foot = "Sheet 7 of 50";
  return made;
}

class DrawingTest : public testing::Test {
 protected:
  void draw(const std::vector<contingency::FormPage>& pages) {
    const auto drawn = draw_forms(pages);
    ASSERT_TRUE(drawn) << drawn.error().message;
    must(platform::replace_file(scratch / "forms.pdf", *drawn));
  }
  // What a program of the machine prints, in the folder of the file.
  std::string said(const std::string& command) {
    const std::string line = "cd '" + scratch.path().string() + "' && " + command + " > said 2>/dev/null";
    if (std::system(line.c_str()) != 0) return "failed: " + command;
    return must(platform::read_file(scratch / "said", std::size_t{1} << 20));
  }
  std::size_t pages() {
    const std::string text = said("pdftotext -layout forms.pdf -");
    return static_cast<std::size_t>(std::ranges::count(text, '\f'));
  }
  platform::Scratch scratch;
};

TEST_F(DrawingTest, TheTextOfAnyScriptAndTheCodeCanBeRead) {
  draw({page(1)});
  const std::string text = said("pdftotext -layout forms.pdf -");
  for (const char* part : {"Entry", "K7M-4XR-R2M", "acme/łódź", "leave the house", "Note 0 (needed)", "complaint",
                           "Ζωή Άλφα", "Sheet 7 of 50", "Page 1 of 1"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  // As coarse as a bad photocopy.
  EXPECT_EQ(said("pdftoppm -r 100 -gray -png forms.pdf page && zbarimg -q --raw page-1.png"), page(1).code + "\n");
}

TEST_F(DrawingTest, AFormOfSeveralPagesHasItsNumberOnEach) {
  draw({page(6), page(0)});
  EXPECT_EQ(pages(), 3u);
  for (const char* at : {"1", "2"}) {
    const std::string text = said(std::string("pdftotext -layout -f ") + at + " -l " + at + " forms.pdf -");
    EXPECT_NE(text.find("K7M-4XR-R2M"), std::string::npos) << text;
    EXPECT_NE(text.find(std::string("Page ") + at + " of 2"), std::string::npos) << text;
  }
}

TEST_F(DrawingTest, WhatIsNoTextIsDrawnAllTheSame) {
  auto odd = page(0);
  odd.fields.back().filled = "\xff\xfe Ada";
  draw({odd});
  EXPECT_NE(said("pdftotext forms.pdf -").find("Ada"), std::string::npos);
  odd.code = std::string(1'000, 'x');
  EXPECT_EQ(draw_forms({odd}).error().code, "print-failed");
}

}  // namespace
}  // namespace holdline::agent
