// Texts as people type and paste them, put into one form: composed, without blanks around them and without characters
// that nobody sees. In sync, only the files of this folder know ICU. Pure and thread-safe. Bytes that are not
// UTF-8 come back as they are.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace holdline::sync {

// Composed (NFC), no blanks or invisible characters at either end. What stands inside stays, with its line ends, which
// are line feeds whatever they were.
std::string tidy_text(std::string_view typed);
// The same for one line, as a name or a number is: inside, blanks of any kind and line ends are one space, and what
// cannot be seen (marks of direction, zero-width spaces, soft hyphens) is gone. Joiners stay: scripts need them.
std::string tidy_line(std::string_view typed);

// The same for a number: without joiners, which spell nothing there.
std::string tidy_number(std::string_view typed);

// Without regard to case and to forms of a letter that mean the same (NFKC, case folded): for comparing.
std::string fold_text(std::string_view utf8);

// What two spellings of one number or code of another system have in common: tidy_line() and fold_text(), and every
// kind of hyphen or dash is "-". For telling whether they are the same; what is shown stays as it was written.
std::string fold_key(std::string_view utf8);

// Characters as people count them: grapheme clusters (UAX #29). A Tamil or Hindi syllable is one, so is a flag.
std::size_t count_characters(std::string_view utf8);

// An e-mail address with its domain folded: lower case, the letters of its own script rather than "xn--". The part
// before the @ stays as typed. Nothing when it is no address that mail could reach.
std::optional<std::string> tidy_email(std::string_view typed);

}  // namespace holdline::sync
