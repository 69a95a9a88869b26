// Which words may stand in names, comments and messages.
#include <algorithm>
#include <cctype>
#include <string_view>

#include "tests/unit/tree/rules.hpp"

namespace holdline::tree {

namespace {

struct WordRule {
  std::vector<std::string> folders;  // empty: everywhere
  std::vector<std::string> words;    // lower case
  std::string_view why;
};

// The words are put together here, so that this file does not contain what it forbids.
const std::vector<WordRule>& word_rules() {
  static const std::vector<WordRule> rules = {
      {{},
       {std::string("/wo") + "rk", std::string("/tm") + "p/wt"},
       "a path of somebody's machine means nothing elsewhere"},
      {{},
       {std::string("deb.deb") + "ian.org", std::string("security.deb") + "ian.org",
        std::string("snapshot.deb") + "ian.org", std::string("registry.npm") + "js.org", std::string("py") + "pi.org",
        std::string("crates") + ".io", std::string("proxy.gol") + "ang.org", std::string("docker") + ".io"},
       "addresses of package registries are taken from the machine: behind a mirror these do not answer"},
      {{},
       {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("NOL") + "INT", std::string("XX") + "X"},
       "what ships is finished; what is missing stands in the README"},
      {{},
       {std::string("<<<") + "<<<<", std::string(">>>") + ">>>>"},
       "a merge left its marks: decide which of the two it is"},
      {{},
       {std::string("this iss") + "ue", std::string("the iss") + "ue", std::string("next iss") + "ue",
        std::string("later iss") + "ue", std::string("an iss") + "ue", std::string("pull requ") + "est",
        std::string("mile") + "stone", std::string("user st") + "ory"},
       "a text says what the product does, not how the work on it is organised"},
      {{"sync", "contingency"},
       {"system_clock", "steady_clock", "high_resolution_clock", "clock_gettime", "gettimeofday", "random_device",
        "getenv"},
       "pure folders read no clock, draw no chance and know no environment: all of it is an argument"},
      {{"sync", "contingency"},
       {"printf", "fprintf", "std::puts", "std::fputs", "fopen", "fwrite"},
       "pure folders touch no file and print nothing: values in, values out"},
  };
  return rules;
}

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// As a word of its own: "/x" does not stand in "a/xy" nor in "b/x".
bool says(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != line.npos; at = line.find(word, at + 1)) {
    const bool begins = at == 0 || !is_letter(line[at - 1]);
    const auto end = at + word.size();
    if (begins && (end == line.size() || !is_letter(line[end]))) return true;
  }
  return false;
}

bool holds_in(const WordRule& rule, std::string_view folder) {
  return rule.folders.empty() || std::ranges::find(rule.folders, folder) != rule.folders.end();
}

}  // namespace

std::vector<Violation> check_words(std::span<const SourceFile> files) {
  std::vector<Violation> found;
  for (const SourceFile& file : files) {
    for (const SourceLine& line : file.lines) {
      const std::string text = lower(line.text);
      for (const WordRule& rule : word_rules()) {
        if (!holds_in(rule, file.folder())) continue;
        for (const std::string& word : rule.words)
          if (says(text, lower(word))) found.push_back({file.path, line.number, word, std::string(rule.why)});
      }
    }
  }
  return found;
}

}  // namespace holdline::tree
