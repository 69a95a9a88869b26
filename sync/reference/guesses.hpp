// What somebody may have meant whose reference does not fit its check character: one character misheard or misread,
// left out or said twice, or two that changed places. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdline::sync {

// References that sound or look like what was typed, each with a right check character, the likeliest first; whether
// they were ever given to anybody is for whoever has the records. Empty for what is a reference as it stands, and for
// what cannot be meant as one; never more than a hundred.
std::vector<std::string> reference_guesses(std::string_view typed);

}  // namespace holdline::sync
