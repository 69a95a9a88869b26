// docs/one-entry.md names functions; it must not go on naming them when they are gone.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "tests/unit/tree/source_tree.hpp"

namespace holdline::tree {
namespace {

struct Step {
  std::string file, function;
};

std::vector<Step> steps_of(const SourceFile& page) {
  static const std::regex row(R"(\|[^|]*\| `([^`]+)` \| `([^`]+)` \|)");
  std::vector<Step> steps;
  for (const SourceLine& line : page.lines)
    if (std::smatch cells; std::regex_match(line.text, cells, row)) steps.push_back({cells[1], cells[2]});
  return steps;
}

const SourceFile* file_at(const std::vector<SourceFile>& files, const std::string& path) {
  const auto found = std::ranges::find(files, path, &SourceFile::path);
  return found == files.end() ? nullptr : &*found;
}

// Defined with its qualified name, or inside its class.
bool holds(const SourceFile& file, const std::string& function) {
  const std::size_t colon = function.rfind(':');
  const std::string plain = (colon == std::string::npos ? function : function.substr(colon + 1)) + "(";
  return std::ranges::any_of(file.lines, [&](const SourceLine& line) {
    const std::size_t at = line.text.find(plain);
    const bool whole_word =
        at != std::string::npos && at > 0 && !std::isalnum(static_cast<unsigned char>(line.text[at - 1]));
    return whole_word && line.text.find(function + "(") != std::string::npos;
  });
}

TEST(Tree, EveryStepOfOneEntryIsWhereThePageSays) {
  const auto files = read_tree(HOLDLINE_SOURCE_DIR);
  const SourceFile* page = file_at(files, "docs/one-entry.md");
  ASSERT_NE(page, nullptr);
  const auto steps = steps_of(*page);
  ASSERT_GT(steps.size(), 30U);
  for (const Step& step : steps) {
    const SourceFile* file = file_at(files, step.file);
    EXPECT_TRUE(file != nullptr && holds(*file, step.function)) << step.function << " is not in " << step.file;
  }
}

}  // namespace
}  // namespace holdline::tree
