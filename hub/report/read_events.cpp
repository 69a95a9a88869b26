#include "hub/report/read_events.hpp"

#include <algorithm>
#include <map>

#include "contingency/incident/name.hpp"
#include "contingency/runbook/journal.hpp"
#include "hub/report/rows.hpp"

namespace holdline::hub {

namespace {

using contingency::ReportFacts;
using contingency::TimelineEntry;
using sync::Record;
using sync::RecordFields;

// The button is pressed before anybody declares.
constexpr std::int64_t pressed_before_ms = 3'600'000;

Result<void> read_presses(LedgerReader& reader, ReportFacts& facts) {
  struct Presses {
    std::size_t times = 0;
    std::set<std::string> people;
    std::int64_t first_ms = INT64_MAX;
  };
  std::map<std::string, Presses> by_system;
  const contingency::Interval whole = facts.interval();
  HOLDLINE_TRY(each_row(reader, "outage_report", facts.scopes, [&](const RecordFields& fields, const Record&) {
    const std::int64_t at_ms = fields.number("at");
    if (at_ms < whole.from_ms - pressed_before_ms || at_ms >= whole.until_ms || facts.drill()) return;
    Presses& presses = by_system[fields.text("what")];
    ++presses.times;
    presses.people.insert(fields.text("person"));
    presses.first_ms = std::min(presses.first_ms, at_ms);
  }));
  for (const auto& [system, presses] : by_system)
    facts.events.push_back({presses.first_ms,
                            "“" + in_words(system) + " not working” was pressed, the first of " +
                                std::to_string(presses.times) + " times by " + std::to_string(presses.people.size()) +
                                (presses.people.size() == 1 ? " person" : " people"),
                            "", ""});
  return {};
}

Result<void> read_releases(LedgerReader& reader, ReportFacts& facts) {
  const std::int64_t from_ms = facts.interval().from_ms;
  if (facts.drill()) return {};
  return each_row(reader, "callback_release", facts.scopes, [&](const RecordFields& fields, const Record&) {
    if (fields.number("began_at") < from_ms) return;
    facts.events.push_back({fields.number("began_at"),
                            "Callbacks were released: " + std::to_string(fields.number("cases")) + " cases",
                            fields.text("person"), fields.text("reason")});
  });
}

Result<void> read_pads(LedgerReader& reader, const std::set<std::string>& names, ReportFacts& facts) {
  return each_row(reader, "form_pad", facts.scopes, [&](const RecordFields& fields, const Record&) {
    if (!names.contains(fields.text("incident"))) return;
    const std::string numbers = fields.text("numbers");
    const auto sheets = static_cast<std::size_t>(std::ranges::count(numbers, ',')) + 1;
    facts.events.push_back({fields.number("at"),
                            "Paper was printed: " + std::to_string(sheets) + (sheets == 1 ? " sheet" : " sheets"),
                            fields.text("person"), fields.text("held_by")});
  });
}

// How an action of the plan stands after what its station told of it.
std::string_view told_of(contingency::RunState state) {
  using enum contingency::RunState;
  switch (state) {
    case ok:
      return "done";
    case failed:
      return "FAILED";
    case timed_out:
      return "did NOT ANSWER in time";
    case skipped:
      return "left out";
    case undone:
      return "taken back";
    case undo_failed:
      return "could NOT be taken back";
    default:
      return "";
  }
}

std::optional<TimelineEntry> timeline_of(const contingency::JournalEntry& entry) {
  if (const auto* wish = std::get_if<contingency::Wish>(&entry.what)) {
    const std::string about = wish->action.empty() ? "" : " of " + wish->action;
    return TimelineEntry{entry.at_ms, "Plan: " + std::string(contingency::name_of(wish->kind)) + about, wish->by.person,
                         wish->by.reason};
  }
  const auto& telling = std::get<contingency::Telling>(entry.what);
  const auto* run = std::get_if<contingency::ActionRun>(&telling.what);
  const std::string_view told = run ? told_of(run->state) : "";
  if (told.empty()) return std::nullopt;
  return TimelineEntry{entry.at_ms, "Plan: " + run->action + " " + std::string(told), telling.claim.station, ""};
}

// The same event stands in every scope of its incident.
Result<void> read_runs(LedgerReader& reader, const std::set<std::string>& names, ReportFacts& facts) {
  const sync::Collection* events = reader.schema().collection("runbook_event");
  if (!events) return {};
  const contingency::Interval whole = facts.interval();
  std::map<Id, TimelineEntry> by_event;
  // Of a drill in the same hours nothing is told here.
  std::set<Id> incidents;
  HOLDLINE_TRY(each_row(reader, "incident", facts.scopes, [&](const RecordFields& fields, const Record& record) {
    if (names.contains(fields.text("key").substr(0, fields.text("key").find(' ')))) incidents.insert(record.key.id);
  }));
  HOLDLINE_TRY(each_row(reader, events->name, facts.scopes, [&](const RecordFields& fields, const Record& record) {
    if (!incidents.contains(fields.id("incident"))) return;
    const auto entry = contingency::entry_of(*events, record);
    if (!entry || !whole.holds(entry->at_ms)) return;
    if (auto told = timeline_of(*entry)) by_event.emplace(entry->id, *std::move(told));
  }));
  for (auto& [id, entry] : by_event) facts.events.push_back(std::move(entry));
  return {};
}

}  // namespace

Result<void> read_events(LedgerReader& reader, const std::set<std::string>& names, ReportFacts& facts) {
  HOLDLINE_TRY(read_presses(reader, facts));
  HOLDLINE_TRY(read_releases(reader, facts));
  HOLDLINE_TRY(read_pads(reader, names, facts));
  return read_runs(reader, names, facts);
}

}  // namespace holdline::hub
