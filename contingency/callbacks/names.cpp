#include "contingency/callbacks/names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace holdline::contingency {

namespace {

constexpr std::array<std::string_view, 20> titles{"mr",  "mrs",  "ms",   "miss", "mx",      "dr",  "prof",
                                                  "sir", "lady", "lord", "herr", "frau",    "mme", "mlle",
                                                  "m",   "sr",   "sra",  "sig",  "signora", "rev"};

// The first letter of a word stands for it.
bool words_fit(const std::string& a, const std::string& b) {
  return a == b || ((a.size() == 1 || b.size() == 1) && a.front() == b.front());
}

}  // namespace

std::vector<std::string> words_of_name(const std::string& folded) {
  std::vector<std::string> words, with_titles;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t end = std::min(folded.find(' ', at), folded.size());
    std::string word = folded.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (std::ranges::find(titles, word) == titles.end()) words.push_back(word);
    with_titles.push_back(std::move(word));
  }
  if (words.empty()) words = std::move(with_titles);  // "Sir" may be all that was said
  std::ranges::sort(words);
  return words;
}

// Names have few words: each of the shorter name's takes the best one that is left, whole words before initials.
bool names_fit(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto& few = a.size() <= b.size() ? a : b;
  const auto& many = a.size() <= b.size() ? b : a;
  if (few.empty() || many.size() > 64) return a == b;
  std::uint64_t taken = 0;
  bool whole = false;
  std::vector<const std::string*> left;
  for (const std::string& word : few) {
    std::size_t at = 0;
    while (at < many.size() && ((taken >> at & 1U) != 0 || many[at] != word)) ++at;
    if (at == many.size()) {
      left.push_back(&word);
      continue;
    }
    taken |= std::uint64_t{1} << at;
    whole = whole || word.size() > 1;
  }
  for (const std::string* word : left) {
    std::size_t at = 0;
    while (at < many.size() && ((taken >> at & 1U) != 0 || !words_fit(*word, many[at]))) ++at;
    if (at == many.size()) return false;
    taken |= std::uint64_t{1} << at;
  }
  return whole;
}

}  // namespace holdline::contingency
