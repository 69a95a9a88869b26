// holdline conflicts list|show|resolve: where two people changed the same.
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/text/url.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

std::string conflict_target(Session& session) {
  return "/conflicts/" + platform::percent_encoded(session.arguments().get("ID"));
}

std::string what_of(const json& conflict) {
  if (is_set(conflict, "about_deletion")) return "deletion";
  return (text_of(conflict, "policy") == "duplicate" ? "duplicate: same " : "") + text_of(conflict, "unit");
}

// "customer Ada Lovelace (01a2…)"
std::string subject_of(const json& conflict, const std::string& name, const std::string& id) {
  return text_of(conflict, "collection") + (name.empty() ? "" : " " + name) + " (" + id + ")";
}
std::string subject_of(const json& conflict) {
  return subject_of(conflict, text_of(member(conflict, "about"), "name"), text_of(conflict, "record"));
}

// How the conflict of two records goes away.
void print_ways_out(Session& session, const json& conflict, bool deleted) {
  const std::string one = text_of(conflict, "record"), field = text_of(conflict, "unit");
  const std::string other = text_of(member(conflict, "duplicate_of"), "id");
  if (deleted) {
    session.world().err << "They were deleted and are back under this record.\n"
                        << "They are not wanted:     holdline customer delete " << escape(one) << " --reason …\n"
                        << "Meant so:                holdline conflicts resolve " << escape(text_of(conflict, "id"))
                        << " --take current --reason …\n";
    return;
  }
  session.world().err << "One customer after all:  holdline customer merge " << escape(one) << ' ' << escape(other)
                      << " --reason …\n"
                      << "Two, one misread:        holdline customer edit " << escape(one) << ' ' << escape(field)
                      << "=…\n"
                      << "Meant so:                holdline conflicts resolve " << escape(text_of(conflict, "id"))
                      << " --take current --reason …\n";
}

Outcome list_conflicts(Session& session) {
  const char* state = session.arguments().has("--all") ? "all" : "open";
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/conflicts", {{"state", state},
                                                    {"limit", session.arguments().get("--limit")},
                                                    {"after", session.arguments().get("--after")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"ID", "WHEN", "RECORD", "WHAT", "STATE"});
  for (const json& conflict : list_of(document, "items")) {
    const std::string conflict_state = text_of(conflict, "state");
    table.row({text_of(conflict, "id"), session.time(member(conflict, "at")), subject_of(conflict), what_of(conflict),
               Cell(conflict_state, conflict_state == "open" ? Tone::warning : Tone::plain)});
  }
  if (table.empty())
    session.world().err << "There is no " << (session.arguments().has("--all") ? "" : "open ") << "conflict.\n";
  else
    table.print(session.world().out, session.style());
  print_rest(session, document, "--after");
  return ExitCode::ok;
}

Outcome show_conflict(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(conflict_target(session)));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json conflict = answer.document();
  const json& by = member(conflict, "by");
  std::ostream& out = session.world().out;
  Table head;
  head.row({"record", subject_of(conflict)});
  const bool duplicate = member(conflict, "duplicate_of").is_object();
  const json& met = member(conflict, "duplicate_of");
  const bool deleted = duplicate && is_set(met, "deleted");
  if (duplicate)
    head.row({"and", subject_of(conflict, text_of(met, "name"), text_of(met, "id")) + (deleted ? ", deleted" : "")});
  head.row({"what", what_of(conflict)});
  head.row({"state", text_of(conflict, "state")});
  const std::string name = text_of(by, "name");
  head.row({duplicate ? "by" : "other by", name.empty() ? text_of(by, "person") : name});
  head.row({"at", session.time(member(conflict, "at"))});
  head.row({"workstation", text_of(by, "device")});
  if (!text_of(conflict, "resolution").empty()) head.row({"resolution", text_of(conflict, "resolution")});
  if (!text_of(conflict, "resolved_at").empty()) {
    const json& resolver = member(conflict, "resolved_by");
    const std::string by_name = text_of(resolver, "name");
    head.row({"resolved by", by_name.empty() ? text_of(resolver, "person") : by_name});
    head.row({"resolved at", session.time(member(conflict, "resolved_at"))});
  }
  head.print(out, session.style());
  Table values({"FIELD", "BOTH BEGAN FROM", "CURRENT", "OTHER"});
  for (const json& field : list_of(conflict, "fields")) {
    values.row({text_of(field, "label"), text_of(field, "base"), Cell(text_of(field, "current"), Tone::good),
                Cell(text_of(field, "other"), Tone::warning)});
  }
  if (duplicate && text_of(conflict, "state") == "open") print_ways_out(session, conflict, deleted);
  if (!values.empty() && !duplicate) {
    out << '\n';
    values.print(out, session.style());
  }
  if (is_set(conflict, "hidden"))
    session.world().err << "Its values are of a field that this workstation may not hold: it can be decided where they "
                           "are shown, or with --take current.\n";
  return ExitCode::ok;
}

Outcome resolve(Session& session) {
  const Arguments& typed = session.arguments();
  const std::string choice = typed.get("--take");
  if (choice != "current" && choice != "other") return usage("--take is current (keep what stands) or other");
  if (typed.get("--reason").empty()) return usage("--reason is missing — it is kept with the decision");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", conflict_target(session) + "/resolve",
                                                     {{"choice", choice}, {"reason", typed.get("--reason")}}));
  return print_saved(session, answer);
}

}  // namespace

std::vector<Command> conflict_commands() {
  const Positional id{"ID", "Id, as conflicts list shows it"};
  return {
      {"conflicts",
       "list",
       "Open conflicts, oldest first",
       {},
       {{"--all", "", "Decided and resolved ones as well"},
        {"--limit", "N", "At most so many (default and most: 200)"},
        {"--after", "ID", "Those younger than this one"}},
       false,
       list_conflicts},
      {"conflicts", "show", "Both values side by side", {id}, {}, false, show_conflict},
      {"conflicts",
       "resolve",
       "Decide which value stands",
       {id},
       {{"--take", "current|other",
         "current keeps what stands, other takes the losing value (of a deletion: keep, delete)"},
        {"--reason", "TEXT", "Why; kept with the decision"}},
       true,
       resolve},
  };
}

}  // namespace holdline::cli
