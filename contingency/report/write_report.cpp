// A report as JSON for programs, and as a page for people.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "contingency/report/sections.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::contingency {

namespace {

using ReportJson = nlohmann::ordered_json;

ReportJson figure_json(const Figure& figure) {
  ReportJson json{{"id", figure.id}, {"label", figure.label}, {"value", nullptr}, {"unit", figure.unit}};
  if (figure.value) json["value"] = *figure.value;
  if (figure.n) json["n"] = *figure.n;
  json["definition"] = figure.definition;
  return json;
}

ReportJson chart_json(const ReportChart& chart) {
  ReportJson bars = ReportJson::array();
  for (const Bar& bar : chart.bars) bars.push_back({{"label", bar.label}, {"value", bar.value}});
  return {{"id", chart.id},
          {"title", chart.title},
          {"definition", chart.definition},
          {"n", chart.n},
          {"bars", std::move(bars)}};
}

ReportJson section_json(const ReportSection& section) {
  ReportJson figures = ReportJson::array(), tables = ReportJson::array(), charts = ReportJson::array();
  for (const Figure& figure : section.figures) figures.push_back(figure_json(figure));
  for (const ReportTable& table : section.tables)
    tables.push_back({{"id", table.id}, {"title", table.title}, {"columns", table.columns}, {"rows", table.rows}});
  for (const ReportChart& chart : section.charts) charts.push_back(chart_json(chart));
  return {{"id", section.id},
          {"title", section.title},
          {"notes", section.notes},
          {"figures", std::move(figures)},
          {"charts", std::move(charts)},
          {"tables", std::move(tables)}};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

constexpr std::string_view page_head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
body{font:15px/1.5 system-ui,sans-serif;color:#1b1f24;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{margin:0}h2{margin:2.2rem 0 .5rem;border-bottom:2px solid #c9d1d9}h3{margin:1.2rem 0 .3rem;font-size:1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #d8dee4}
.first{font-size:1.1rem;padding:.6rem .8rem;border-left:5px solid #0550ae;background:#eef4fb}
.practice{font-weight:bold;color:#8a2c0d}.note{color:#57606a}.value{font-weight:bold;white-space:nowrap}.small{color:#57606a;font-size:.85rem}
.bar{display:flex;align-items:center;gap:.5rem}.bar span:first-child{width:6rem;text-align:right}.bar i{background:#0550ae;height:.9rem;min-width:1px}
@media print{h2{break-after:avoid}table,.chart{break-inside:avoid}}
</style>)";

void write_figures(const std::vector<Figure>& figures, std::string& out) {
  if (figures.empty()) return;
  out += "<table>\n";
  for (const Figure& figure : figures) {
    out += "<tr><td>" + escaped(figure.label) + "<div class=\"small\">" + escaped(figure.definition);
    if (figure.n) out += " n = " + std::to_string(*figure.n) + ".";
    out += "</div></td><td class=\"value\">" + escaped(say(figure)) + "</td></tr>\n";
  }
  out += "</table>\n";
}

void write_chart(const ReportChart& chart, std::string& out) {
  double most = 1;
  for (const Bar& bar : chart.bars) most = std::max(most, bar.value);
  out += "<div class=\"chart\"><h3>" + escaped(chart.title) + "</h3>\n";
  for (const Bar& bar : chart.bars)
    out += "<div class=\"bar\"><span>" + escaped(bar.label) +
           "</span><i style=\"width:" + std::to_string(static_cast<int>(60 * bar.value / most)) + "%\"></i><span>" +
           std::to_string(static_cast<std::int64_t>(bar.value)) + "</span></div>\n";
  out += "<p class=\"small\">" + escaped(chart.definition) + " n = " + std::to_string(chart.n) + ".</p></div>\n";
}

void write_table(const ReportTable& table, std::string& out) {
  out += "<h3>" + escaped(table.title) + "</h3><table><thead><tr>";
  for (const std::string& column : table.columns) out += "<th scope=\"col\">" + escaped(column) + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (const std::string& cell : row) out += "<td>" + escaped(cell) + "</td>";
    out += "</tr>\n";
  }
  out += "</tbody></table>\n";
}

}  // namespace

std::string report_json(const IncidentReport& report) {
  ReportJson sections = ReportJson::array();
  for (const ReportSection& section : report.sections) sections.push_back(section_json(section));
  const ReportJson json{{"schema", "holdline.incident-report/1"},
                        {"title", report.title},
                        {"incident", report.code},
                        {"client", report.client},
                        {"scopes", report.scopes},
                        {"practice", report.drill},
                        {"closed", report.closed},
                        {"made_at", sync::format_time(report.made_ms)},
                        {"coverage", report.coverage},
                        {"sections", std::move(sections)}};
  return json.dump(2, ' ', false, ReportJson::error_handler_t::replace) + "\n";
}

std::string say_scopes(const IncidentReport& report) {
  std::string text = report.client.empty() ? "" : "For " + report.client + " only. ";
  text += "Scopes: ";
  for (std::size_t i = 0; i < report.scopes.size(); ++i) text += (i == 0 ? "" : ", ") + report.scopes[i];
  return text + ". Made " + minute_text(report.made_ms) + ".";
}

std::string report_html(const IncidentReport& report) {
  std::string out(page_head);
  out += "<title>" + escaped(report.title + " " + report.code) + "</title></head><body>\n";
  if (report.drill) out += "<p class=\"practice\">PRACTICE: nothing of this happened to a customer.</p>\n";
  out += "<h1>" + escaped(report.title) + "</h1><p class=\"small\">Incident " + escaped(report.code) + ". " +
         escaped(say_scopes(report)) + "</p>\n<p class=\"first\">" + escaped(report.coverage) + "</p>\n";
  for (const ReportSection& section : report.sections) {
    out += "<section><h2>" + escaped(section.title) + "</h2>\n";
    for (const std::string& note : section.notes) out += "<p class=\"note\">" + escaped(note) + "</p>\n";
    write_figures(section.figures, out);
    for (const ReportChart& chart : section.charts) write_chart(chart, out);
    for (const ReportTable& table : section.tables) write_table(table, out);
    out += "</section>\n";
  }
  return out + "</body></html>\n";
}

}  // namespace holdline::contingency
