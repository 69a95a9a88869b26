// The sections of a report. Internal to contingency/report.
#pragma once

#include "contingency/report/report.hpp"

namespace holdline::contingency {

ReportSection coverage_section(const ReportFacts& facts, std::string& sentence);
ReportSection course_section(const ReportFacts& facts);
ReportSection work_section(const ReportFacts& facts);
ReportSection promises_section(const ReportFacts& facts);
ReportSection contacts_section(const ReportFacts& facts);
ReportSection complaints_section(const ReportFacts& facts);
ReportSection disagreements_section(const ReportFacts& facts);
ReportSection paper_section(const ReportFacts& facts);
ReportSection disclosures_section(const ReportFacts& facts);
ReportSection afterwards_section(const ReportFacts& facts);

inline Figure count_figure(std::string id, std::string label, std::size_t count, std::string definition) {
  return {std::move(id), std::move(label), static_cast<double>(count), "", std::nullopt, std::move(definition)};
}
// Middle, and the value at a share of them, of what is sorted here; nothing of nothing.
std::optional<double> share_of(std::vector<std::int64_t> values, double share);
// `part` of `whole` in percent; nothing of none.
std::optional<double> percent(std::size_t part, std::size_t whole);
// How many there are of each, most first.
std::vector<std::pair<std::string, std::size_t>> counted(const std::vector<std::string>& names);
std::string minute_text(std::int64_t ms);  // "2026-11-30 10:40 UTC"

}  // namespace holdline::contingency
