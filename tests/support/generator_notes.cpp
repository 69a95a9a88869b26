#include "tests/support/generator_notes.hpp"

#include <algorithm>
#include <cstdio>

#include "tests/support/generator_words.hpp"

namespace holdline::generator {

namespace {

constexpr std::size_t vocabulary = 6'000;
constexpr std::size_t longest = 200;

std::size_t note_length(Random& random) { return 80 + random.below(121); }

void add_amount(std::string& s, Random& random) {
  s.append(" (").append(std::to_string(random.below(900))).append(".");
  s += static_cast<char>('0' + random.below(10));
  s += static_cast<char>('0' + random.below(10));
  s += " EUR)";
}

void add_time(std::string& s, Random& random) {
  const unsigned minute = random.below(12) * 5, hour = 8 + random.below(11);
  char text[24];
  std::snprintf(text, sizeof text, " %02u:%02u", hour, minute);
  s += text;
}

// A closing remark; one that announces a name or a number gets it.
void add_tail(std::string& s, Random& random) {
  const std::string_view tail = random.pick_skewed(words::note_tails);
  s += tail;
  if (tail.back() == '.') return;
  s += ' ';
  if (tail.back() == ':') {
    s.append(random.pick_skewed(words::first_names)).append(" ");
    s.append(random.pick_skewed(words::family_starts));
    s.append(random.pick(words::family_ends));
  } else {
    s += std::to_string(100'000 + random.below(9'000'000));
  }
  s += '.';
}

// A mistyped word that no dictionary has.
void add_noise(std::string& s, Random& random) {
  s += ' ';
  for (std::uint32_t k = 0, letters = 4 + random.below(8); k < letters; ++k)
    s += static_cast<char>('a' + random.below(26));
}

void cut_at_character(std::string& s) {
  if (s.size() > longest) s.resize(longest);
  const auto last = [&s] { return static_cast<unsigned char>(s.back()); };
  while (!s.empty() && (last() & 0xC0) == 0x80) s.pop_back();
  if (!s.empty() && last() >= 0xC0) s.pop_back();
}

std::vector<std::string> make_words() {
  Random random(77);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < vocabulary; ++i) {
    std::string word;
    const std::uint32_t count = i < 40 ? 1 : i < 400 ? 1 + random.below(2) : 2 + random.below(3);
    for (std::uint32_t k = 0; k < count; ++k) word += random.pick(words::syllables);
    if (random.below(4) == 0 && word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 32);
    out.push_back(std::move(word));
  }
  return out;
}

}  // namespace

std::string grammar_note(Random& random) {
  const std::size_t length = note_length(random);
  std::string s;
  while (s.size() < length) {
    if (!s.empty()) s += ' ';
    s.append(random.pick_skewed(words::note_openings)).append(" ");
    s += random.pick_skewed(words::note_topics);
    if (random.below(3)) add_amount(s, random);
    s.append(random.pick(words::note_links)).append(" ");
    s.append(random.pick_skewed(words::note_actions)).append(" ");
    s += random.pick(words::note_days);
    if (random.below(2)) add_time(s, random);
    s += ". ";
    add_tail(s, random);
    if (random.below(4) == 0) add_noise(s, random);
  }
  cut_at_character(s);
  return s;
}

FreeNotes::FreeNotes() : words_(make_words()) {
  double total = 0;
  for (std::size_t i = 0; i < vocabulary; ++i) cumulated_.push_back(total += 1.0 / (static_cast<double>(i) + 2.7));
  for (double& share : cumulated_) share /= total;
}

std::string FreeNotes::note(Random& random) const {
  const std::size_t length = note_length(random);
  std::string s;
  for (int k = 1; s.size() < length; ++k) {
    if (!s.empty()) s += ' ';
    const auto word = std::lower_bound(cumulated_.begin(), cumulated_.end(), random.unit()) - cumulated_.begin();
    s += words_[static_cast<std::size_t>(word)];
    if (k % 9 == 8) s += random.below(3) ? "," : ".";
    if (random.below(18) == 0) s.append(" ").append(std::to_string(random.below(100'000)));
  }
  return s;
}

}  // namespace holdline::generator
