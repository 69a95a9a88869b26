// The files of a source tree as the rules look at them. Reads only; throws when a file cannot be read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::tree {

struct SourceLine {
  std::size_t number = 0;  // from 1
  std::string text;
  std::string include;  // what the line includes, without quotes or brackets; empty: nothing
};

struct SourceFile {
  std::string path;  // from the root of the tree, with '/'
  std::vector<SourceLine> lines;

  std::string_view folder() const;  // first part of the path; empty for a file of the root
  bool is_code() const;             // C++ source or header
};

// Every text file below `root`, in the order of their paths. Left out: what git ignores or keeps for itself, the text
// of the licence, and seed inputs of the fuzz targets, which are data.
std::vector<SourceFile> read_tree(const std::filesystem::path& root);

}  // namespace holdline::tree
