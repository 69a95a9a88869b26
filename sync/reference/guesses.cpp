#include "sync/reference/guesses.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sync/reference/reference.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t shortest = 8, longest = 11;  // one character left out of nine, one too many beside ten
constexpr std::size_t most_foreign = 3, most_guesses = 100;

// What each letter and digit is taken for, by ear or by eye, among those of references.
struct LooksLike {
  char heard;
  std::string_view meant;
};
constexpr std::array<LooksLike, 36> confused{{
    {'0', "96"},  {'1', "7"},  {'2', "3"},   {'3', "28"}, {'4', "9K"}, {'5', "96"}, {'6', "84"}, {'7', "23"},
    {'8', "3K6"}, {'9', "4"},  {'A', "8K4"}, {'B', "83"}, {'C', "3"},  {'D', "3"},  {'E', "38"}, {'F', "X7"},
    {'G', "63"},  {'H', "8K"}, {'I', "79"},  {'J', "K8"}, {'K', "8X"}, {'L', "74"}, {'M', "WR"}, {'N', "M"},
    {'O', "69"},  {'P', "3R"}, {'Q', "29"},  {'R', "K"},  {'S', "X6"}, {'T', "37"}, {'U', "2W"}, {'V', "YW3"},
    {'W', "M"},   {'X', "KY"}, {'Y', "4X"},  {'Z', "2"},
}};

bool is_numeral(char c) { return c >= '0' && c <= '9'; }
bool is_letter_of_one(char c) { return reference_letters.find(c) != std::string_view::npos; }

std::string letters_of(std::string_view typed) {
  std::string letters;
  for (char c : typed) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (is_numeral(c) || (c >= 'A' && c <= 'Z'))
      letters += c;
    else if (std::string_view(" \t-._/").find(c) == std::string_view::npos)
      return {};
  }
  return letters;
}

std::string_view meant_by(char heard) {
  const auto found = std::ranges::find(confused, heard, &LooksLike::heard);
  return found == confused.end() ? std::string_view() : found->meant;
}

class Guessing {
 public:
  explicit Guessing(std::string letters) : letters_(std::move(letters)) {}

  std::vector<std::string> run() && {
    const auto foreign = std::ranges::count_if(letters_, [](char c) { return !is_letter_of_one(c); });
    if (foreign > static_cast<std::ptrdiff_t>(most_foreign)) return {};
    if (foreign != 0) {
      replace_foreign(letters_, 0);
      if (foreign == 1) replace_by_any(letters_.find_first_not_of(reference_letters));
      return std::move(found_);
    }
    for (std::size_t at = 0; at < letters_.size(); ++at)
      for (const char meant : meant_by(letters_[at])) with(at, meant);
    for (std::size_t at = 0; at + 1 < letters_.size(); ++at) swapped(at, at + 1);
    for (std::size_t at = 0; at < letters_.size(); ++at) replace_by_any(at);
    for (std::size_t at = 0; at < letters_.size(); ++at) take(std::string(letters_).erase(at, 1));
    for (std::size_t at = 0; at <= letters_.size(); ++at)
      for (const char left_out : reference_letters) take(std::string(letters_).insert(at, 1, left_out));
    for (std::size_t at = 0; at < letters_.size(); ++at)
      for (std::size_t other = at + 2; other < letters_.size(); ++other) swapped(at, other);
    return std::move(found_);
  }

 private:
  void take(const std::string& letters) {
    const ReferenceReading read = read_reference(letters);
    if (read.kind != ReferenceReading::Kind::reference || found_.size() == most_guesses) return;
    if (std::ranges::find(found_, read.text) == found_.end()) found_.push_back(read.text);
  }
  void with(std::size_t at, char letter) {
    std::string letters = letters_;
    letters[at] = letter;
    take(letters);
  }
  void replace_by_any(std::size_t at) {
    for (const char letter : reference_letters) with(at, letter);
  }
  void swapped(std::size_t at, std::size_t other) {
    std::string letters = letters_;
    std::swap(letters[at], letters[other]);
    take(letters);
  }
  void replace_foreign(std::string letters, std::size_t from) {
    const auto at = letters.find_first_not_of(reference_letters, from);
    if (at == std::string::npos) return take(letters);
    for (const char meant : meant_by(letters_[at])) {
      letters[at] = meant;
      replace_foreign(letters, at + 1);
    }
  }

  const std::string letters_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> reference_guesses(std::string_view typed) {
  constexpr std::size_t longest_typed = 40;
  if (typed.size() > longest_typed || read_reference(typed).kind == ReferenceReading::Kind::reference) return {};
  std::string letters = letters_of(typed);
  const auto digits = std::ranges::count_if(letters, is_numeral);
  // Nobody's name, nor a telephone number.
  const bool mixed = digits > 0 && digits < static_cast<std::ptrdiff_t>(letters.size());
  if (!mixed || letters.size() < shortest || letters.size() > longest) return {};
  return Guessing(std::move(letters)).run();
}

}  // namespace holdline::sync
