#include "contingency/forms/form_numbers.hpp"

#include <algorithm>
#include <charconv>

#include "contingency/code/alphabet.hpp"

namespace holdline::contingency {

namespace {

constexpr std::size_t series_least = 2, series_most = 8, number_digits = 6;

bool is_series(std::string_view series) {
  return series.size() >= series_least && series.size() <= series_most &&
         std::ranges::all_of(series, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string digits_of(std::uint32_t number) {
  const std::string digits = std::to_string(number);
  return std::string(number_digits - std::min(number_digits, digits.size()), '0') + digits;
}

// Over letters and digits that the code alphabet does not have as well: weights as there, modulo its 23 characters.
char check_of(const std::string& series, std::uint32_t number) {
  std::size_t sum = 0, factor = 1;
  for (const char c : series + digits_of(number))
    sum += factor++ * static_cast<std::size_t>(c >= 'A' ? c - 'A' + 10 : c - '0');
  return code_alphabet[sum % code_alphabet.size()];
}

std::string tidied(std::string_view typed) {
  std::string text;
  for (const char c : typed)
    if (c != ' ') text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

Result<FormNumber> malformed_number() {
  return fail(ErrorKind::ask_person, "form-number-malformed",
              "A form number looks like LON-004211-F: letters of the site, six digits, one character.");
}

// By time; of one moment in a fixed order, so that every place agrees.
bool told_earlier(const NumberUse& a, const NumberUse& b) { return std::tie(a.by.at_ms, a) < std::tie(b.by.at_ms, b); }

}  // namespace

std::string form_number_text(const std::string& series, std::uint32_t number) {
  return series + "-" + digits_of(number) + "-" + check_of(series, number);
}

Result<FormNumber> parse_form_number(std::string_view typed) {
  if (typed.size() > 40) return malformed_number();
  const std::string text = tidied(typed);
  const std::size_t first = text.find('-'), last = text.rfind('-');
  if (first == text.npos || first == last || last + 2 != text.size()) return malformed_number();
  FormNumber number{text.substr(0, first), 0};
  const char* begin = text.data() + first + 1;
  const char* end = text.data() + last;
  const auto [stop, error] = std::from_chars(begin, end, number.number);
  if (!is_series(number.series) || error != std::errc{} || stop != end || number.number == 0 ||
      number.number > form_number_most)
    return malformed_number();
  if (check_of(number.series, number.number) != text.back())
    return fail(ErrorKind::ask_person, "form-number-mistyped",
                "The last character does not fit the number: look at the paper again.");
  return number;
}

Result<NumberBlock> FormNumbers::allocate(sync::Id id, const std::string& series, std::uint32_t count,
                                          std::string holder, Signature by) const {
  if (!is_series(series))
    return fail(ErrorKind::ask_person, "series-malformed", "A series has 2 to 8 capital letters and digits, like LON.");
  if (count == 0 || count > form_block_most)
    return fail(ErrorKind::ask_person, "block-size", "A block has 1 to 1,000 numbers.");
  std::uint32_t highest = 0;
  for (const auto& [first, block] : blocks_)
    if (block.series == series) highest = std::max(highest, block.to);
  if (form_number_most - highest < count)
    return fail(ErrorKind::ask_person, "series-exhausted",
                "The series " + series + " has " + std::to_string(form_number_most - highest) +
                    " numbers left. Begin another series.");
  return NumberBlock{id, series, highest + 1, highest + count, std::move(holder), std::move(by)};
}

Result<void> FormNumbers::take(const NumberBlock& block) {
  if (!is_series(block.series) || block.from == 0 || block.to < block.from || block.to > form_number_most ||
      block.to - block.from >= form_block_most)
    return fail(ErrorKind::stop, "block-malformed", "A block of form numbers is not one. Ask the hub for another.");
  for (const auto& [first, known] : blocks_) {
    if (known.id == block.id) return {};
    if (known.series == block.series && known.from <= block.to && block.from <= known.to)
      return fail(ErrorKind::stop, "blocks-overlap",
                  "Numbers of the series " + block.series + " were handed out twice, to " + known.holder + " and to " +
                      block.holder + ". Collect the forms of both.");
  }
  blocks_.emplace(FormNumber{block.series, block.from}, block);
  return {};
}

const NumberBlock* FormNumbers::block_of(const FormNumber& number) const {
  auto after = blocks_.upper_bound(number);
  if (after == blocks_.begin()) return nullptr;
  const NumberBlock& block = std::prev(after)->second;
  return block.series == number.series && number.number <= block.to ? &block : nullptr;
}

Result<void> FormNumbers::check(const NumberUse& use) const {
  const std::string text = form_number_text(use.number.series, use.number.number);
  if (!block_of(use.number))
    return fail(ErrorKind::ask_person, "form-number-unknown",
                text + " was never handed out here. Look at the paper again; a supervisor knows the blocks.");
  const auto known = use_of(use.number);
  if (!known || *known == use) return {};
  const char* const kinds[] = {"used", "spoiled", "returned"};
  return fail(ErrorKind::ask_person, "form-number-taken",
              text + " is " + kinds[static_cast<std::size_t>(known->kind)] + " already, said by " + known->by.person +
                  ". Look at the paper: is it the same form?");
}

void FormNumbers::take(const NumberUse& use) {
  std::vector<NumberUse>& told = uses_[use.number];
  if (std::ranges::find(told, use) != told.end()) return;
  told.push_back(use);
  std::ranges::sort(told, told_earlier);
}

std::optional<NumberUse> FormNumbers::use_of(const FormNumber& number) const {
  const auto found = uses_.find(number);
  return found == uses_.end() ? std::nullopt : std::optional(found->second.front());
}

std::vector<NumberUse> FormNumbers::disputes() const {
  std::vector<NumberUse> all;
  for (const auto& [number, told] : uses_) all.insert(all.end(), told.begin() + 1, told.end());
  return all;
}

std::vector<BlockBalance> FormNumbers::balance() const {
  std::vector<BlockBalance> all;
  for (const auto& [first, block] : blocks_) {
    BlockBalance balance;
    balance.block = block.id;
    for (std::uint32_t number = block.from; number <= block.to; ++number) {
      ++balance.issued;
      const auto use = use_of({block.series, number});
      if (!use) {
        ++balance.outstanding;
        balance.missing.push_back(number);
      } else if (use->kind == NumberUse::Kind::used) {
        ++balance.used;
      } else if (use->kind == NumberUse::Kind::spoiled) {
        ++balance.spoiled;
      } else {
        ++balance.returned;
      }
    }
    all.push_back(std::move(balance));
  }
  return all;
}

std::size_t FormNumbers::outstanding() const {
  std::size_t sum = 0;
  for (const BlockBalance& balance : balance()) sum += balance.outstanding;
  return sum;
}

}  // namespace holdline::contingency
