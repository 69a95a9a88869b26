// holdline drill, holdline practice: an outage for practice, from its declaration to its report.
#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::string_view checklist_open = "checklist-open";

std::string seconds_of(const json& value) {
  return value.is_number_integer() ? length_of(value.get<std::int64_t>() * 1'000) : std::string();
}

void print_due(Session& session, const json& document) {
  const json& drill = member(document, "drill");
  const json &every = member(drill, "every_days"), &last = member(drill, "last"), &due = member(drill, "due");
  const bool overdue = is_set(drill, "overdue");
  Table table;
  table.row({"last drill", last.is_string() ? Cell(session.time(last)) : Cell("never", Tone::warning)});
  if (every.is_number())
    table.row({"next", overdue ? Cell("overdue", Tone::warning) : Cell(session.time(due)),
               "the plan asks for one every " + shown(every) + " days"});
  table.print(session.world().out, session.style());
}

std::string ready_desks(const json& report, const char* when) {
  const json& desks = member(report, when);
  return desks.is_object() ? text_of(desks, "ready") + " of " + text_of(desks, "all") : "not known";
}

// As people say its first letters.
std::string lower_case(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

void print_drill_report(Session& session, const json& report) {
  std::ostream& out = session.world().out;
  Table table;
  table.row({"drill", text_of(report, "short") + " " + text_of(report, "title"), text_of(report, "reason")});
  table.row({"concerned", joined(member(report, "scopes"))});
  table.row({"declared", session.time(member(report, "declared")), "by " + text_of(report, "declared_by")});
  table.row({"over", session.time(member(report, "ended"))});
  const std::string declare = seconds_of(member(report, "seconds_to_declare"));
  table.row({"to declare", declare.empty() ? "not measured" : declare,
             declare.empty() ? "nobody said before that something does not work" : "from the first who said so"});
  const std::string first = seconds_of(member(report, "seconds_to_first_entry"));
  table.row({"to the first entry", first.empty() ? Cell("none was taken", Tone::warning) : Cell(first)});
  std::string taken;
  for (const auto& [kind, count] : member(report, "taken").items())
    taken += (taken.empty() ? "" : ", ") + kind + ": " + shown(count);
  const std::string before = ready_desks(report, "ready_before"), after = ready_desks(report, "ready_after");
  table.row({"ready", "before: " + before, "after: " + after});
  table.row({"taken down", taken});
  table.row({"took part", joined(member(report, "people")), "at " + joined(member(report, "stations"))});
  if (const json& absent = list_of(report, "absent"); !absent.empty())
    table.row(
        {"did not",
         Cell(std::to_string(absent.size()) + (absent.size() == 1 ? " workstation" : " workstations"), Tone::warning),
         joined(absent)});
  out << '\n';
  table.print(out, session.style());
  const json& failed = list_of(report, "failed");
  out << (failed.empty() ? "  Nothing failed.\n" : "  What failed:\n");
  for (const json& one : failed) out << "    " << escape(shown(one)) << '\n';
}

Outcome start_drill(Session& session) {
  const Arguments& typed = session.arguments();
  if (typed.get("--reason").empty()) return usage("--reason is missing — it is kept with the drill");
  json body{{"reason", typed.get("--reason")}, {"drill", true}};
  if (typed.has("--title")) body["title"] = typed.get("--title");
  if (typed.has("--scope")) body["scopes"] = typed.all("--scope");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/contingency/declare", body));
  if (session.printed_json(answer)) return ExitCode::ok;
  session.world().out
      << "The drill is on. What is taken down now is marked as practice, and counts nowhere. To end it: "
         "holdline drill end --reason TEXT\n";
  return ExitCode::ok;
}

// The drills in force here, of those that the person names.
json drills_in_force(const json& document, const std::string& named) {
  json found = json::array();
  for (const json& incident : list_of(document, "incidents"))
    if (is_set(incident, "drill") && member(incident, "ended").is_null() && text_of(incident, "id").starts_with(named))
      found.push_back(incident);
  return found;
}

Outcome drill_status(Session& session) {
  HOLDLINE_ASSIGN(const Answer now, session.get("/contingency"));
  HOLDLINE_ASSIGN(const Answer held, session.get("/contingency/drills"));
  if (session.printed_json(held)) return ExitCode::ok;
  for (const json& drill : drills_in_force(now.document(), ""))
    session.world().out << "A drill is on: " << escape(text_of(drill, "short") + " " + text_of(drill, "title")) << ", "
                        << escape(joined(member(drill, "scopes"))) << ", since "
                        << session.time(member(drill, "begins")) << ".\n";
  print_due(session, held.document());
  return ExitCode::ok;
}

void print_what_is_left(Session& session, const json& drill) {
  std::ostream& err = session.world().err;
  err << "The drill is not over: something is left. Do it, or sign for it: holdline contingency except POINT --reason "
         "TEXT\n";
  for (const json& point : list_of(drill, "checklist"))
    if (!is_set(point, "done"))
      err << "  " << text_of(point, "point") << ": " << escape(text_of(point, "text")) << '\n';
}

// Both steps of an outage: systems are back, and nothing is left.
Outcome end_drill(Session& session) {
  const Arguments& typed = session.arguments();
  if (typed.get("--reason").empty()) return usage("--reason is missing — it is kept with the drill");
  HOLDLINE_ASSIGN(const Answer before, session.get("/contingency"));
  const json drills = drills_in_force(before.document(), lower_case(typed.get("--incident")));
  if (drills.empty()) return fail(ErrorKind::ask_person, "no-drill", "No drill is on here.");
  if (drills.size() > 1) return usage("Several drills are on: name the one with --incident");
  const json body{{"reason", typed.get("--reason")}, {"incident", text_of(drills[0], "id")}};
  if (text_of(drills[0], "phase") == "active") HOLDLINE_TRY(session.write("POST", "/contingency/recover", body));
  const auto closed = session.write("POST", "/contingency/close", body);
  const json refusal = closed ? json() : json::parse(session.refused_with(), nullptr, false);
  if (text_of(refusal, "code") == checklist_open && !session.json()) {
    HOLDLINE_ASSIGN(const Answer now, session.get("/contingency"));
    for (const json& drill : drills_in_force(now.document(), text_of(drills[0], "id")))
      print_what_is_left(session, drill);
    return ExitCode::findings;
  }
  if (!closed) return tl::unexpected<Error>(closed.error());
  if (session.printed_json(*closed)) return ExitCode::ok;
  session.world().out << "The drill is over.\n";
  HOLDLINE_ASSIGN(const Answer held, session.get("/contingency/drills"));
  const json reports = held.document();
  for (const json& report : list_of(reports, "items"))
    if (text_of(report, "incident") == text_of(drills[0], "id")) print_drill_report(session, report);
  return ExitCode::ok;
}

Outcome drill_report(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/contingency/drills"));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  const std::string named = lower_case(session.arguments().get("--incident"));
  std::vector<json> asked;
  for (const json& report : list_of(document, "items"))
    if (text_of(report, "incident").starts_with(named)) asked.push_back(report);
  if (asked.empty() && !named.empty())
    return fail(ErrorKind::ask_person, "no-drill",
                "No drill of that name has a report. For all of them: holdline drill report --all");
  print_due(session, document);
  if (!session.arguments().has("--all") && asked.size() > 1) asked.resize(1);
  for (const json& report : asked) print_drill_report(session, report);
  return ExitCode::ok;
}

template <bool on>
Outcome practise(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/practice", {{"on", on}}));
  if (session.printed_json(answer)) return ExitCode::ok;
  session.world().out << (on ? "You practise now, with invented customers (holdline customer search "
                               "practice). Nothing of it reaches the hub. Back to work: holdline practice off\n"
                             : "You are back at work.\n");
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> drill_commands() {
  const std::string group = "drill";
  const Option reason{"--reason", "TEXT", "Why; kept with the drill"};
  const Option which{"--incident", "ID", "Which drill (its first letters do)"};
  return {
      {group,
       "start",
       "An outage for practice: what is taken down is marked, and counts nowhere",
       {},
       {reason,
        {"--title", "TEXT", "What people call it"},
        {"--scope", "S", "Who practises (default: your own scope; several times for several)", true}},
       true,
       start_drill},
      {group, "status", "Whether one is on, when the last was, when the next is due", {}, {}, false, drill_status},
      {group,
       "end",
       "It is over: what was practised is put away, and its report is written",
       {},
       {reason, which},
       false,
       end_drill},
      {group,
       "report",
       "Who took part in the last one, how long it took, what failed",
       {},
       {which, {"--all", "", "All that are known"}},
       false,
       drill_report},
      {"practice", "on", "Practise by yourself, at any time, with invented customers", {}, {}, false, practise<true>},
      {"practice", "off", "Back to work", {}, {}, false, practise<false>}};
}

}  // namespace holdline::cli
