#include "tests/unit/tree/source_tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace holdline::tree {

namespace {

constexpr std::array left_out = {".git", "build", "demo", "node_modules", "corpus", "LICENSE"};

std::string included_by(std::string_view line) {
  const auto skip_blanks = [&line] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return {};
  const char closing = line[0] == '"' ? '"' : '>';
  line.remove_prefix(1);
  return std::string(line.substr(0, line.find(closing)));
}

SourceFile read_file(const std::filesystem::path& file, std::string path) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  SourceFile result{std::move(path), {}};
  const bool code = result.is_code();
  std::string line;
  while (std::getline(in, line)) {
    SourceLine& added = result.lines.emplace_back();
    added.number = result.lines.size();
    if (code) added.include = included_by(line);
    added.text = std::move(line);
  }
  return result;
}

}  // namespace

std::string_view SourceFile::folder() const {
  const auto slash = path.find('/');
  return slash == std::string::npos ? std::string_view{} : std::string_view(path).substr(0, slash);
}

bool SourceFile::is_code() const {
  return path.ends_with(".cpp") || path.ends_with(".hpp") || path.ends_with(".h") || path.ends_with(".cc");
}

std::vector<SourceFile> read_tree(const std::filesystem::path& root) {
  std::vector<SourceFile> files;
  for (auto at = std::filesystem::recursive_directory_iterator(root); at != end(at); ++at) {
    const std::string name = at->path().filename().string();
    if (std::ranges::find(left_out, name) != left_out.end()) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file() && !at->is_symlink()) {
      files.push_back(read_file(at->path(), at->path().lexically_relative(root).generic_string()));
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

}  // namespace holdline::tree
