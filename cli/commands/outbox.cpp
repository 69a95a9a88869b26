// holdline outbox list, show, export, begin-anew: what this workstation saved and how far it has come, as the agent's
// API tells it.
#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
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
  HOLDLINE_ASSIGN(
      const Answer answer,
      session.get(target("/outbox", {{"limit", session.arguments().get("--limit")},
                                     {"before", session.arguments().get("--before")},
                                     {"state", session.arguments().has("--attention") ? "needs-attention" : ""}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"ACTION", "WHEN", "WHAT", "STATE", "WHY"});
  for (const json& item : list_of(document, "items")) {
    const std::string why = text_of(item, "text");
    table.row(
        {action_of(item), session.time(member(item, "event_time")), text_of(item, "what"), state_cell(item),
         is_set(item, "practice") ? Cell(why.empty() ? "practice" : "practice: " + why, Tone::warning) : Cell(why)});
  }
  if (table.empty())
    session.world().err << (session.arguments().has("--attention") ? "Nothing needs attention.\n"
                                                                   : "Nothing was saved on this PC.\n");
  else
    table.print(session.world().out, session.style());
  print_rest(session, document, "--before");
  return ExitCode::ok;
}

// "2/17", as it was typed.
Result<std::string> typed_action(Session& session) {
  const std::string action = session.arguments().get("LANE/NUMBER");
  const std::size_t slash = action.find('/');
  const auto is_number = [](std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::string_view typed = action;
  if (slash == std::string::npos || !is_number(typed.substr(0, slash)) || !is_number(typed.substr(slash + 1)))
    return usage("LANE/NUMBER is two numbers as outbox list shows them, for example 2/17");
  return action;
}

Outcome send_again(Session& session, const json& changes) {
  HOLDLINE_ASSIGN(const std::string action, typed_action(session));
  json body = {{"changes", changes}};
  if (session.arguments().has("--scope")) body["scope"] = session.arguments().get("--scope");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/outbox/" + action + "/correct", body));
  return print_saved(session, answer);
}

Outcome correct(Session& session) {
  HOLDLINE_ASSIGN(const auto changes, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  return send_again(session, object_of(changes));
}

Outcome resend(Session& session) { return send_again(session, json::object()); }

Outcome discard(Session& session) {
  HOLDLINE_ASSIGN(const std::string action, typed_action(session));
  const std::string reason = session.arguments().get("--reason");
  if (reason.empty()) return usage("--reason is missing — it is kept with the decision");
  const json body = {{"reason", reason}, {"dependents", session.arguments().has("--dependents")}};
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/outbox/" + action + "/discard", body));
  return print_saved(session, answer);
}

Outcome show_action(Session& session) {
  HOLDLINE_ASSIGN(const std::string action, typed_action(session));
  HOLDLINE_ASSIGN(const Answer answer, session.get("/outbox/" + action));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json item = answer.document();
  Table table;
  table.row({"action", action_of(item)});
  table.row({"when", session.time(member(item, "event_time"))});
  table.row({"state", state_cell(item)});
  if (is_set(item, "practice")) table.row({"practice", Cell("counts nowhere", Tone::warning)});
  if (!text_of(item, "code").empty()) table.row({"why", text_of(item, "text") + " [" + text_of(item, "code") + "]"});
  for (const json& id : list_of(item, "conflicts")) table.row({"conflict", shown(id)});
  if (const json& accepted = member(item, "accepted"); accepted.is_object())
    table.row({"meant so", text_of(accepted, "because") + " [" + text_of(accepted, "hints") + "]"});
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

Outcome begin_anew(Session& session) {
  if (!session.arguments().has("--lost"))
    return usage("Put the missing outbox back if it is anywhere; say --lost only when it is certainly lost");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/outbox/begin-anew", json::object()));
  if (!session.printed_json(answer))
    session.world().out << "Another outbox was begun, and the loss is recorded. Sign in again to save.\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> outbox_commands() {
  const Positional ref{"LANE/NUMBER", "As outbox list shows it"};
  const Option scope{"--scope", "S", "Into this scope instead of its own"};
  return {
      {"outbox",
       "list",
       "What was saved here, newest first",
       {},
       {{"--limit", "N", "At most so many"},
        {"--before", "LANE/NUMBER", "Those older than this one"},
        {"--attention", "", "Only what the hub refused and nobody decided on"}},
       false,
       list_outbox},
      {"outbox",
       "correct",
       "Correct what was refused and send it again in its place",
       {ref, {"FIELD=VALUE", "New values; FIELD= leaves it out", true}},
       with_answers({scope}),
       true,
       correct},
      {"outbox",
       "resend",
       "Send what was refused again as it is, under the name of whoever is signed in now",
       {ref},
       {scope},
       true,
       resend},
      {"outbox",
       "discard",
       "Give up what was refused; it is kept with the reason",
       {ref},
       {{"--reason", "TEXT", "Why; kept with the decision"}, {"--dependents", "", "Also what builds on it"}},
       true,
       discard},
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
      {"outbox",
       "begin-anew",
       "Begin another outbox in place of one that is lost (root)",
       {},
       {{"--lost", "", "The missing outbox is certainly lost, with what was not sent"}},
       true,
       begin_anew},
  };
}

}  // namespace holdline::cli
