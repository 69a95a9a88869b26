// holdline runbook: the actions of the plan, as supervisors and IT see them and ask for them.
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

Tone tone_of_action(const std::string& state) {
  if (state == "ok" || state == "undone") return Tone::good;
  if (state == "failed" || state == "timed-out" || state == "undo-failed") return Tone::bad;
  return state == "waiting" || state == "skipped" ? Tone::plain : Tone::warning;
}

// Who did or approved what last, or what came back.
std::string who_of(Session& session, const json& action) {
  for (const char* signature : {"excepted", "ended", "approved"})
    if (const json& by = member(action, signature); by.is_object())
      return text_of(by, "person") + " " + session.time(member(by, "at"));
  return "";
}

void print_run(Session& session, const json& run) {
  std::ostream& out = session.world().out;
  Table head;
  const json& incident = member(run, "incident");
  if (incident.is_object())
    head.row({"incident", text_of(incident, "short") + " " + text_of(incident, "title"),
              text_of(incident, "phase") + (is_set(incident, "drill") ? ", practice" : "")});
  for (const json& other : list_of(run, "in_force"))
    if (member(other, "id") != member(incident, "id"))
      head.row({"in force as well", text_of(other, "short") + " " + text_of(other, "title"),
                "--incident " + text_of(other, "short") + (is_set(other, "drill") ? ", practice" : "")});
  const json& plan = member(run, "plan");
  head.row({"plan", "version " + text_of(plan, "version") + ", " + text_of(plan, "title")});
  const json& held = member(run, "held");
  head.row({"held by", held.is_object() ? text_of(held, "station") : "nobody",
            held.is_object() ? "heard of " + session.time(member(held, "told")) : ""});
  head.print(out, session.style());
  for (const json& line : list_of(run, "advice"))
    out << painted(escape(line.get<std::string>()), Tone::warning, session.style()) << '\n';
  Table table({"ACTION", "PHASE", "STATE", "WHAT TO KNOW", "WHO"});
  for (const json& action : list_of(run, "actions")) {
    const std::string state = text_of(action, "state");
    table.row({text_of(action, "id"), text_of(action, "phase"), Cell(state, tone_of_action(state)),
               text_of(action, "says"), who_of(session, action)});
  }
  out << '\n';
  table.print(out, session.style());
  for (const json& asked : list_of(run, "asked"))
    out << "asked, and not heard by a station yet: " << escape(text_of(asked, "wish") + " " + text_of(asked, "action"))
        << '\n';
  for (const json& refused : list_of(run, "refused"))
    out << "refused: "
        << escape(text_of(refused, "wish") + " " + text_of(refused, "action") + ": " + text_of(refused, "text"))
        << '\n';
}

std::string path_of_run(Session& session) {
  const std::string incident = session.arguments().get("--incident");
  return incident.empty() ? "/runbook" : "/runbook?incident=" + incident;
}

Outcome show_run(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(path_of_run(session)));
  if (session.printed_json(answer)) return ExitCode::ok;
  print_run(session, answer.document());
  return ExitCode::ok;
}

// A station hears of it within moments where it can be reached at all.
Outcome show_when_heard(Session& session) {
  for (int look = 0; look < 20; ++look) {
    HOLDLINE_ASSIGN(const Answer answer, session.get(path_of_run(session)));
    const json run = answer.document();
    if (!member(run, "held").is_object() || list_of(run, "asked").empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return show_run(session);
}

Outcome ask_run(Session& session, const std::string& verb, json body) {
  for (const char* option : {"--reason", "--incident", "--station", "--scenario"})
    if (session.arguments().has(option)) body[option + 2] = session.arguments().get(option);
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/runbook/" + verb, body));
  if (session.printed_json(answer)) return ExitCode::ok;
  return show_when_heard(session);
}

template <const char* verb>
Outcome ask_about_action(Session& session) {
  return ask_run(session, verb, {{"action", session.arguments().get("ACTION")}});
}
template <const char* verb>
Outcome ask_about_run(Session& session) {
  return ask_run(session, verb, json::object());
}

Outcome undo(Session& session) {
  const std::string action = session.arguments().get("ACTION");
  return ask_run(session, "undo", action == "all" ? json::object() : json{{"action", action}});
}

Outcome dry_run(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/runbook/dry-run", json::object()));
  const json rehearsed = answer.document();
  bool all_good = true;
  Table table({"ACTION", "", "COULD BE DONE", "BECAUSE"});
  for (const json& one : list_of(rehearsed, "items")) {
    const bool good = is_set(one, "good");
    all_good = all_good && good;
    table.row({text_of(one, "action"), is_set(one, "undo") ? "undo" : "",
               Cell(good ? "yes" : "NO", good ? Tone::good : Tone::bad), text_of(one, "said")});
  }
  if (!session.printed_json(answer)) table.print(session.world().out, session.style());
  return all_good ? ExitCode::ok : ExitCode::findings;
}

Outcome show_plan(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/runbook/plan"));
  if (session.printed_json(answer)) return ExitCode::ok;
  session.world().out << text_of(answer.document(), "text");
  return ExitCode::ok;
}

constexpr char run_verb[] = "run", approve_verb[] = "approve", tick_verb[] = "tick", skip_verb[] = "skip",
               want_verb[] = "want", except_verb[] = "except", takeover_verb[] = "takeover";

std::vector<Option> of_run(std::vector<Option> more = {}) {
  std::vector<Option> options{{"--incident", "ID", "Which (default: the only one in force; its first letters do)"},
                              {"--reason", "TEXT", "Why; kept with the run"}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace

std::vector<Command> runbook_commands() {
  const std::string group = "runbook";
  return {
      {group,
       "status",
       "The actions of the plan: how each stands, and what it waits for",
       {},
       {{"--incident", "ID", "Which (default: the latest real one in force; its first letters do)"}},
       false,
       show_run},
      {group, "plan", "The text of the plan, as this workstation has it", {}, {}, false, show_plan},
      {group,
       "dry-run",
       "Whether this workstation could perform every action; performs nothing",
       {},
       {},
       false,
       dry_run},
      {group,
       "run",
       "Begin the plan; a station does so by itself when an incident is declared",
       {},
       of_run({{"--scenario", "ID", "What happened, as the plan names it (default: every action counts)"}}),
       true,
       ask_about_run<run_verb>},
      {group,
       "approve",
       "Say that an action may be done",
       {{"ACTION", "As runbook status names it"}},
       of_run(),
       true,
       ask_about_action<approve_verb>},
      {group,
       "tick",
       "Say that a person did, or undid, what an action says",
       {{"ACTION", "As runbook status names it"}},
       of_run(),
       true,
       ask_about_action<tick_verb>},
      {group,
       "skip",
       "Leave an action out",
       {{"ACTION", "As runbook status names it"}},
       of_run(),
       true,
       ask_about_action<skip_verb>},
      {group,
       "want",
       "Have an action done that waits to be asked for, or once more",
       {{"ACTION", "As runbook status names it"}},
       of_run(),
       true,
       ask_about_action<want_verb>},
      {group,
       "undo",
       "Take an action back",
       {{"ACTION", "As runbook status names it; all: everything that is left, the last first"}},
       of_run(),
       true,
       undo},
      {group,
       "except",
       "Sign for an action that stays as it is",
       {{"ACTION", "As runbook status names it"}},
       of_run(),
       true,
       ask_about_action<except_verb>},
      {group,
       "takeover",
       "Have another station go on with the run",
       {},
       of_run({{"--station", "NAME", "Which (default: this workstation)"}}),
       true,
       ask_about_run<takeover_verb>},
  };
}

}  // namespace holdline::cli
