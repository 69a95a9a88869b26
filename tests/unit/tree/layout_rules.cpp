// How the tree is laid out: what may include what between inner folders, and how large a folder may get.
#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "tests/unit/tree/rules.hpp"

namespace holdline::tree {

namespace {

std::string folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == path.npos ? std::string_view() : path.substr(0, slash));
}

bool is_within(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

bool ships(const SourceFile& file) { return file.folder() != "tests" && file.folder() != "bench"; }

// The folder that a header's first comment keeps it to; empty: anybody may include it.
std::string kept_to(const SourceFile& header) {
  static const std::regex internal(R"(// Internal to ([a-z/]+)\.)");
  for (const SourceLine& line : header.lines) {
    if (!line.text.starts_with("//")) break;
    if (std::smatch folder; std::regex_match(line.text, folder, internal)) return folder[1];
  }
  return {};
}

using Graph = std::map<std::string, std::set<std::string>>;

bool reaches(const Graph& graph, const std::string& from, const std::string& to, std::set<std::string>& seen) {
  if (!seen.insert(from).second) return false;
  const auto next = graph.find(from);
  return next != graph.end() && std::ranges::any_of(next->second, [&](const std::string& folder) {
           return folder == to || reaches(graph, folder, to, seen);
         });
}

}  // namespace

std::vector<Violation> check_internal_headers(std::span<const SourceFile> files) {
  std::map<std::string, std::string> internal;
  for (const SourceFile& file : files)
    if (file.path.ends_with(".hpp"))
      if (std::string folder = kept_to(file); !folder.empty()) internal.emplace(file.path, std::move(folder));
  std::vector<Violation> found;
  for (const SourceFile& file : files) {
    if (!ships(file)) continue;
    for (const SourceLine& line : file.lines) {
      const auto header = internal.find(line.include);
      if (header == internal.end() || is_within(file.path, header->second)) continue;
      found.push_back({file.path, line.number, line.include, "it is internal to " + header->second});
    }
  }
  return found;
}

// main.cpp stands above everything in its folder.
std::vector<Violation> check_folder_cycles(std::span<const SourceFile> files) {
  Graph graph;
  for (const SourceFile& file : files) {
    if (!file.is_code() || !ships(file) || file.path.ends_with("/main.cpp")) continue;
    for (const SourceLine& line : file.lines)
      if (const std::string into = folder_of(line.include); line.include.ends_with(".hpp") && !into.empty())
        if (into != folder_of(file.path)) graph[folder_of(file.path)].insert(into);
  }
  std::vector<Violation> found;
  for (const auto& [folder, includes] : graph)
    for (const std::string& into : includes)
      if (std::set<std::string> seen; reaches(graph, into, folder, seen))
        found.push_back({folder, 0, "includes " + into, "which includes it back: neither can be read alone"});
  return found;
}

std::vector<Violation> check_folder_sizes(std::span<const SourceFile> files) {
  std::map<std::string, std::size_t> sizes;
  for (const SourceFile& file : files) ++sizes[folder_of(file.path)];
  std::vector<Violation> found;
  for (const auto& [folder, size] : sizes)
    if (size > folder_files)
      found.push_back({folder, 0, std::to_string(size) + " files",
                       "a newcomer looks through at most " + std::to_string(folder_files) + "; divide it by nouns"});
  return found;
}

}  // namespace holdline::tree
