// tests/FAULTS.md names tests; it must not go on naming them when they are gone.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/tree/source_tree.hpp"

namespace holdline::tree {
namespace {

// "Suite.Name" of every test that the C++ files below tests/ define.
std::set<std::string> defined_tests(const std::vector<SourceFile>& files) {
  static const std::regex test(R"((?:TYPED_)?TEST(?:_F|_P)?\((\w+), *(\w+)\).*)");
  std::set<std::string> found;
  for (const SourceFile& file : files) {
    if (file.folder() != "tests" || !file.is_code()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::string text = file.lines[i].text;
      // A long name stands on the next line.
      if (text.ends_with(",") && i + 1 < file.lines.size()) text += file.lines[i + 1].text;
      if (std::smatch names; std::regex_match(text, names, test)) found.insert(names[1].str() + "." + names[2].str());
    }
  }
  return found;
}

struct FaultRow {
  std::size_t line = 0;
  std::vector<std::string> tests;
};

// The rows of the page's table, without its head.
std::vector<FaultRow> fault_rows(const SourceFile& page) {
  static const std::regex row(R"(\| ([A-Z][0-9]+) \|[^|]+\|[^|]+\|([^|]+)\|)");
  static const std::regex name(R"(`([^`]+)`)");
  std::vector<FaultRow> rows;
  for (const SourceLine& line : page.lines) {
    std::smatch cells;
    if (!std::regex_match(line.text, cells, row)) continue;
    FaultRow& added = rows.emplace_back(FaultRow{line.number, {}});
    const std::string tests = cells[2];
    for (std::sregex_iterator at(tests.begin(), tests.end(), name), end; at != end; ++at)
      added.tests.push_back((*at)[1]);
  }
  return rows;
}

TEST(Tree, EveryFaultNamesTestsThatExist) {
  const auto files = read_tree(HOLDLINE_SOURCE_DIR);
  const auto page = std::ranges::find(files, "tests/FAULTS.md", &SourceFile::path);
  ASSERT_NE(page, files.end());
  const auto rows = fault_rows(*page);
  const auto lines_of_the_table =
      std::ranges::count_if(page->lines, [](const SourceLine& line) { return line.text.starts_with("|"); });
  EXPECT_EQ(rows.size() + 2, static_cast<std::size_t>(lines_of_the_table)) << "a row of another form is not checked";
  const auto defined = defined_tests(files);
  ASSERT_GT(defined.size(), 300U);
  for (const FaultRow& row : rows) {
    EXPECT_FALSE(row.tests.empty()) << "tests/FAULTS.md:" << row.line << " names no test";
    for (const std::string& test : row.tests)
      EXPECT_TRUE(defined.contains(test)) << "tests/FAULTS.md:" << row.line << ": there is no test " << test;
  }
}

}  // namespace
}  // namespace holdline::tree
