// holdline checks: entries that somebody else has to look at.
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

std::string limits_text(const json& item) {
  std::string text;
  for (const json& limit : list_of(item, "limits")) text += (text.empty() ? "" : ", ") + text_of(limit, "code");
  return text;
}

std::string settled_text(const json& need) {
  const std::string state = text_of(need, "state"), reason = text_of(need, "reason");
  if (state == "open") return state;
  return state + " (" + text_of(need, "by") + (reason.empty() ? "" : ": " + reason) + ")";
}

Outcome list_checks(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/checks", {{"state", session.arguments().has("--all") ? "all" : ""},
                                                 {"limit", session.arguments().get("--limit")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json list = answer.document();
  Table table({"ENTRY", "REFERENCE", "KIND", "AMOUNT", "BY", "TAKEN", "NEEDS", "STATE", "LIMITS"});
  for (const json& item : list_of(list, "items"))
    for (const json& need : list_of(item, "needs")) {
      const json& fields = member(item, "fields");
      table.row({text_of(item, "entry"), text_of(item, "reference"), text_of(fields, "kind"), text_of(fields, "amount"),
                 text_of(fields, "operator"), session.time(member(fields, "event_time")), text_of(need, "need"),
                 Cell(settled_text(need), text_of(need, "state") == "good" ? Tone::good : Tone::warning),
                 limits_text(item)});
    }
  if (!table.empty()) table.print(session.world().out, session.style());
  const json& counts = member(list, "counts");
  session.world().out << text_of(counts, "approval") << " to be approved by a supervisor, "
                      << text_of(counts, "second_check") << " to be compared with the paper by a second person.\n";
  return ExitCode::ok;
}

template <const char* need, bool good>
Outcome settle_check(Session& session) {
  json body{{"need", need}, {"good", good}};
  if (session.arguments().has("--reason")) body["reason"] = session.arguments().get("--reason");
  HOLDLINE_ASSIGN(const Answer answer,
                  session.write("POST", "/entries/" + session.arguments().get("ENTRY") + "/checks", body));
  return print_saved(session, answer);
}

constexpr char approval_word[] = "approval", second_word[] = "second_check";

}  // namespace

std::vector<Command> check_commands() {
  const std::string group = "checks";
  const Positional entry = {"ENTRY", "Its id"};
  const Option reason{"--reason", "TEXT", "Kept with it"}, why{"--reason", "TEXT", "What is wrong with it; it is kept"};
  return {
      {group,
       "list",
       "Entries beyond a limit of work by hand, and entries from paper that a second person compares",
       {},
       {{"--all", "", "Those that are decided as well"}, {"--limit", "N", "At most so many (default: 50)"}},
       false,
       list_checks},
      {group, "approve", "For supervisors: it may stand", {entry}, {reason}, true, settle_check<approval_word, true>},
      {group,
       "refuse",
       "For supervisors: it may not, and somebody has to tell the customer",
       {entry},
       {why},
       true,
       settle_check<approval_word, false>},
      {group, "same", "It says what its paper says", {entry}, {reason}, true, settle_check<second_word, true>},
      {group, "differs", "It does not", {entry}, {why}, true, settle_check<second_word, false>},
  };
}

}  // namespace holdline::cli
