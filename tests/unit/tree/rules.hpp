// What no file of the tree may include or say, each with the reason. The arrows between the folders go one way:
// programs -> adapters -> pure.
#pragma once

#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "tests/unit/tree/source_tree.hpp"

namespace holdline::tree {

struct Violation {
  std::string path;
  std::size_t line = 0;  // 0: about the tree as a whole
  std::string what;      // the include or the words
  std::string why;
};
// "path:line: what: why", the form that editors jump to.
std::ostream& operator<<(std::ostream& out, const Violation& violation);

// Translation units that may see Beast, directly or through a header: each costs half a minute and a gigabyte to build.
inline constexpr std::size_t beast_units = 6;

std::vector<Violation> check_includes(std::span<const SourceFile> files);
std::vector<Violation> check_beast(std::span<const SourceFile> files);
// A header whose first comment ends with "Internal to FOLDER." is included below FOLDER and by tests only.
std::vector<Violation> check_internal_headers(std::span<const SourceFile> files);
// No folder includes one that includes it, also by way of others.
std::vector<Violation> check_folder_cycles(std::span<const SourceFile> files);
inline constexpr std::size_t folder_files = 24;
std::vector<Violation> check_folder_sizes(std::span<const SourceFile> files);
std::vector<Violation> check_words(std::span<const SourceFile> files);

}  // namespace holdline::tree
