#include "sync/reference/reference.hpp"

#include <algorithm>
#include <optional>

namespace holdline::sync {

namespace {

constexpr std::uint64_t base = reference_letters.size();
constexpr std::size_t short_size = 9, long_size = 10, group_size = 3;
constexpr std::size_t longest_read = 40;
// Neighbours come out far apart. Coprime to 13, so that no two numbers meet.
constexpr std::uint64_t spread = 504'149'189, summand = 271'828'182;
static_assert(base == 13 && spread % base != 0);

std::optional<std::uint64_t> digit_of(char letter) {
  const auto at = reference_letters.find(letter);
  return at == std::string_view::npos ? std::nullopt : std::optional<std::uint64_t>(at);
}

// Each place weighs twice the one to its right, modulo 13. The powers of two are twelve different ones there, none of
// them zero: a wrong character changes the sum, and so do two that changed places, neighbours or not. 0 when it fits;
// nothing when there is a letter that no reference has.
std::optional<std::uint64_t> weigh(std::string_view letters) {
  std::uint64_t sum = 0;
  for (const char letter : letters) {
    const auto digit = digit_of(letter);
    if (!digit) return std::nullopt;
    sum = (sum * 2 + *digit) % base;
  }
  return sum;
}

std::string grouped(std::string_view letters) {
  std::string text;
  const std::size_t groups = letters.size() / group_size;
  for (std::size_t group = 0; group < groups; ++group) {
    if (group > 0) text += '-';
    const bool last = group + 1 == groups;
    text += letters.substr(group * group_size, last ? std::string_view::npos : group_size);
  }
  return text;
}

// Capital letters and digits of a text; nothing when there is anything in it that stands between no two of them.
std::optional<std::string> plain_letters(std::string_view typed) {
  std::string letters;
  for (const char c : typed) {
    if (c >= 'a' && c <= 'z')
      letters += static_cast<char>(c - 'a' + 'A');
    else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      letters += c;
    else if (std::string_view(" \t-._/").find(c) == std::string_view::npos)
      return std::nullopt;
  }
  return letters;
}

bool is_digit_letter(char c) { return c >= '0' && c <= '9'; }

// Nobody's name, nor a telephone number: letters and digits mixed, all but one of them a reference's.
bool is_meant_as_reference(const std::string& letters) {
  const auto digits = std::ranges::count_if(letters, is_digit_letter);
  const auto foreign = std::ranges::count_if(letters, [](char c) { return !digit_of(c); });
  return digits > 0 && digits < static_cast<std::ptrdiff_t>(letters.size()) && foreign <= 1;
}

}  // namespace

std::string reference_text(std::uint64_t number) {
  number %= reference_count;
  const std::uint64_t head = number / short_reference_count;
  std::uint64_t tail = ((number % short_reference_count) * spread + summand) % short_reference_count;
  std::string letters(short_size - 1, ' ');
  for (std::size_t at = letters.size(); at-- > 0; tail /= base) letters[at] = reference_letters[tail % base];
  if (head != 0) letters.insert(letters.begin(), reference_letters[head]);
  const std::uint64_t sum = *weigh(letters) * 2 % base;
  letters += reference_letters[(base - sum) % base];
  return grouped(letters);
}

ReferenceReading read_reference(std::string_view typed) {
  if (typed.size() > longest_read) return {};
  const auto letters = plain_letters(typed);
  if (!letters || (letters->size() != short_size && letters->size() != long_size)) return {};
  // Ten characters are only needed by numbers that do not fit nine.
  const bool full = letters->size() == short_size || letters->front() != reference_letters.front();
  if (full && weigh(*letters) == std::uint64_t{0}) return {ReferenceReading::Kind::reference, grouped(*letters)};
  if (is_meant_as_reference(*letters)) return {ReferenceReading::Kind::misheard, {}};
  return {};
}

bool is_reference(std::string_view text) {
  const ReferenceReading reading = read_reference(text);
  return reading.kind == ReferenceReading::Kind::reference && reading.text == text;
}

}  // namespace holdline::sync
