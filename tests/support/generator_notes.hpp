// The two sets of notes. Notes are 80 to 200 bytes; grammar notes are cut at a whole character.
#pragma once

#include <string>
#include <vector>

#include "tests/support/generator.hpp"

namespace holdline::generator {

std::string grammar_note(Random& random);

// 6,000 made-up words, drawn with Zipf frequencies.
class FreeNotes {
 public:
  FreeNotes();
  std::string note(Random& random) const;

 private:
  std::vector<std::string> words_;
  std::vector<double> cumulated_;  // frequency of words 0..i
};

}  // namespace holdline::generator
