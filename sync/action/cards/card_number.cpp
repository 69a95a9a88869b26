// Finding payment card numbers in free text. A number is a run of digit groups: 13 to 19 digits that begin like one of
// the card schemes, in a grouping people use, with a right check digit (Luhn, ISO/IEC 7812-1 annex B). Digits of every
// script count, and whatever signs stand between them. Looking only at whole groups, and leaving out account numbers
// (IBAN, sort codes), dates and international telephone numbers, keeps order numbers and amounts from being refused.
#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "sync/action/cards/plain_text.hpp"
#include "sync/action/validate.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t min_digits = 13, max_digits = 19;
constexpr std::size_t phone_digits = 15;  // E.164
constexpr std::size_t iban_least = 15, iban_most = 34;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_separator(char c) { return c == plain_text::soft || plain_text::is_hard(c); }

using plain_text::soft;

// The end of the IBAN that begins at `start` (ISO 13616: two letters, two check digits, remainder 1 modulo 97), or
// `start` when there is none.
std::size_t iban_end(std::string_view text, std::size_t start) {
  const auto alphanumeric = [](char c) { return is_digit(c) || is_letter(c); };
  std::string compact;
  std::size_t end = start;
  for (std::size_t i = start; i < text.size() && compact.size() < iban_most; ++i) {
    if (text[i] == soft) continue;
    if (!alphanumeric(text[i])) break;
    compact.push_back(upper(text[i]));
    if (compact.size() == 4 &&
        !(is_letter(compact[0]) && is_letter(compact[1]) && is_digit(compact[2]) && is_digit(compact[3])))
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
    if (!is_letter(text[i]) || (i > 0 && (is_digit(text[i - 1]) || is_letter(text[i - 1])))) continue;
    if (const std::size_t end = iban_end(text, i); end > i) std::fill(text.begin() + i, text.begin() + end, 'X');
  }
}

// The groups of digits of a text with one separator between neighbours: where each begins and how long it is.
struct Group {
  std::size_t at = 0, size = 0;
  bool joined = false;  // one separator and no more stands before it
};
std::vector<Group> groups_of(std::string_view text) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    Group group{i, 0, false};
    while (i < text.size() && is_digit(text[i])) ++i;
    group.size = i - group.at;
    group.joined =
        !groups.empty() && groups.back().at + groups.back().size + 1 == group.at && is_separator(text[group.at - 1]);
    groups.push_back(group);
  }
  return groups;
}

// Days ("01.11.2024", "2026-11-28") and British accounts ("40-47-84 70872490") are put out of the way.
void blank_days_and_accounts(std::string& text) {
  const auto groups = groups_of(text);
  const auto number = [&](const Group& group) {
    int value = 0;
    for (const char c : std::string_view(text).substr(group.at, group.size)) value = 10 * value + (c - '0');
    return value;
  };
  const auto is_year = [&](const Group& group) {
    return group.size == 4 && number(group) >= 1900 && number(group) < 2100;
  };
  const auto up_to = [&](const Group& group, int most) { return group.size <= 2 && number(group) <= most; };
  const auto blank = [&](const Group& first, const Group& last) {
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(first.at),
              text.begin() + static_cast<std::ptrdiff_t>(last.at + last.size), 'X');
  };
  for (std::size_t i = 0; i + 2 < groups.size(); ++i) {
    const Group &one = groups[i], &two = groups[i + 1], &three = groups[i + 2];
    if (!two.joined || !three.joined) continue;
    const bool day_first = up_to(one, 31) && up_to(two, 31) && is_year(three);
    const bool year_first = is_year(one) && up_to(two, 12) && up_to(three, 31);
    const bool sort_code = one.size == 2 && two.size == 2 && three.size == 2 && i + 3 < groups.size() &&
                           groups[i + 3].joined && groups[i + 3].size == 8 &&
                           (i + 4 == groups.size() || !groups[i + 4].joined) && !one.joined;
    if (day_first || year_first) blank(one, three);
    if (sort_code) blank(one, groups[i + 3]);
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

// The length of nearly all cards that begin like that.
bool is_usual_length(std::string_view digits) {
  if (digits.starts_with("34") || digits.starts_with("37")) return digits.size() == 15;
  if (digits.starts_with("30") || digits.starts_with("36") || digits.starts_with("38")) return digits.size() == 14;
  return digits.size() == 16;
}

// Groups of digits with at most four separators between neighbours.
struct Run {
  bool plus = false;  // written like an international telephone number
  std::string digits;
  std::vector<std::size_t> starts;  // of each group in `digits`
  std::vector<char> signs;          // the sign before each group, soft without one, mixed with several
};
constexpr char mixed = '\2';

char sign_of(std::string_view separators) {
  char found = soft;
  for (const char c : separators)
    if (c != soft) found = found == soft || found == c ? c : mixed;
  return found;
}

// All groups of one length, but for a shorter last one; of two with a dot or the like between, both; and as American
// Express and Diners Club print them.
bool is_even(const std::vector<std::size_t>& lengths, bool any_hard) {
  static const std::vector<std::size_t> printed[] = {{4, 6, 5}, {4, 6, 4}};
  if (std::ranges::find(printed, lengths) != std::end(printed)) return true;
  if (any_hard && lengths.size() == 2) return lengths.front() == lengths.back();
  return std::all_of(lengths.begin(), lengths.end() - 1, [&](std::size_t n) { return n == lengths.front(); }) &&
         lengths.back() <= lengths.front();
}

// Groups of a run from `from` on, one more with each call of add().
class Window {
 public:
  Window(const Run& run, std::size_t from) : run_(run), from_(from) {}

  void add(std::size_t to) {
    if (!lengths_.empty()) {
      const char sign = run_.signs[to];
      any_short_ = any_short_ || lengths_.back() < 3;
      one_sign_ = sign != mixed && (lengths_.size() == 1 || (one_sign_ && sign == run_.signs[to - 1]));
      any_hard_ = any_hard_ || sign != soft;
    }
    const std::size_t end = to + 1 < run_.starts.size() ? run_.starts[to + 1] : run_.digits.size();
    lengths_.push_back(end - run_.starts[to]);
    digits_ = std::string_view(run_.digits).substr(run_.starts[from_], end - run_.starts[from_]);
  }

  std::string_view digits() const { return digits_; }

  // Grouped as people do, or to get past somebody who looks for that.
  bool is_usual() const {
    constexpr std::size_t expiry_and_code = 7;
    // Readings of meters and the like: nobody prints a card in groups of five or more.
    if (is_even(lengths_, any_hard_))
      return (!any_hard_ || !any_short_ || one_sign_) &&
             (lengths_.size() == 1 || lengths_.front() < 5 || is_usual_length(digits_));
    if (any_hard_) return false;
    const std::size_t behind = run_.digits.size() - run_.starts[from_] - digits_.size();
    return !any_short_ || (from_ == 0 && behind <= expiry_and_code && is_usual_length(digits_));
  }

 private:
  const Run& run_;
  const std::size_t from_;
  std::vector<std::size_t> lengths_;
  std::string_view digits_;
  bool any_hard_ = false, one_sign_ = true;
  bool any_short_ = false;  // below three digits, the last group not counted
};

bool holds_card(const Run& run) {
  for (std::size_t from = 0; from < run.starts.size(); ++from) {
    Window window(run, from);
    for (std::size_t to = from; to < run.starts.size(); ++to) {
      window.add(to);
      const std::string_view digits = window.digits();
      if (digits.size() > max_digits) break;
      if (digits.size() < min_digits || (from == 0 && run.plus && digits.size() <= phone_digits)) continue;
      if (window.is_usual() && begins_like_a_card(digits) && passes_luhn(digits)) return true;
    }
  }
  return false;
}

// Reads the run at `at`, which is a digit, and moves behind it.
Run read_run(std::string_view text, std::size_t& at) {
  constexpr std::size_t max_separators = 4;
  Run run;
  run.plus = at > 0 && text[at - 1] == '+';
  char sign = soft;
  while (true) {
    run.starts.push_back(run.digits.size());
    run.signs.push_back(sign);
    while (at < text.size() && is_digit(text[at])) run.digits.push_back(text[at++]);
    std::size_t next = at;
    while (next < text.size() && is_separator(text[next])) ++next;
    if (next == at || next - at > max_separators || next == text.size() || !is_digit(text[next])) return run;
    if (text[next - 1] == '+' && next - at > 1) return run;  // another telephone number begins
    sign = sign_of(text.substr(at, next - at));
    at = next;
  }
}

}  // namespace

bool spells_phone(std::string_view typed, std::string_view e164) {
  constexpr std::size_t telling = 7;  // of the subscriber: the rest may be written as a trunk digit, or left out
  std::string digits = plain_text::digits_and_separators(typed);
  std::erase_if(digits, [](char c) { return !is_digit(c); });
  return e164.size() > telling && digits.find(e164.substr(e164.size() - telling)) != digits.npos;
}

bool holds_card_number(std::string_view text) {
  // Nearly every text ends here: too few digits for a card number.
  const auto may_be_digit = [](char c) { return is_digit(c) || static_cast<unsigned char>(c) >= 0x80; };
  if (std::ranges::count_if(text, may_be_digit) < static_cast<std::ptrdiff_t>(min_digits)) return false;
  std::string readable = plain_text::digits_and_separators(text);
  if (std::ranges::count_if(readable, is_digit) < static_cast<std::ptrdiff_t>(min_digits)) return false;
  blank_ibans(readable);
  blank_days_and_accounts(readable);
  for (std::size_t i = 0; i < readable.size();) {
    if (!is_digit(readable[i]))
      ++i;
    else if (holds_card(read_run(readable, i)))
      return true;
  }
  return false;
}

}  // namespace holdline::sync
