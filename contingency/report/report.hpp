// The report about an outage: coverage first, then what happened, what was promised and kept, and what is left. Every
// figure carries its definition and how many things it is about, so that nobody has to guess; what cannot be known is
// said to be unknown. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/report/facts.hpp"

namespace holdline::contingency {

struct Figure {
  std::string id, label;
  std::optional<double> value;   // nothing: there is nothing to tell, or it cannot be known yet
  std::string_view unit;         // "", "min", "s", "%"
  std::optional<std::size_t> n;  // how many it was made of
  std::string definition;
};

struct ReportTable {
  std::string id, title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // as wide as `columns`
};

struct Bar {
  std::string label;
  double value = 0;
};
struct ReportChart {
  std::string id, title, definition;
  std::size_t n = 0;
  std::vector<Bar> bars;
};

struct ReportSection {
  std::string id, title;
  std::vector<std::string> notes;  // sentences that have to be read with it
  std::vector<Figure> figures;
  std::vector<ReportTable> tables;
  std::vector<ReportChart> charts;
};

struct IncidentReport {
  std::string title, code;  // of the incident that leads
  std::string client;       // empty: of all
  std::vector<std::string> scopes;
  bool drill = false, closed = false;
  std::int64_t made_ms = 0;
  std::string coverage;  // the sentence that comes first
  std::vector<ReportSection> sections;
};

inline bool may_read_report(std::string_view role) { return role == "supervisor" || role == "it"; }

IncidentReport make_report(const ReportFacts& facts);

// {"schema": "holdline.incident-report/1", …}: sections as they are, figures with definition and n. Indented, UTF-8.
std::string report_json(const IncidentReport& report);
// One page that needs nothing else, to be printed or sent. Text is escaped; there is no script.
std::string report_html(const IncidentReport& report);

// "For acme only. Scopes: acme/london. Made 2026-11-30 10:40 UTC."
std::string say_scopes(const IncidentReport& report);
// For people: "1 h 12 min", "94 %", "3"; "not known" of nothing.
std::string say(const Figure& figure);

}  // namespace holdline::contingency
