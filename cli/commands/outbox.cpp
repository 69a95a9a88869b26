// holdline outbox list|show|export: what this workstation saved and how far it has come, as the agent's API tells it.
#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/os/files.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t largest_export = std::size_t{1} << 30;

Tone tone_of(const std::string& state) {
  if (state == "held") return Tone::good;
  if (state == "needs-attention") return Tone::bad;
  return state == "conflict" || state == "waiting" ? Tone::warning : Tone::plain;
}

Cell state_cell(const json& item) {
  const std::string state = text_of(item, "state");
  return {words_for_state(state), tone_of(state)};
}

std::string action_of(const json& item) { return text_of(item, "lane") + "/" + text_of(item, "number"); }

Outcome list_outbox(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(target("/outbox", {{"limit", session.arguments().get("--limit")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"ACTION", "WHEN", "WHAT", "STATE", "WHY"});
  for (const json& item : list_of(document, "items")) {
    table.row({action_of(item), session.time(member(item, "event_time")),
               text_of(item, "kind") + " " + text_of(item, "collection"), state_cell(item), text_of(item, "text")});
  }
  if (table.empty())
    session.world().err << "Nothing was saved on this PC.\n";
  else
    table.print(session.world().out, session.style());
  return ExitCode::ok;
}

Outcome show_action(Session& session) {
  const std::string action = session.arguments().get("LANE/NUMBER");
  const std::size_t slash = action.find('/');
  const auto is_number = [](std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::string_view typed = action;
  if (slash == std::string::npos || !is_number(typed.substr(0, slash)) || !is_number(typed.substr(slash + 1)))
    return usage("LANE/NUMBER is two numbers as outbox list shows them, for example 2/17");
  HOLDLINE_ASSIGN(const Answer answer, session.get("/outbox/" + action));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json item = answer.document();
  Table table;
  table.row({"action", action_of(item)});
  table.row({"when", session.time(member(item, "event_time"))});
  table.row({"state", state_cell(item)});
  if (!text_of(item, "code").empty()) table.row({"why", text_of(item, "text") + " [" + text_of(item, "code") + "]"});
  for (const json& id : list_of(item, "conflicts")) table.row({"conflict", shown(id)});
  for (const json& op : list_of(item, "ops")) table.row({"op", shown(op)});
  table.print(session.world().out, session.style());
  return ExitCode::ok;
}

Outcome export_all(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/outbox/export", Session::long_work, largest_export));
  const std::string file = session.arguments().get("--output");
  if (file.empty()) {
    session.world().out << answer.text;
    return ExitCode::ok;
  }
  auto written = platform::create_file(std::filesystem::absolute(file), answer.text);
  if (!written) return fail(ErrorKind::ask_person, "refused", written.error().message);
  session.world().err << "Written to " << escape(file) << ", readable by you alone: it holds data of customers.\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> outbox_commands() {
  return {
      {"outbox",
       "list",
       "What was saved here, newest first",
       {},
       {{"--limit", "N", "At most so many"}},
       false,
       list_outbox},
      {"outbox",
       "show",
       "One action with everything in it",
       {{"LANE/NUMBER", "As outbox list shows it"}},
       {},
       false,
       show_action},
      {"outbox",
       "export",
       "Everything that is not settled, for keeping elsewhere",
       {},
       {{"-o,--output", "FILE", "A new file (default: standard output)"}},
       false,
       export_all},
  };
}

}  // namespace holdline::cli
