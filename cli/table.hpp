// Rows of text. On a terminal the columns are aligned, cut to a width and may be coloured; in a pipe the same columns
// are separated by tabs, so that `cut` and `awk` read them. Cells are escaped here: callers hand over data as it came.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace holdline::cli {

// Always beside a word that says the same, never instead of one.
enum class Tone { plain, faint, good, warning, bad };

struct Cell {
  Cell(std::string cell_text, Tone cell_tone = Tone::plain) : text(std::move(cell_text)), tone(cell_tone) {}
  Cell(const char* cell_text, Tone cell_tone = Tone::plain) : text(cell_text), tone(cell_tone) {}
  std::string text;
  Tone tone;
};

struct Style {
  bool terminal = false;  // align
  bool colour = false;
};

class Table {
 public:
  // An empty header is not printed: rows of names and values.
  explicit Table(std::vector<std::string> header = {}) : header_(std::move(header)) {}
  void row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  void print(std::ostream& out, const Style& style) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;
};

// The text between the sequences of its tone, when the style has colours.
std::string painted(std::string text, Tone tone, const Style& style);

}  // namespace holdline::cli
