#include "contingency/drill/report.hpp"

#include <algorithm>
#include <set>

#include "sync/wire/json_reader.hpp"

namespace holdline::contingency {

namespace {

using Json = nlohmann::json;
using sync::JsonReader;

constexpr std::size_t most_names = 1'000, name_bytes = 500;

std::vector<std::string> sorted(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

// Somebody, and not a machine or a schedule.
void add_person(const Signature& by, std::set<std::string>& people) {
  if (by.role != by_machine && by.role != by_schedule && !by.person.empty()) people.insert(by.person);
}

Json desks_json(const ReadyDesks& desks) { return {{"ready", desks.ready}, {"desks", desks.all}}; }

ReadyDesks desks_in(JsonReader r) { return {r.integer<std::size_t>("ready"), r.integer<std::size_t>("desks")}; }

Json json_of(const DrillReport& report) {
  Json json{{"title", report.title},       {"reason", report.reason},
            {"scopes", report.scopes},     {"declared_ms", report.declared_ms},
            {"ended_ms", report.ended_ms}, {"declared_by", report.declared_by},
            {"taken", report.taken},       {"people", report.people},
            {"stations", report.stations}, {"absent", report.absent},
            {"failed", report.failed},     {"left_out", report.left_out}};
  if (report.to_declare_ms) json["to_declare_ms"] = *report.to_declare_ms;
  if (report.to_first_entry_ms) json["to_first_entry_ms"] = *report.to_first_entry_ms;
  if (report.ready_before) json["ready_before"] = desks_json(*report.ready_before);
  if (report.ready_after) json["ready_after"] = desks_json(*report.ready_after);
  return json;
}

std::vector<std::string> names_in(JsonReader& r, const char* member) {
  std::vector<std::string> names;
  r.array(member, most_names, [&](const Json& element) {
    r.require(element.is_string() && element.get_ref<const std::string&>().size() <= 4 * name_bytes);
    if (element.is_string()) names.push_back(element.get<std::string>());
  });
  return names;
}

std::optional<std::int64_t> length_in(JsonReader& r, const char* member) {
  return r.has(member) ? std::optional(r.integer<std::int64_t>(member)) : std::nullopt;
}

}  // namespace

DrillReport report_of(const DrillFacts& facts, std::int64_t ended_ms) {
  const Incident& incident = *facts.incident;
  DrillReport report;
  report.title = incident.declared.title;
  report.reason = incident.steps.front().by.reason;
  report.scopes = incident.declared.scopes;
  report.declared_ms = incident.begins_ms();
  report.ended_ms = ended_ms;
  report.declared_by = incident.steps.front().by.person;
  if (facts.first_doubt_ms)
    report.to_declare_ms = std::max<std::int64_t>(report.declared_ms - *facts.first_doubt_ms, 0);
  std::set<std::string> people(facts.acted.begin(), facts.acted.end()), stations;
  for (const DrillWork& work : facts.work) {
    ++report.taken[work.kind];
    if (!work.person.empty()) people.insert(work.person);
    if (!work.station.empty()) stations.insert(work.station);
    const std::int64_t after_ms = std::max<std::int64_t>(work.at_ms - report.declared_ms, 0);
    if (!report.to_first_entry_ms || after_ms < *report.to_first_entry_ms) report.to_first_entry_ms = after_ms;
  }
  for (const IncidentStep& step : incident.steps) add_person(step.by, people);
  for (const Exception& exception : incident.exceptions) add_person(exception.by, people);
  report.people = sorted(people);
  report.stations = sorted(stations);
  for (const std::string& desk : facts.desks)
    if (!stations.contains(desk)) report.absent.push_back(desk);
  std::ranges::sort(report.absent);
  report.ready_before = facts.ready_before;
  report.ready_after = facts.ready_after;
  report.failed = facts.failed;
  if (facts.work.empty()) report.failed.emplace_back("Nothing was taken down.");
  if (facts.paper_out != 0)
    report.failed.push_back(std::to_string(facts.paper_out) +
                            (facts.paper_out == 1 ? " sheet of paper was" : " sheets of paper were") +
                            " not accounted for.");
  for (const Exception& exception : incident.exceptions)
    report.failed.push_back("Left as it was: " + exception.point + " (" + exception.by.person + ": " +
                            exception.by.reason + ")");
  return report;
}

std::string encode_json(const DrillReport& report) {
  DrillReport fits = report;
  std::string text = json_of(fits).dump(-1, ' ', false, Json::error_handler_t::replace);
  while (text.size() > drill_report_bytes) {
    std::vector<std::string>* lists[] = {&fits.absent, &fits.stations, &fits.people, &fits.failed};
    auto* longest = *std::ranges::max_element(lists, {}, [](const auto* list) { return list->size(); });
    if (longest->empty()) break;  // what is left are texts of a bounded length
    const std::size_t keep = longest->size() * 3 / 4;
    fits.left_out += longest->size() - keep;
    longest->resize(keep);
    text = json_of(fits).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return text;
}

Result<DrillReport> decode_drill_report(std::string_view text) {
  const Json json = sync::parse_json(text, 2 * drill_report_bytes);
  JsonReader r(json);
  DrillReport report;
  report.title = r.text("title", name_bytes);
  report.reason = r.text("reason", 4 * name_bytes);
  report.scopes = names_in(r, "scopes");
  report.declared_ms = r.integer<std::int64_t>("declared_ms");
  report.ended_ms = r.integer<std::int64_t>("ended_ms");
  report.declared_by = r.text("declared_by", name_bytes);
  report.to_declare_ms = length_in(r, "to_declare_ms");
  report.to_first_entry_ms = length_in(r, "to_first_entry_ms");
  if (const auto taken = json.find("taken"); taken != json.end() && taken->is_object())
    for (const auto& [kind, count] : taken->items())
      if (count.is_number_unsigned()) report.taken[kind] = count.get<std::size_t>();
  report.people = names_in(r, "people");
  report.stations = names_in(r, "stations");
  report.absent = names_in(r, "absent");
  report.failed = names_in(r, "failed");
  if (r.has("ready_before")) report.ready_before = desks_in(r.object("ready_before"));
  if (r.has("ready_after")) report.ready_after = desks_in(r.object("ready_after"));
  report.left_out = static_cast<std::size_t>(r.integer<std::uint64_t>("left_out"));
  if (!r.ok()) return fail(ErrorKind::ask_person, "malformed-drill-report", "The report of the drill cannot be read.");
  return report;
}

std::string encode_json(const ReadyDesks& desks) { return desks_json(desks).dump(); }

std::optional<ReadyDesks> decode_ready_desks(std::string_view text) {
  const Json json = sync::parse_json(text, drill_report_bytes);
  JsonReader r(json);
  const ReadyDesks desks{r.integer<std::size_t>("ready"), r.integer<std::size_t>("desks")};
  return r.ok() ? std::optional(desks) : std::nullopt;
}

}  // namespace holdline::contingency
