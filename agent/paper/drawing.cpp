#include "agent/paper/drawing.hpp"

#include <algorithm>

#include "platform/print/canvas.hpp"

namespace holdline::agent {

namespace {

using contingency::FormPage;
using contingency::PageField;
using platform::Canvas;
using platform::TextStyle;

// A4 and what is on it, in millimetres.
constexpr double page_width = 210, page_height = 297, left = 15, right = 195, top = 12, bottom = 281, gap = 2.5;
constexpr double code_side = 27, label_height = 5, row_height = 8, tick = 3.6, thin = 0.25, thick = 0.6;
constexpr double across = right - left, half = (across - gap) / 2;

constexpr std::uint32_t rows_at_most = 8, rows_at_least = 3;

constexpr TextStyle title_style{18, true, false}, number_style{26, true, true}, usual_style{9.5, false, false},
    label_style{8.5, false, false}, must_style{8.5, true, false}, filled_style{12, false, false},
    first_style{9.5, true, false}, foot_style{8, false, false};

std::string label_of(const PageField& field, std::size_t place) {
  return std::to_string(place) + "  " + field.label + (field.required ? " (needed)" : "");
}

// Draws one form. A dry run on a canvas that is thrown away tells how many pages it takes.
class FormDrawing {
 public:
  // Fields have at most so many rows to write in.
  FormDrawing(Canvas& canvas, const FormPage& form, std::uint32_t most_rows, std::size_t pages)
      : canvas_(canvas), form_(form), most_rows_(most_rows), pages_(pages) {}

  std::size_t draw() {
    head();
    for (const std::string& first : form_.first) say_first(first);
    fields(form_.fields);
    y_ += gap;
    room_for(8 + box_height(form_.returning.front(), half));
    y_ += canvas_.text(left, y_, across, "When it is entered", first_style) + 1;
    fields(form_.returning);
    foot();
    return page_;
  }

 private:
  void head() {
    const double width = across - code_side - 5;
    canvas_.code(right - code_side, top, code_side, form_.code);
    double y = top + canvas_.text(left, top, width, form_.title, title_style);
    y += canvas_.text(left, y, width, form_.number, number_style) + 1;
    y += canvas_.text(left, y, width, form_.subtitle, usual_style);
    for (const std::string& fact : form_.facts) y += canvas_.text(left, y, width, fact, usual_style);
    y_ = std::max(y, top + code_side) + gap;
    canvas_.line(left, y_, right, y_, thick);
    y_ += gap;
  }

  void foot() {
    const std::string place = "Page " + std::to_string(page_) + " of " + std::to_string(std::max(pages_, page_));
    canvas_.line(left, bottom + 3, right, bottom + 3, thin);
    canvas_.text(left, bottom + 4, across / 2, form_.number + "   " + form_.foot, foot_style);
    canvas_.text(right - canvas_.width_of(place, foot_style), bottom + 4, across / 2, place, foot_style);
  }

  // Goes to the next page where this much does not fit any more.
  void room_for(double height) {
    if (y_ + height <= bottom) return;
    foot();
    canvas_.next_page();
    ++page_;
    head();
  }

  void say_first(const std::string& text) {
    const double height = canvas_.height_of(text, across - 6, usual_style) + 4;
    room_for(height);
    canvas_.box(left, y_, across, height, thick);
    canvas_.text(left + 3, y_ + 2, across - 6, text, usual_style);
    y_ += height + gap;
  }

  // Two narrow ones stand beside each other.
  void fields(const std::vector<PageField>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool pair = i + 1 < fields.size() && fields[i].narrow && fields[i + 1].narrow;
      const double width = pair ? half : across;
      const double height = std::max(box_height(fields[i], width), pair ? box_height(fields[i + 1], width) : 0);
      room_for(height);
      field(fields[i], left, width, height);
      if (pair) field(fields[++i], left + half + gap, half, height);
      y_ += height + gap;
    }
  }

  std::uint32_t rows(const PageField& field) const { return std::min(field.rows, most_rows_); }

  double box_height(const PageField& field, double width) const {
    const double label = canvas_.height_of(label_of(field, 10), width - 4, label_style) + 1;
    if (!field.options.empty()) return label + options_height(field, width) + 1;
    return std::max(label, label_height) + row_height * rows(field);
  }

  void field(const PageField& field, double x, double width, double height) {
    canvas_.box(x, y_, width, height, thin);
    const TextStyle style = field.required ? must_style : label_style;
    const double label = canvas_.text(x + 2, y_ + 0.5, width - 4, label_of(field, ++place_), style) + 1;
    if (!field.options.empty()) return options(field, x, y_ + label, width);
    if (!field.filled.empty()) canvas_.text(x + 3, y_ + label + 0.5, width - 6, field.filled, filled_style);
    for (std::uint32_t row = 1; row < rows(field); ++row)
      canvas_.line(x + 2, y_ + label_height + row * row_height, x + width - 2, y_ + label_height + row * row_height,
                   0.1);
  }

  // Calls `at` with each option and its place, and returns the height of all rows.
  template <class At>
  double each_option(const PageField& field, double width, At at) const {
    double x = 3, y = 0;
    for (const std::string& option : field.options) {
      const double needs = tick + 1.5 + canvas_.width_of(option, usual_style) + 5;
      if (x > 3 && x + needs > width) {
        x = 3;
        y += row_height - 2;
      }
      at(option, x, y);
      x += needs;
    }
    return y + row_height - 2;
  }
  double options_height(const PageField& field, double width) const {
    return each_option(field, width, [](const std::string&, double, double) {});
  }
  void options(const PageField& field, double x, double y, double width) {
    each_option(field, width, [&](const std::string& option, double right_by, double down) {
      canvas_.box(x + right_by, y + down + 0.8, tick, tick, thin);
      canvas_.text(x + right_by + tick + 1.5, y + down + 0.2, width, option, usual_style);
    });
  }

  Canvas& canvas_;
  const FormPage& form_;
  const std::uint32_t most_rows_;
  const std::size_t pages_;
  double y_ = top;
  std::size_t page_ = 1, place_ = 0;
};

std::size_t pages_of_form(const FormPage& form, std::uint32_t most_rows) {
  Canvas dry(page_width, page_height);
  return FormDrawing(dry, form, most_rows, 0).draw();
}

// Less room to write is better than one more page, which gets lost; as much as there is otherwise.
std::uint32_t rows_that_fit(const FormPage& form) {
  const std::size_t fewest = pages_of_form(form, rows_at_least);
  std::uint32_t rows = rows_at_most;
  while (rows > rows_at_least && pages_of_form(form, rows) > fewest) --rows;
  return rows;
}

}  // namespace

Result<std::string> draw_forms(const std::vector<FormPage>& forms) {
  Canvas canvas(page_width, page_height);
  std::uint32_t most_rows = rows_at_most;
  if (!forms.empty()) most_rows = rows_that_fit(forms.front());
  for (std::size_t i = 0; i < forms.size(); ++i) {
    if (i != 0) canvas.next_page();
    FormDrawing(canvas, forms[i], most_rows, pages_of_form(forms[i], most_rows)).draw();
  }
  return canvas.finish(forms.empty() ? std::string_view() : std::string_view(forms.front().title));
}

}  // namespace holdline::agent
