// Finding payment card numbers in free text. A number is a run of digit groups: 13 to 19 digits that begin like one of
// the card schemes, in a grouping people use, with a right check digit (Luhn, ISO/IEC 7812-1 annex B). Looking only at
// whole groups, and leaving out account numbers (IBAN) and international telephone numbers, keeps order numbers, dates
// and amounts from being refused.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sync/action/validate.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t min_digits = 13, max_digits = 19;
constexpr std::size_t phone_digits = 15;  // E.164
constexpr std::size_t iban_least = 15, iban_most = 34;

// Stand for what people put between groups of digits.
constexpr char soft = ' ';   // blank, dash: any grouping
constexpr char hard = '\n';  // dot, slash, line end, …: also part of dates and amounts, so only even groupings

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_separator(char c) { return c == soft || c == hard; }

struct Spelling {
  std::string_view bytes;
  char plain;
};
constexpr std::array<Spelling, 16> separators{{{" ", soft},
                                               {"\t", soft},
                                               {"-", soft},
                                               {"\u00a0", soft},
                                               {"\u2009", soft},
                                               {"\u202f", soft},
                                               {"\u2010", soft},
                                               {"\u2011", soft},
                                               {"\u2013", soft},
                                               {".", hard},
                                               {"/", hard},
                                               {"_", hard},
                                               {",", hard},
                                               {"*", hard},
                                               {"\u2022", hard},
                                               {"\n", hard}}};
// Nobody sees them, and they part nothing: soft hyphen, zero-width spaces and joiners, marks of direction, variants.
constexpr std::array<std::string_view, 11> unseen{"\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f",
                                                  "\u2060", "\u2066", "\u2069", "\ufe0f", "\ufeff"};
// The first of ten digits in a row: full-width, Arabic-Indic, extended Arabic-Indic.
constexpr std::array<std::string_view, 3> other_zeros{"\uff10", "\u0660", "\u06f0"};

// One byte per digit and separator, none for what nobody sees; everything else stays as it is.
std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const auto separator =
        std::ranges::find_if(separators, [&](const Spelling& s) { return rest.starts_with(s.bytes); });
    const auto zero = std::ranges::find_if(other_zeros, [&](std::string_view z) {
      return rest.size() >= z.size() && rest.starts_with(z.substr(0, z.size() - 1)) &&
             static_cast<unsigned char>(rest[z.size() - 1] - z.back()) < 10;
    });
    const auto hidden = std::ranges::find_if(unseen, [&](std::string_view one) { return rest.starts_with(one); });
    if (hidden != unseen.end()) {
      i += hidden->size();
    } else if (separator != separators.end()) {
      out.push_back(separator->plain);
      i += separator->bytes.size();
    } else if (zero != other_zeros.end()) {
      out.push_back(static_cast<char>('0' + (rest[zero->size() - 1] - zero->back())));
      i += zero->size();
    } else {
      out.push_back(text[i++]);
    }
  }
  return out;
}

// The end of the IBAN that begins at `start` (ISO 13616: two letters, two check digits, remainder 1 modulo 97), or
// `start` when there is none.
std::size_t iban_end(std::string_view text, std::size_t start) {
  const auto alphanumeric = [](char c) { return is_digit(c) || is_upper(c); };
  std::string compact;
  std::size_t end = start;
  for (std::size_t i = start; i < text.size() && compact.size() < iban_most; ++i) {
    if (text[i] == soft) continue;
    if (!alphanumeric(text[i])) break;
    compact.push_back(text[i]);
    if (compact.size() == 4 &&
        !(is_upper(compact[0]) && is_upper(compact[1]) && is_digit(compact[2]) && is_digit(compact[3])))
      return start;
    const bool group_ends = i + 1 == text.size() || !alphanumeric(text[i + 1]);
    if (!group_ends || compact.size() < iban_least) continue;
    unsigned remainder = 0;
    for (const char c : compact.substr(4) + compact.substr(0, 4))
      remainder =
          is_digit(c) ? (remainder * 10 + unsigned(c - '0')) % 97 : (remainder * 100 + unsigned(c - 'A' + 10)) % 97;
    if (remainder == 1) end = i + 1;
  }
  return end;
}

void blank_ibans(std::string& text) {
  for (std::size_t i = 0; i + iban_least <= text.size(); ++i) {
    if (!is_upper(text[i]) || (i > 0 && (is_digit(text[i - 1]) || is_upper(text[i - 1])))) continue;
    if (const std::size_t end = iban_end(text, i); end > i) std::fill(text.begin() + i, text.begin() + end, 'X');
  }
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, twice = !twice) {
    const int digit = *at - '0';
    sum += twice ? digit * 2 - (digit > 4 ? 9 : 0) : digit;
  }
  return sum % 10 == 0;
}

// Ranges of first four digits and the lengths issued in them.
struct Scheme {
  int first, last;
  std::size_t least, most;
};
constexpr std::array<Scheme, 14> schemes{{{2200, 2204, 16, 19},    // Mir
                                          {2221, 2720, 16, 16},    // Mastercard
                                          {3000, 3059, 14, 19},    // Diners Club
                                          {3095, 3095, 14, 19},    // Diners Club
                                          {3400, 3499, 15, 15},    // American Express
                                          {3528, 3589, 16, 19},    // JCB
                                          {3600, 3699, 14, 19},    // Diners Club
                                          {3700, 3799, 15, 15},    // American Express
                                          {3800, 3999, 14, 19},    // Diners Club
                                          {4000, 4999, 13, 19},    // Visa
                                          {5000, 5999, 13, 19},    // Mastercard, Maestro
                                          {6000, 6999, 13, 19},    // Maestro, Discover, UnionPay, RuPay
                                          {8100, 8299, 16, 16},    // RuPay
                                          {9792, 9792, 16, 16}}};  // Troy

bool begins_like_a_card(std::string_view digits) {
  int first = 0;
  for (const char c : digits.substr(0, 4)) first = first * 10 + (c - '0');
  return std::ranges::any_of(schemes, [&](const Scheme& s) {
    return first >= s.first && first <= s.last && digits.size() >= s.least && digits.size() <= s.most;
  });
}

// Groups of digits with at most three separators between neighbours.
struct Run {
  bool plus = false;  // written like an international telephone number
  std::string digits;
  std::vector<std::size_t> starts;  // of each group in `digits`
  std::vector<bool> after_hard;     // a hard separator stands before the group
};

// All groups of one length, but for a shorter last one.
bool is_even(const std::vector<std::size_t>& lengths) {
  return std::all_of(lengths.begin(), lengths.end() - 1, [&](std::size_t n) { return n == lengths.front(); }) &&
         lengths.back() <= lengths.front();
}

bool holds_card(const Run& run) {
  for (std::size_t from = 0; from < run.starts.size(); ++from) {
    std::vector<std::size_t> lengths;
    bool any_hard = false, any_short = false;  // short: below three digits, the last group not counted
    for (std::size_t to = from; to < run.starts.size(); ++to) {
      if (to > from) {
        any_hard = any_hard || run.after_hard[to];
        any_short = any_short || lengths.back() < 3;
      }
      const std::size_t end = to + 1 < run.starts.size() ? run.starts[to + 1] : run.digits.size();
      lengths.push_back(end - run.starts[to]);
      const auto digits = std::string_view(run.digits).substr(run.starts[from], end - run.starts[from]);
      if (digits.size() > max_digits) break;
      if (digits.size() < min_digits || (from == 0 && run.plus && digits.size() <= phone_digits)) continue;
      const bool usual = is_even(lengths) || (!any_hard && !any_short);
      if (usual && begins_like_a_card(digits) && passes_luhn(digits)) return true;
    }
  }
  return false;
}

// Reads the run at `at`, which is a digit, and moves behind it.
Run read_run(std::string_view text, std::size_t& at) {
  constexpr std::size_t max_separators = 3;
  Run run;
  run.plus = at > 0 && text[at - 1] == '+';
  bool crossed_hard = false;
  while (true) {
    run.starts.push_back(run.digits.size());
    run.after_hard.push_back(crossed_hard);
    while (at < text.size() && is_digit(text[at])) run.digits.push_back(text[at++]);
    std::size_t next = at;
    while (next < text.size() && is_separator(text[next])) ++next;
    if (next == at || next - at > max_separators || next == text.size() || !is_digit(text[next])) return run;
    crossed_hard = text.substr(at, next - at).find(hard) != std::string_view::npos;
    at = next;
  }
}

}  // namespace

bool spells_phone(std::string_view typed, std::string_view e164) {
  constexpr std::size_t telling = 7;  // of the subscriber: the rest may be written as a trunk digit, or left out
  std::string digits = plain(typed);
  std::erase_if(digits, [](char c) { return !is_digit(c); });
  return e164.size() > telling && digits.find(e164.substr(e164.size() - telling)) != digits.npos;
}

bool holds_card_number(std::string_view text) {
  // Nearly every text ends here: too few digits for a card number.
  const auto may_be_digit = [](char c) { return is_digit(c) || static_cast<unsigned char>(c) >= 0x80; };
  if (std::ranges::count_if(text, may_be_digit) < static_cast<std::ptrdiff_t>(min_digits)) return false;
  std::string readable = plain(text);
  blank_ibans(readable);
  for (std::size_t i = 0; i < readable.size();) {
    if (!is_digit(readable[i]))
      ++i;
    else if (holds_card(read_run(readable, i)))
      return true;
  }
  return false;
}

}  // namespace holdline::sync
