// holdline callbacks windows, capacity, set-capacity, promise, promise-breaking: how much may be promised, and what is
// promised anew.
#include <nlohmann/json.hpp>

#include "cli/commands/callbacks/show.hpp"
#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

Outcome show_windows(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/callbacks/windows", {{"scope", session.arguments().get("--scope")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json told = answer.document();
  std::ostream& out = session.world().out;
  if (!is_set(told, "divided")) {
    out << "Nobody has said how many calls " << escape(text_of(told, "scope"))
        << " can make, so any time may be promised.\n";
    return ExitCode::ok;
  }
  Table table({"FROM", "UNTIL", "ROOM HERE", "PROMISED HERE"});
  for (const json& one : list_of(told, "windows")) {
    const std::string room = text_of(one, "room");
    table.row({session.time(member(one, "start")), session.time(member(one, "end")),
               Cell(room, room == "0" ? Tone::warning : Tone::good), text_of(one, "promised")});
  }
  if (table.empty())
    out << "No window is open within three days.\n";
  else
    table.print(out, session.style());
  return ExitCode::ok;
}

void print_capacity(Session& session, const json& told) {
  std::ostream& out = session.world().out;
  Table divided({"FROM", "HOURS", "DAYS", "MINUTES", "CALLS", "WORKSTATIONS"});
  for (const json& one : list_of(told, "divided"))
    divided.row({session.time(member(one, "since")),
                 text_of(one, "opens") + " to " + text_of(one, "closes") + " " + text_of(one, "zone"),
                 list_of(one, "days").empty() ? "every day" : joined(member(one, "days")), text_of(one, "minutes"),
                 text_of(one, "calls"), text_of(one, "stations")});
  if (divided.empty()) {
    out << "Nobody has said how many calls " << escape(text_of(told, "scope")) << " can make.\n";
    return;
  }
  divided.print(out, session.style());
  Table windows({"FROM", "UNTIL", "CALLS", "PROMISED"});
  for (const json& one : list_of(told, "windows")) {
    const bool full = one.value("promised", 0) >= one.value("calls", 0);
    windows.row({session.time(member(one, "start")), session.time(member(one, "end")), text_of(one, "calls"),
                 Cell(text_of(one, "promised"), full ? Tone::warning : Tone::plain)});
  }
  out << '\n';
  windows.print(out, session.style());
}

Outcome show_capacity(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/callbacks/capacity", {{"scope", session.arguments().get("--scope")}})));
  if (!session.printed_json(answer)) print_capacity(session, answer.document());
  return ExitCode::ok;
}

Outcome set_capacity(Session& session) {
  const Arguments& given = session.arguments();
  json body = json::object();
  for (const auto& [option, name] : {std::pair("--scope", "scope"), std::pair("--zone", "zone"),
                                     std::pair("--opens", "opens"), std::pair("--closes", "closes")}) {
    if (given.get(option).empty()) return usage(std::string(option) + " is missing");
    body[name] = given.get(option);
  }
  if (given.get("--calls").empty()) return usage("--calls is missing");
  for (const auto& [option, name] : {std::pair("--calls", "calls"), std::pair("--minutes", "minutes")}) {
    if (!given.has(option)) continue;
    HOLDLINE_ASSIGN(body[name], whole_number_of(given.get(option)));
  }
  if (given.has("--day")) body["days"] = given.all("--day");
  if (given.has("--at-once")) body["at_once"] = true;
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/capacity", body));
  if (!session.printed_json(answer)) print_capacity(session, answer.document());
  return ExitCode::ok;
}

Outcome print_promised(Session& session, const Answer& answer) {
  if (session.printed_json(answer)) return ExitCode::ok;
  const json told = answer.document();
  Table table({"CASE", "WAS PROMISED UNTIL", "NOW FROM", "UNTIL"});
  for (const json& one : list_of(told, "promised"))
    table.row({text_of(one, "case"), session.time(member(one, "promised_until")), session.time(member(one, "from")),
               session.time(member(one, "until"))});
  table.print(session.world().out, session.style());
  if (text_of(told, "left") != "0")
    session.world().out << text_of(told, "left") << " more break: the same command again.\n";
  session.world().out << "Nobody has told the customers yet.\n";
  return ExitCode::ok;
}

Outcome promise_anew(Session& session) {
  const Arguments& given = session.arguments();
  const json body{{"cases", given.all("CASE")},
                  {"from", given.get("--from")},
                  {"until", given.get("--until")},
                  {"reason", given.get("--reason")}};
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/promise", body));
  return print_promised(session, answer);
}

Outcome promise_breaking(Session& session) {
  HOLDLINE_ASSIGN(json body, filter_body(session));
  body["reason"] = session.arguments().get("--reason");
  if (session.arguments().has("--minutes")) {
    HOLDLINE_ASSIGN(body["minutes"], whole_number_of(session.arguments().get("--minutes")));
  }
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/promise-breaking", body));
  return print_promised(session, answer);
}

}  // namespace

std::vector<Command> promise_commands() {
  const std::string group = "callbacks";
  const Option scope = {"--scope", "S", "Which queue (default: where new records of yours go)"};
  const Option reason = {"--reason", "TEXT", "Why; it is kept"};
  return {
      {group,
       "windows",
       "When this PC may still promise a call, also without the hub",
       {},
       {scope},
       false,
       show_windows},
      {group,
       "capacity",
       "How many calls a queue can make, and how many are promised",
       {},
       {scope},
       false,
       show_capacity},
      {group,
       "set-capacity",
       "Say how many calls a queue can make; it is divided over its workstations",
       {},
       {{"--scope", "S", "The queue"},
        {"--zone", "ZONE", "By whose clock, like Europe/London"},
        {"--opens", "TIME", "The first window begins, like 09:00"},
        {"--closes", "TIME", "The last one ends, like 17:00"},
        {"--calls", "N", "In one window, of all workstations together"},
        {"--minutes", "N", "Of one window (default: 60)"},
        {"--day", "DAY", "Only on mon, tue, …", true},
        {"--at-once", "", "Also for windows of which something may be promised already"}},
       false,
       set_capacity},
      {group,
       "promise",
       "Promise another time for cases whose promise cannot be kept",
       {{"CASE", "Ids of cases", true}},
       {reason, {"--from", "TIME", "Like 2026-12-01T14:00:00Z"}, {"--until", "TIME", "The end of the window"}},
       false,
       promise_anew},
      {group,
       "promise-breaking",
       "Promise another time for everything that would break at this pace",
       {},
       filter_options({reason, {"--minutes", "N", "Of each new window (default: 120)"}}),
       false,
       promise_breaking},
  };
}

}  // namespace holdline::cli
