#include "contingency/code/alphabet.hpp"

#include <array>

namespace holdline::contingency {

namespace {

constexpr std::array spelling{"Three",  "Four",    "Six",   "Seven",   "Nine",    "Alfa",  "Charlie",  "Delta",
                              "Echo",   "Foxtrot", "Hotel", "Juliett", "Kilo",    "Mike",  "November", "Papa",
                              "Quebec", "Romeo",   "Tango", "Victor",  "Whiskey", "X-ray", "Yankee"};
static_assert(spelling.size() == code_alphabet.size());

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool separates(char c) { return c == ' ' || c == '-' || c == '.'; }

}  // namespace

char check_character(std::string_view text) {
  std::size_t sum = 0, factor = 1;
  for (const char c : text) sum += factor++ * code_alphabet.find(c);
  return code_alphabet[sum % code_alphabet.size()];
}

char stray_character(std::string_view typed) {
  for (const char c : typed)
    if (!separates(c) && code_alphabet.find(upper(c)) == code_alphabet.npos) return c;
  return 0;
}

std::optional<std::string> tidy_code(std::string_view typed) {
  if (stray_character(typed) != 0) return std::nullopt;
  std::string text;
  for (const char c : typed)
    if (!separates(c)) text += upper(c);
  return text;
}

std::string spelled(std::string_view text) {
  std::string words;
  for (const char c : text)
    if (const auto at = code_alphabet.find(c); at != code_alphabet.npos)
      words += (words.empty() ? "" : " ") + std::string(spelling[at]);
  return words;
}

}  // namespace holdline::contingency
