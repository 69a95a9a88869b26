#include "hub/dialler/outcomes.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "platform/text/csv.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct Meaning {
  DiallerFormat format;
  std::string_view disposition, outcome;
};

// That a voice was heard says nothing about what came of it: LIVE-VOICE, HUMAN_ANSWERED and the like are not here. A
// machine that answered is nobody who answered, unless a message was played to it.
constexpr std::array<Meaning, 27> meanings{{
    {DiallerFormat::vicidial, "NA", "no_answer"},
    {DiallerFormat::vicidial, "N", "no_answer"},
    {DiallerFormat::vicidial, "A", "no_answer"},
    {DiallerFormat::vicidial, "AA", "no_answer"},
    {DiallerFormat::vicidial, "AL", "voicemail_left"},
    {DiallerFormat::vicidial, "AM", "voicemail_left"},
    {DiallerFormat::vicidial, "B", "busy"},
    {DiallerFormat::vicidial, "AB", "busy"},
    {DiallerFormat::vicidial, "DC", "invalid_number"},
    {DiallerFormat::vicidial, "ADC", "invalid_number"},
    {DiallerFormat::vicidial, "NI", "refused"},
    {DiallerFormat::vicidial, "DNC", "do_not_call"},
    {DiallerFormat::vicidial, "DNCL", "do_not_call"},
    {DiallerFormat::genesys, "ININ-OUTBOUND-NO-ANSWER", "no_answer"},
    {DiallerFormat::genesys, "ININ-OUTBOUND-MACHINE", "no_answer"},
    {DiallerFormat::genesys, "ININ-OUTBOUND-BUSY", "busy"},
    {DiallerFormat::genesys, "ININ-OUTBOUND-INVALID-PHONE-NUMBER", "invalid_number"},
    {DiallerFormat::genesys, "ININ-OUTBOUND-SIT-UNCALLABLE", "invalid_number"},
    {DiallerFormat::genesys, "ININ-OUTBOUND-INTERNAL-ERROR-SKIPPED", "system_unavailable"},
    {DiallerFormat::connect, "AMD_UNANSWERED", "no_answer"},
    {DiallerFormat::connect, "VOICEMAIL_BEEP", "no_answer"},
    {DiallerFormat::connect, "VOICEMAIL_NO_BEEP", "no_answer"},
    {DiallerFormat::connect, "SIT_TONE_BUSY", "busy"},
    {DiallerFormat::connect, "SIT_TONE_INVALID_NUMBER", "invalid_number"},
    // Not accepted, so never dialled.
    {DiallerFormat::connect, "InvalidInput", "system_unavailable"},
    {DiallerFormat::connect, "RequestThrottled", "system_unavailable"},
    {DiallerFormat::connect, "UnknownError", "system_unavailable"},
}};

constexpr std::size_t longest_words = 80;

class Rows {
 public:
  Rows(DiallerFormat format, const OutcomeReading& with, DiallerReading& into)
      : format_(format), with_(with), into_(into) {}

  // `called`: the dialler has done something with it.
  void take(std::uint64_t line, std::string_view key, std::string disposition, bool called, std::string agent,
            std::string_view at) {
    const auto read = read_dialler_key(key);
    if (!read) {
      ++into_.others;
    } else if (!called) {
      ++into_.open;
    } else if (disposition.size() > longest_words || agent.size() > longest_words) {
      into_.wrong.emplace_back(line, "a disposition or an agent is longer than 80 bytes");
    } else {
      DiallerRow row{line, *read, std::move(disposition), {}, std::move(agent), time_of(at)};
      row.outcome = outcome_of(row.disposition);
      into_.rows.push_back(std::move(row));
    }
  }

 private:
  std::string outcome_of(const std::string& disposition) const {
    const auto told = with_.meanings.find(disposition);
    if (told != with_.meanings.end()) return told->second;
    return std::string(format_ == DiallerFormat::jsonl ? disposition : documented_outcome(format_, disposition));
  }

  std::int64_t time_of(std::string_view text) const {
    if (const auto exact = sync::parse_time(text)) return *exact;
    std::string typed(text);
    if (typed.size() > 10 && typed[10] == ' ') typed[10] = 'T';
    const auto time = sync::parse_typed_time(typed);
    if (!time) return 0;
    if (time->offset_ms) return time->ms;
    return with_.clock ? with_.clock(time->ms).value_or(0) : 0;
  }

  const DiallerFormat format_;
  const OutcomeReading& with_;
  DiallerReading& into_;
};

// --- tables ---

struct TableColumns {
  std::optional<std::size_t> key, result, wrapup, at, agent;

  void look(DiallerFormat format, std::string_view name, std::size_t at_column) {
    const bool genesys = format == DiallerFormat::genesys;
    const auto is = [&](std::string_view of_vicidial, std::string_view of_genesys) {
      return name == (genesys ? of_genesys : of_vicidial);
    };
    if (is("vendor_lead_code", "holdline")) key = at_column;
    if (is("status", "CallRecordLastResult-phone")) result = at_column;
    if (is("", "CallRecordLastAgentWrapup-phone") && genesys) wrapup = at_column;
    if (is("call_date", "CallRecordLastAttempt-phone") || (!genesys && name == "last_local_call_time")) at = at_column;
    if (!genesys && name == "user") agent = at_column;
  }
};

std::string cell(const platform::CsvRow& row, const std::optional<std::size_t>& column) {
  if (!column || *column >= row.fields.size()) return {};
  std::string text = row.fields[*column];
  platform::take_guard_away(text);
  return text;
}

// Leads that VICIdial has and has not called, or has on a line now.
bool vicidial_open(std::string_view status) {
  constexpr std::array<std::string_view, 5> open{"", "NEW", "QUEUE", "INCALL", "DISPO"};
  return std::ranges::find(open, status) != open.end();
}

Result<void> read_table(DiallerFormat format, std::string_view text, Rows& rows, DiallerReading& into) {
  const bool tabs = text.substr(0, text.find('\n')).find('\t') != std::string_view::npos;
  platform::CsvReader reader(text, tabs ? '\t' : ',');
  TableColumns columns;
  if (const auto header = reader.next())
    for (std::size_t n = 0; n < header->fields.size(); ++n) columns.look(format, header->fields[n], n);
  if (!columns.key || !columns.result)
    return fail(ErrorKind::ask_person, "columns-missing",
                format == DiallerFormat::genesys
                    ? "The first line has to name the columns holdline and CallRecordLastResult-phone: export the "
                      "contact list as it is."
                    : "The first line has to name the columns vendor_lead_code and status.");
  while (const auto row = reader.next()) {
    if (row->is_blank()) continue;
    if (!row->wrong.empty()) {
      into.wrong.emplace_back(row->line, row->wrong);
      continue;
    }
    const std::string result = cell(*row, columns.result), wrapup = cell(*row, columns.wrapup);
    const std::string& said = wrapup.empty() ? result : wrapup;
    rows.take(row->line, cell(*row, columns.key), said, !vicidial_open(said), cell(*row, columns.agent),
              cell(*row, columns.at));
  }
  return {};
}

// --- one JSON object a line ---

std::string text_in(const Json& json, const char* name) {
  return json.is_object() && json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
}

const Json& part_in(const Json& json, const char* name) {
  static const Json none;
  return json.is_object() && json.contains(name) ? json[name] : none;
}

// What was accepted is still to be called; what was not never will be.
void read_batch_answer(std::uint64_t line, const Json& json, Rows& rows) {
  for (const Json& one : part_in(json, "successfulRequests"))
    rows.take(line, text_in(one, "clientToken"), "", false, "", "");
  for (const Json& one : part_in(json, "failedRequests"))
    rows.take(line, text_in(one, "clientToken"), text_in(one, "failureCode"), true, "", "");
}

// The contact flow can put what the agent said into an attribute; else it is what was heard on the line.
void read_contact(std::uint64_t line, const Json& json, Rows& rows) {
  const Json& attributes = part_in(json, "Attributes");
  std::string said = text_in(attributes, "holdline_outcome");
  if (said.empty()) said = text_in(json, "AnsweringMachineDetectionStatus");
  const std::string at = text_in(json, "InitiationTimestamp");
  rows.take(line, text_in(attributes, "holdline"), said, !said.empty(), text_in(part_in(json, "Agent"), "Username"),
            at);
}

void read_any(std::uint64_t line, const Json& json, Rows& rows) {
  std::string said = text_in(json, "outcome");
  if (said.empty()) said = text_in(json, "disposition");
  rows.take(line, text_in(json, "holdline"), said, !said.empty(), text_in(json, "agent"), text_in(json, "at"));
}

void read_lines(DiallerFormat format, std::string_view text, Rows& rows, DiallerReading& into) {
  for (std::uint64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json json = Json::parse(one, nullptr, false);
    if (!json.is_object())
      into.wrong.emplace_back(line, "is not one JSON object");
    else if (format == DiallerFormat::jsonl)
      read_any(line, json, rows);
    else if (json.contains("successfulRequests") || json.contains("failedRequests"))
      read_batch_answer(line, json, rows);
    else
      read_contact(line, json, rows);
  }
}

}  // namespace

std::string_view documented_outcome(DiallerFormat format, std::string_view disposition) {
  for (const Meaning& one : meanings)
    if (one.format == format && one.disposition == disposition) return one.outcome;
  return {};
}

Result<DiallerReading> read_outcomes(DiallerFormat format, std::string_view text, const OutcomeReading& with) {
  DiallerReading reading;
  Rows rows(format, with, reading);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (format == DiallerFormat::vicidial || format == DiallerFormat::genesys)
    HOLDLINE_TRY(read_table(format, text, rows, reading));
  else
    read_lines(format, text, rows, reading);
  return reading;
}

}  // namespace holdline::hub
