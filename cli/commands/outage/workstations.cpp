// holdline workstations, holdline ready
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

// "Lyon, row 4, seat 12"
std::string seat_of(const json& item) {
  std::string place = text_of(item, "site");
  for (const char* part : {"row", "seat"})
    if (const std::string text = text_of(item, part); !text.empty())
      place += (place.empty() ? "" : ", ") + std::string(part) + " " + text;
  return place;
}

// "its customer data is 9 h old; it does not print"
std::string reasons_of(const json& item) {
  std::string reasons;
  for (const json& check : list_of(item, "checks")) reasons += (reasons.empty() ? "" : "; ") + text_of(check, "why");
  return reasons;
}

Cell readiness_cell(const json& item) {
  const std::string state = text_of(item, "state");
  if (state == "ready") return {"ready", Tone::good};
  if (state == "revoked") return {"revoked", Tone::faint};
  return {"not ready", Tone::warning};
}

std::string waiting_of(const json& item) {
  const json& oldest = member(item, "oldest_waiting_ms");
  const std::string waiting = text_of(item, "waiting");
  if (waiting == "0" || !oldest.is_number_integer()) return waiting;
  return waiting + ", oldest " + length_of(oldest.get<std::int64_t>());
}

// Not of one workstation: it says what people can do, and who has to see to it.
void print_drill(Session& session, const json& drill) {
  std::ostream& out = session.world().out;
  const json& last = member(drill, "last");
  out << "  drill: the last one " << (last.is_string() ? "was " + session.time(last) : std::string("was never held"));
  if (is_set(drill, "overdue"))
    out << ", and the plan asks for one every " << text_of(drill, "every_days")
        << " days. Hold one: holdline drill start --reason TEXT";
  else if (member(drill, "due").is_string())
    out << ", the next is due " << session.time(member(drill, "due"));
  out << '\n';
}

Outcome list_workstations(Session& session) {
  const Arguments& given = session.arguments();
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/workstations", {{"only", given.has("--not-ready") ? "not-ready" : ""},
                                                       {"silent_since", given.get("--silent-since")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  if (text_of(document, "from") == "copy")
    session.world().err << "The hub does not answer; this is what it told last, "
                        << session.time(member(document, "as_of")) << ".\n";
  Table table({"WORKSTATION", "STATE", "WHERE", "LAST HEARD", "DATA AS OF", "WAITING THERE", "WHY"});
  for (const json& item : list_of(document, "items"))
    table.row({text_of(item, "name"), readiness_cell(item), seat_of(item), session.time(member(item, "heard_at")),
               session.time(member(item, "data_as_of")), waiting_of(item), reasons_of(item)});
  std::ostream& out = session.world().out;
  if (!table.empty()) table.print(out, session.style());
  out << text_of(document, "summary") << ".\n";
  if (const json& sites = list_of(document, "sites"); sites.size() > 1)
    for (const json& site : sites)
      out << "  " << (text_of(site, "site").empty() ? "(no site)" : escape(text_of(site, "site"))) << ": "
          << text_of(site, "summary") << ", score " << text_of(site, "score") << " of 100\n";
  print_drill(session, member(document, "drill"));
  return ExitCode::ok;
}

Outcome own_readiness(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/readiness"));
  const json document = answer.document();
  const bool ready = member(document, "ready") == json(true);
  if (!session.printed_json(answer)) {
    std::ostream& out = session.world().out;
    out << escape(text_of(document, "name"))
        << (ready ? " is ready: people could work here without the hub.\n" : " is not ready.\n");
    out << "  plan: version " << text_of(document, "plan") << '\n';
    print_drill(session, member(document, "drill"));
    for (const json& check : list_of(document, "checks"))
      out << "  " << escape(text_of(check, "check")) << ": " << escape(text_of(check, "why")) << ". "
          << escape(text_of(check, "remedy")) << '\n';
  }
  return ready ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

std::vector<Command> fleet_commands() {
  return {
      {"",
       "workstations",
       "Which workstations could work without the hub now, and which not and why; for supervisors and IT",
       {},
       {{"--not-ready", "", "Only those that could not"},
        {"--silent-since", "TIME", "Only those that were not heard of since then, to walk to"}},
       false,
       list_workstations},
      {"", "ready", "Whether people could work at this workstation without the hub now", {}, {}, false, own_readiness}};
}

}  // namespace holdline::cli
