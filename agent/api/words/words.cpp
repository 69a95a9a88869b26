#include "agent/api/words/words.hpp"

// Defined in words.S.
extern "C" const char holdline_words_de[], holdline_words_de_end[];

namespace holdline::agent {

const nlohmann::json& shipped_words() {
  static const nlohmann::json words{{"de", nlohmann::json::parse(holdline_words_de, holdline_words_de_end)}};
  return words;
}

}  // namespace holdline::agent
