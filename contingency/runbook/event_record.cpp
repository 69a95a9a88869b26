// Events of a run as records of collection runbook_event.
#include "contingency/incident/name.hpp"
#include "contingency/runbook/journal.hpp"

namespace holdline::contingency {

namespace {

// Ids stand in records as letters: digits would be looked at by the check for payment cards.
std::string id_in_letters(const std::string& letters) {
  const auto id = incident_of_name(letters);
  return id ? id->text() : std::string();
}

}  // namespace

std::optional<JournalEntry> entry_of(const sync::Collection& events, const sync::Record& record) {
  const sync::RecordFields fields(events, record);
  JournalRecord told;
  told.kind = fields.text("kind");
  told.action = fields.text("action");
  told.fence = static_cast<std::uint64_t>(fields.number("fence"));
  told.number = static_cast<std::uint64_t>(fields.number("number"));
  told.station = fields.text("station");
  told.device = id_in_letters(fields.text("device"));
  told.detail = fields.text("detail");
  told.output = fields.text("output");
  told.about = id_in_letters(fields.text("about"));
  told.reason = fields.text("reason");
  told.person = fields.text("by");
  told.role = fields.text("role");
  const auto id = incident_of_name(fields.text("event"));
  const std::int64_t at_ms = fields.number("at");
  auto what = read_record(told, at_ms);
  if (!id || !what) return std::nullopt;
  return JournalEntry{*id, at_ms, *std::move(what)};
}

}  // namespace holdline::contingency
