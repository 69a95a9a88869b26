#include "cli/commands/records.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

bool contains(const json& list, const std::string& text) { return std::ranges::find(list, json(text)) != list.end(); }

// Names of fields that are those of a standard, as people say them.
std::string spoken(const std::string& field) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> words{
      {{"e164", "number"}, {"addr", "address"}, {"as_typed", "written"}}};
  const auto found = std::ranges::find(words, field, [](const auto& one) { return one.first; });
  return found == words.end() ? field : std::string(found->second);
}

// What tells one child from the others, then the rest that has a value.
std::string summary_of(const json& child) {
  const json& fields = child.contains("fields") ? child["fields"] : child;
  std::string result;
  for (const auto& [name, value] : fields.items()) {
    const bool hidden = name == "customer" || name == "id" || name == "collection" || name == "scope";
    if (hidden || value.is_null()) continue;
    result += (result.empty() ? "" : ", ") + spoken(name) + " " + shown(value);
  }
  return result;
}

// What the do-not-call list says of a number or an address.
std::string wishes_of(const json& child) {
  std::string result;
  for (const json& wish : list_of(child, "do_not_call")) {
    const std::string purpose = text_of(wish, "purpose"), channel = text_of(wish, "channel");
    result += result.empty() ? "do not contact" : "; do not contact";
    if (channel != "any") result += " by " + channel;
    if (purpose != "any") result += " for " + purpose;
    result += ", since " + text_of(wish, "since").substr(0, 10);
  }
  return result;
}

// What stands out about a step: its marks, and what somebody said is meant so.
std::string remarks_on(const json& step) {
  std::string remarks = text_of(step, "marks");
  const json& accepted = member(step, "accepted");
  if (!accepted.is_object()) return remarks;
  if (!remarks.empty()) remarks += ", ";
  if (list_of(accepted, "hints") == json::array({"correction"}))
    return remarks + "corrected: " + text_of(accepted, "because");
  return remarks + "meant so (" + text_of(accepted, "hints") + "): " + text_of(accepted, "because");
}

}  // namespace

ExitCode print_saved(Session& session, const Answer& answer) {
  if (session.printed_json(answer)) return ExitCode::ok;
  const json saved = answer.document();
  const json& action = member(saved, "action");
  std::string state = words_for_state(text_of(saved, "state"));
  if (!state.empty()) state.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(state.front())));
  std::string line = state + " as " + text_of(action, "lane") + "/" + text_of(action, "number");
  if (is_set(saved, "repeated")) line += " by an earlier run of this command";
  const auto references = list_of(saved, "references");
  if (!references.empty()) line += ". Reference " + text_of(saved, "references");
  session.world().out << escape(line) << '\n';
  for (const json& id : list_of(saved, "created")) session.world().out << escape(shown(id)) << '\n';
  for (const json& note : list_of(saved, "notes"))
    session.world().err << "Note: " << escape(text_of(note, "message")) << '\n';
  return ExitCode::ok;
}

ExitCode print_record(Session& session, const Answer& answer) {
  if (session.printed_json(answer)) return ExitCode::ok;
  const json record = answer.document();
  const json& pending = list_of(record, "pending");
  Table table;
  table.row({"id", text_of(record, "id")});
  if (!text_of(record, "scope").empty()) table.row({"scope", text_of(record, "scope")});
  for (const auto& [name, value] : member(record, "fields").items()) {
    if (value.is_null()) continue;
    if (contains(pending, name))
      table.row({name, shown(value), Cell(words_for_state("saved"), Tone::warning)});
    else
      table.row({name, shown(value)});
  }
  if (const json& into = member(record, "merged_into"); into.is_object())
    table.row({"merged into", text_of(into, "id") + " " + text_of(into, "name"),
               Cell("what is changed here goes there", Tone::warning)});
  for (const json& alias : list_of(record, "aliases"))
    table.row({"merged in", text_of(alias, "id") + " " + text_of(alias, "ref") + " " + text_of(alias, "name")});
  if (is_set(record, "unverified")) {
    const json& fields = member(record, "fields");
    const std::string obtained = text_of(fields, "obtained_at").substr(0, 10);
    table.row({"unverified", "from " + text_of(fields, "source") + (obtained.empty() ? "" : ", obtained " + obtained),
               Cell("nobody has checked it since: set verified_at when somebody has", Tone::warning)});
  }
  for (const json& action : list_of(record, "attention"))
    table.row({"needs attention",
               "see: holdline outbox show " + text_of(action, "lane") + "/" + text_of(action, "number"),
               Cell("refused by the hub", Tone::bad)});
  for (const auto& [collection, children] : member(record, "children").items())
    for (const json& child : children) {
      const std::string wishes = wishes_of(child);
      table.row(wishes.empty() ? std::vector<Cell>{collection, summary_of(child)}
                               : std::vector<Cell>{collection, summary_of(child), Cell(wishes, Tone::bad)});
    }
  table.print(session.world().out, session.style());
  print_as_of(session, record);
  return ExitCode::ok;
}

Outcome show_history(Session& session, const std::string& target) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(target + "/history"));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"WHEN", "WHO", "WORKSTATION", "WHAT", "FIELD", "FROM", "TO", "REMARK"});
  for (const json& step : list_of(document, "items")) {
    const std::string person = text_of(step, "name").empty() ? text_of(step, "person") : text_of(step, "name");
    const std::string device =
        text_of(step, "device_name").empty() ? text_of(step, "device") : text_of(step, "device_name");
    const auto row = [&](const json& change) {
      table.row({session.time(member(step, "at")), person.empty() && device == "hub" ? "import" : person, device,
                 text_of(step, "collection") + " " + text_of(step, "kind"),
                 text_of(change, change.contains("label") ? "label" : "field"), text_of(change, "from"),
                 Cell(text_of(change, "to"), Tone::good), Cell(remarks_on(step), Tone::warning)});
    };
    const auto changes = list_of(step, "changes");
    if (changes.empty()) row(json::object());
    for (const json& change : changes) row(change);
  }
  table.print(session.world().out, session.style());
  if (!is_set(document, "complete"))
    session.world().err << "There is more: it happened before the hub kept this, or is too much for one list.\n";
  return ExitCode::ok;
}

Outcome edit_record(Session& session, const std::string& target, json changes, const std::string& correction) {
  HOLDLINE_ASSIGN(const auto given, parse_assignments(session.world(), session.arguments().all("--base")));
  const json bases = object_of(given);
  for (const auto& [field, base] : bases.items())
    if (!changes.contains(field)) return usage("--base names " + field + ", which is not changed");
  json body = {{"changes", json::object()}};
  if (!correction.empty()) body["accept"] = {{"hints", {"correction"}}, {"because", correction}};
  json stands;
  for (auto& [field, change] : changes.items()) {
    if (bases.contains(field)) {
      change["base"] = bases[field];
    } else if (change.contains("value")) {
      if (stands.is_null()) {  // where the person gave no base, it is what they would be shown now
        HOLDLINE_ASSIGN(const Answer answer, session.get(target));
        const json record = answer.document();
        stands = member(record, "fields");
        if (!stands.is_object()) return not_understood();
        if (const std::string cn = text_of(record, "cn"); !cn.empty()) body["cn"] = cn;
      }
      change["base"] = member(stands, field);
    }
    body["changes"][field] = std::move(change);
  }
  HOLDLINE_ASSIGN(const Answer answer, session.write("PATCH", target, body));
  return print_saved(session, answer);
}

Outcome edit_record(Session& session, const std::string& target, const std::vector<Assignment>& changes) {
  json body = json::object();
  for (const Assignment& change : changes) body[change.field] = {{"value", change.value}};
  return edit_record(session, target, std::move(body));
}

void print_rest(Session& session, const json& document, const std::string& option) {
  if (const std::string advice = text_of(document, "advice"); !advice.empty())
    session.world().err << escape(advice) << '\n';
  const std::string next = text_of(document, "next"), total = text_of(document, "total");
  if (next.empty()) return;
  std::ostream& err = session.world().err;
  if (total.empty())
    err << "There are more.";
  else
    err << "These are " << list_of(document, "items").size() << " of " << escape(total) << '.';
  err << " Go on with: " << option << ' ' << escape(next) << '\n';
}

void print_as_of(Session& session, const json& document) {
  const std::string when = session.time(member(document, "as_of"));
  if (session.world().out_is_terminal && !when.empty())
    session.world().out << painted("as of " + escape(when), Tone::faint, session.style()) << '\n';
}

}  // namespace holdline::cli
