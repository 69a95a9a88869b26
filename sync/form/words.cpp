#include "sync/form/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sync/text/text.hpp"

namespace holdline::sync {

std::optional<bool> yes_or_no(std::string_view typed) {
  static constexpr std::array<std::pair<std::string_view, bool>, 11> words{{{"yes", true},
                                                                            {"y", true},
                                                                            {"true", true},
                                                                            {"1", true},
                                                                            {"ja", true},
                                                                            {"j", true},
                                                                            {"no", false},
                                                                            {"n", false},
                                                                            {"false", false},
                                                                            {"0", false},
                                                                            {"nein", false}}};
  const std::string folded = fold_text(tidy_line(typed));
  const auto found = std::ranges::find(words, folded, [](const auto& word) { return word.first; });
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> option_of(const Field& field, std::string_view typed) {
  const std::string folded = fold_text(tidy_line(typed));
  const auto same = [&](const std::string& option) {
    std::string words = fold_text(option);
    std::ranges::replace(words, '_', ' ');
    return fold_text(option) == folded || words == folded;
  };
  const auto found = std::ranges::find_if(field.options, same);
  return found == field.options.end() ? std::nullopt : std::optional(*found);
}

}  // namespace holdline::sync
