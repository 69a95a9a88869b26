// Numbers that people read out to each other: "your reference is K7M 4XR R2M". Thirteen letters and digits that neither
// look alike nor sound alike, the last of them a check character, which catches every single character that is wrong
// and every two that changed places (docs/decisions/0022-references-to-read-out.md). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdline::sync {

// Of 0/O/Q/D, 1/I/L/J, 2/Z, 5/S, 8/B, 6/G, U/V, and of letters that rhyme on the telephone (B C D E G P T V Z and 3,
// A H J K and 8, F S and X, M and N, 5 and 9, Q U and 2), at most one each; 8 and K differ at their ends.
inline constexpr std::string_view reference_letters = "2346789KMRWXY";
// So many there are; the first thirteenth of them have nine characters, the others ten.
inline constexpr std::uint64_t reference_count = 10'604'499'373;
inline constexpr std::uint64_t short_reference_count = reference_count / 13;

// The reference of a number below reference_count, in groups of three: "K7M-4XR-R2M". Different for different numbers,
// and unlike its neighbours', so that two of one desk are not taken for each other.
std::string reference_text(std::uint64_t number);

struct ReferenceReading {
  enum class Kind : std::uint8_t {
    something_else,  // no reference, nor meant as one
    misheard,        // meant as one, and the check character does not fit
    reference,
  };
  Kind kind = Kind::something_else;
  std::string text;  // reference: as reference_text() spells it
};
// Of something typed: with or without separators, in capitals or not.
ReferenceReading read_reference(std::string_view typed);
// Spelled as reference_text() does.
bool is_reference(std::string_view text);

}  // namespace holdline::sync
