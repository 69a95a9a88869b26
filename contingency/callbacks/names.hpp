// Whether two names as they were typed can be one person's. Internal to contingency/callbacks.
#pragma once

#include <string>
#include <vector>

namespace holdline::contingency {

// Words of a folded name (sync::NameNormalizer) that say who it is, in order of the alphabet: no titles.
std::vector<std::string> words_of_name(const std::string& folded);

// Every word of the one with fewer is a word of the other, or its first letter is one of the other's; and at least one
// is a whole word of both. "J Smith" and "Smith, John" can be one; "John Smith" and "Jane Smith" cannot.
bool names_fit(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace holdline::contingency
