// Pages of a PDF, drawn in millimetres from the top left corner: text of any script, lines, boxes, and the square code
// that a scanner reads. Fonts are the machine's (fontconfig). Nothing touches a disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sync/base/result.hpp"

namespace holdline::platform {

struct TextStyle {
  double size_pt = 10;
  bool bold = false;
  bool monospaced = false;
};

// One thread at a time. What goes wrong meanwhile is told by finish().
class Canvas {
 public:
  Canvas(double width_mm, double height_mm);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  // Height of the text, wrapped to a width; in millimetres.
  double height_of(std::string_view text, double width, TextStyle style) const;
  // Width of the text in one line.
  double width_of(std::string_view text, TextStyle style) const;
  // Draws it with its top left corner there, and returns its height. UTF-8; what is not is replaced.
  double text(double x, double y, double width, std::string_view text, TextStyle style);
  void line(double x1, double y1, double x2, double y2, double thick = 0.2);
  void box(double x, double y, double width, double height, double thick = 0.2);
  // Of a bar in a chart.
  void fill(double x, double y, double width, double height);
  // A QR code of middle error correction (15 % may be unreadable), without its quiet zone. At most 200 bytes.
  void code(double x, double y, double side, const std::string& content);
  void next_page();

  // The document; nothing can be drawn afterwards. stop "print-failed".
  Result<std::string> finish(std::string_view title);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace holdline::platform
