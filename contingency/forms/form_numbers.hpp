// Numbers of paper forms. Blocks are handed out beforehand, to a workstation or as a pad, so that two desks can never
// use one number, also without contact; afterwards every number is accounted for: used, returned, void or outstanding.
// What comes out depends on what was told, not on the order. Pure values; not thread-safe. Times are Unix milliseconds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contingency/incident/incident.hpp"

namespace holdline::contingency {

inline constexpr std::uint32_t form_number_most = 999'999;  // of one series: six digits
inline constexpr std::uint32_t form_block_most = 1'000;

// "LON-004211-F": series, number, check character. People copy it by hand.
std::string form_number_text(const std::string& series, std::uint32_t number);
struct FormNumber {
  std::string series;
  std::uint32_t number = 0;
  auto operator<=>(const FormNumber&) const = default;
};
// Takes lower case, blanks and a number without its leading zeros. ask_person: "form-number-malformed",
// "form-number-mistyped" (the check character differs).
Result<FormNumber> parse_form_number(std::string_view typed);

struct NumberBlock {
  sync::Id id;
  std::string series;  // 2 to 8 capital letters and digits; of a site
  std::uint32_t from = 0, to = 0;
  std::string holder;  // a workstation, or a pad
  Signature issued;
};

// What became of one number.
struct NumberUse {
  enum class Kind : std::uint8_t { used, spoiled, returned };
  FormNumber number;
  Kind kind = Kind::used;
  sync::Id entry;  // used: the entry that was typed from the form
  Signature by;    // spoiled: with a reason
  auto operator<=>(const NumberUse&) const = default;
};

struct BlockBalance {
  sync::Id block;
  std::size_t issued = 0, used = 0, spoiled = 0, returned = 0, outstanding = 0;
  std::vector<std::uint32_t> missing;  // the outstanding numbers: to be chased
  bool balanced() const { return issued == used + spoiled + returned + outstanding; }
};

class FormNumbers {
 public:
  // The next `count` numbers of the series that no block ever held; a returned one is never handed out again.
  // ask_person: "series-malformed", "block-size", "series-exhausted".
  Result<NumberBlock> allocate(sync::Id id, const std::string& series, std::uint32_t count, std::string holder,
                               Signature by) const;
  // Keeps a block, allocated here or told by others; again is no change. stop "blocks-overlap": two allocators were at
  // work, and neither may hand out more of the series.
  Result<void> take(const NumberBlock& block);

  // Before saying "saved": was the number handed out, and is it free? ask_person: "form-number-unknown" (in no block),
  // "form-number-taken" (names when and by whom).
  Result<void> check(const NumberUse& use) const;
  // Keeps what was told, also when two desks told different things of one number while they had no contact. Of these
  // the earliest holds, and the others are in disputes().
  void take(const NumberUse& use);

  std::optional<NumberUse> use_of(const FormNumber& number) const;
  // What was told of a number beyond the one that holds: a person looks at the paper.
  std::vector<NumberUse> disputes() const;
  // By series and number.
  std::vector<BlockBalance> balance() const;
  std::size_t outstanding() const;

 private:
  const NumberBlock* block_of(const FormNumber& number) const;

  std::map<FormNumber, NumberBlock> blocks_;           // by their first number
  std::map<FormNumber, std::vector<NumberUse>> uses_;  // the one that holds first
};

}  // namespace holdline::contingency
