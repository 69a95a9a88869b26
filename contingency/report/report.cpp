#include "contingency/report/report.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "contingency/incident/name.hpp"
#include "contingency/report/sections.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::contingency {

IncidentReport make_report(const ReportFacts& facts) {
  const Incident& lead = facts.incidents.front();
  IncidentReport report;
  report.title = lead.declared.title.empty() ? "Outage" : lead.declared.title;
  report.code = incident_short_name(lead.declared.id);
  report.client = facts.client;
  report.scopes = facts.scopes;
  report.drill = facts.drill();
  report.closed = std::ranges::none_of(facts.incidents, [](const Incident& one) { return one.in_force(); });
  report.made_ms = facts.made_ms;
  report.sections.push_back(coverage_section(facts, report.coverage));
  for (const auto section : {course_section, work_section, promises_section, contacts_section, complaints_section,
                             disagreements_section, paper_section, disclosures_section, afterwards_section})
    report.sections.push_back(section(facts));
  return report;
}

std::string say(const Figure& figure) {
  if (!figure.value) return "not known";
  const auto whole = static_cast<std::int64_t>(std::llround(*figure.value));
  if (figure.unit == "min")
    return whole < 60 ? std::to_string(whole) + " min"
                      : std::to_string(whole / 60) + " h " + std::to_string(whole % 60) + " min";
  if (figure.unit == "%") return std::to_string(static_cast<std::int64_t>(*figure.value)) + " %";
  if (figure.unit == "s") return std::to_string(whole) + " s";
  if (static_cast<double>(whole) == *figure.value) return std::to_string(whole);
  const auto tenths = std::llround(*figure.value * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::optional<double> share_of(std::vector<std::int64_t> values, double share) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return static_cast<double>(values[std::max<std::size_t>(rank, 1) - 1]);
}

std::optional<double> percent(std::size_t part, std::size_t whole) {
  if (whole == 0) return std::nullopt;
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<std::pair<std::string, std::size_t>> counted(const std::vector<std::string>& names) {
  std::map<std::string, std::size_t> by_name;
  for (const std::string& name : names) ++by_name[name];
  std::vector<std::pair<std::string, std::size_t>> most_first(by_name.begin(), by_name.end());
  std::ranges::stable_sort(most_first, std::ranges::greater{}, &std::pair<std::string, std::size_t>::second);
  return most_first;
}

std::string minute_text(std::int64_t ms) {
  std::string text = sync::format_time(ms).substr(0, 16);
  text[10] = ' ';
  return text + " UTC";
}

}  // namespace holdline::contingency
