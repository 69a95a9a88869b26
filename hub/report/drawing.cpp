#include "hub/report/drawing.hpp"

#include <algorithm>

#include "platform/print/canvas.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using contingency::Bar;
using contingency::Figure;
using contingency::IncidentReport;
using contingency::ReportChart;
using contingency::ReportSection;
using contingency::ReportTable;
using platform::Canvas;
using platform::TextStyle;

// A4 in millimetres.
constexpr double page_width = 210, page_height = 297, left = 18, right = 192, top = 16, bottom = 278;
constexpr double across = right - left, value_width = 34, between = 1.6, bar_height = 3.6, label_width = 26;

constexpr TextStyle title_style{20, true, false}, section_style{14, true, false}, table_style{10.5, true, false},
    usual_style{9.5, false, false}, first_style{11, true, false}, value_style{10.5, true, false},
    small_style{8, false, false}, head_style{8.5, true, false}, foot_style{8, false, false};

// A dry run on a canvas that is thrown away tells how many pages there are.
class ReportDrawing {
 public:
  ReportDrawing(Canvas& canvas, const IncidentReport& report, std::size_t pages)
      : canvas_(canvas), report_(report), pages_(pages) {}

  std::size_t draw() {
    if (report_.drill) say("PRACTICE: nothing of this happened to a customer.", first_style);
    say(report_.title, title_style);
    say("Incident " + report_.code + ". " + say_scopes(report_), usual_style);
    y_ += between;
    say(report_.coverage, first_style);
    for (const ReportSection& section : report_.sections) draw(section);
    foot();
    return page_;
  }

 private:
  void foot() {
    canvas_.line(left, bottom + 3, right, bottom + 3);
    canvas_.text(left, bottom + 4, across - 30, report_.title + ", " + report_.code, foot_style);
    const std::string number = std::to_string(page_) + " of " + std::to_string(pages_);
    canvas_.text(right - canvas_.width_of(number, foot_style), bottom + 4, 30, number, foot_style);
  }

  void room_for(double height) {
    if (y_ + height <= bottom) return;
    foot();
    canvas_.next_page();
    ++page_;
    y_ = top;
  }

  void say(const std::string& text, TextStyle style) {
    room_for(canvas_.height_of(text, across, style));
    y_ += canvas_.text(left, y_, across, text, style) + between;
  }

  void draw(const ReportSection& section) {
    y_ += 5;
    room_for(28);  // a heading does not stand alone at the foot of a page
    say(section.title, section_style);
    canvas_.line(left, y_ - between / 2, right, y_ - between / 2, 0.4);
    for (const std::string& note : section.notes) say(note, usual_style);
    for (const Figure& figure : section.figures) draw(figure);
    for (const ReportChart& chart : section.charts) draw(chart);
    for (const ReportTable& table : section.tables) draw(table);
  }

  void draw(const Figure& figure) {
    const double width = across - value_width - 4;
    const std::string definition =
        figure.definition + (figure.n ? " n = " + std::to_string(*figure.n) + "." : std::string());
    room_for(canvas_.height_of(figure.label, width, usual_style) + canvas_.height_of(definition, width, small_style));
    canvas_.text(right - value_width, y_, value_width, contingency::say(figure), value_style);
    y_ += canvas_.text(left, y_, width, figure.label, usual_style);
    y_ += canvas_.text(left, y_, width, definition, small_style) + between;
  }

  void draw(const ReportChart& chart) {
    double most = 1;
    for (const Bar& bar : chart.bars) most = std::max(most, bar.value);
    y_ += 2;
    room_for(20);
    say(chart.title, table_style);
    for (const Bar& bar : chart.bars) {
      room_for(bar_height + 1);
      canvas_.text(left, y_, label_width, bar.label, small_style);
      const double length = (across - label_width - 14) * bar.value / most;
      if (length > 0) canvas_.fill(left + label_width, y_ + 0.4, length, bar_height - 0.8);
      canvas_.text(left + label_width + length + 2, y_, 12, std::to_string(static_cast<std::int64_t>(bar.value)),
                   small_style);
      y_ += bar_height;
    }
    y_ += 1;
    say(chart.definition + " n = " + std::to_string(chart.n) + ".", small_style);
  }

  // Each as wide as its longest text wants, within what there is.
  std::vector<double> widths_of(const ReportTable& table) const {
    std::vector<double> widths;
    double all = 0;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      double width = canvas_.width_of(table.columns[i], head_style);
      for (const auto& row : table.rows) width = std::max(width, canvas_.width_of(row[i], usual_style));
      all += widths.emplace_back(std::min(width, across * 0.45) + 4);
    }
    for (double& width : widths) width *= std::min(1.0, across / all);
    return widths;
  }

  void row(const std::vector<std::string>& cells, const std::vector<double>& widths, TextStyle style) {
    double height = 0;
    for (std::size_t i = 0; i < cells.size(); ++i)
      height = std::max(height, canvas_.height_of(cells[i], widths[i] - 2, style));
    room_for(height + between);
    double x = left;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      canvas_.text(x, y_, widths[i] - 2, cells[i], style);
      x += widths[i];
    }
    y_ += height + between / 2;
    canvas_.line(left, y_, right, y_, 0.1);
    y_ += between / 2;
  }

  void draw(const ReportTable& table) {
    y_ += 2;
    room_for(22);
    say(table.title, table_style);
    const auto widths = widths_of(table);
    row(table.columns, widths, head_style);
    for (const auto& cells : table.rows) row(cells, widths, usual_style);
  }

  Canvas& canvas_;
  const IncidentReport& report_;
  std::size_t pages_, page_ = 1;
  double y_ = top;
};

}  // namespace

Result<std::string> draw_report(const IncidentReport& report) {
  Canvas counted(page_width, page_height);
  const std::size_t pages = ReportDrawing(counted, report, 1).draw();
  Canvas canvas(page_width, page_height);
  ReportDrawing(canvas, report, pages).draw();
  return canvas.finish(report.title + " " + report.code);
}

}  // namespace holdline::hub
