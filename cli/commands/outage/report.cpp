// holdline report: what an outage was, what was promised and kept, and what is to be done better.
#include <filesystem>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "contingency/report/report.hpp"
#include "platform/os/files.hpp"
#include "platform/text/url.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t largest_report = std::size_t{64} << 20;

std::string asked_incident(const Session& session) {
  const std::string incident = session.arguments().get("--incident");
  return incident.empty() ? "latest" : incident;
}

Result<Answer> get_report(Session& session, const std::string& format) {
  return session.get(target("/reports/" + platform::percent_encoded(asked_incident(session)),
                            {{"format", format}, {"client", session.arguments().get("--client")}}),
                     Session::usual, largest_report);
}

std::string figure_text(const json& figure) {
  const json value = member(figure, "value");
  contingency::Figure told;
  if (value.is_number()) told.value = value.get<double>();
  const std::string unit = text_of(figure, "unit");
  told.unit = unit;
  return contingency::say(told);
}

void print_outage(Session& session, const json& report) {
  std::ostream& out = session.world().out;
  if (is_set(report, "practice")) out << "PRACTICE: nothing of this happened to a customer.\n";
  out << escape(text_of(report, "title")) << " (" << escape(text_of(report, "incident")) << ")\n"
      << escape(text_of(report, "coverage")) << "\n";
  for (const json& section : list_of(report, "sections")) {
    const json figures = list_of(section, "figures");
    if (figures.empty()) continue;
    out << "\n" << escape(text_of(section, "title")) << "\n";
    Table table;
    for (const json& figure : figures)
      table.row({Cell("  " + escape(text_of(figure, "label"))), Cell(figure_text(figure))});
    table.print(out, session.style());
  }
  session.world().err << "With timeline, tables and definitions: holdline report show --incident "
                      << escape(text_of(report, "incident")) << " --output report.pdf (or .html, .json)\n";
}

Outcome write_report(Session& session, const std::string& file) {
  const std::string ending = std::filesystem::path(file).extension().string();
  if (ending != ".pdf" && ending != ".html" && ending != ".json")
    return usage("the name of the file says what it becomes: it ends in .pdf, .html or .json");
  HOLDLINE_ASSIGN(const Answer answer, get_report(session, ending.substr(1)));
  if (const auto written = platform::replace_file(std::filesystem::absolute(file), answer.text); !written)
    return fail(ErrorKind::ask_person, "refused", written.error().message);
  session.world().out << "Written to " << escape(file) << ".\n";
  return ExitCode::ok;
}

Outcome show_outage(Session& session) {
  if (session.arguments().has("--output")) return write_report(session, session.arguments().get("--output"));
  HOLDLINE_ASSIGN(const Answer answer, get_report(session, "json"));
  if (!session.printed_json(answer)) print_outage(session, answer.document());
  return ExitCode::ok;
}

// Records name an incident by its whole name, people by its first letters.
Result<std::string> whole_name(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/contingency"));
  std::string code = session.arguments().get("INCIDENT");
  for (char& c : code) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const json contingency = answer.document();
  std::string known;
  for (const json& incident : list_of(contingency, "incidents")) {
    const std::string name = text_of(incident, "id");
    if (!code.empty() && name.starts_with(code)) return name;
    known += " " + text_of(incident, "short");
  }
  return fail(ErrorKind::ask_person, "no-such-incident",
              "There is no incident " + code + " here." + (known.empty() ? "" : " There are:" + known + "."));
}

Outcome improve(Session& session) {
  const Arguments& given = session.arguments();
  for (const char* needed : {"--finding", "--what", "--owner"})
    if (given.get(needed).empty()) return usage(std::string(needed) + " is missing");
  HOLDLINE_ASSIGN(const std::string incident, whole_name(session));
  json fields{{"incident", incident},
              {"finding", given.get("--finding")},
              {"what", given.get("--what")},
              {"owner", given.get("--owner")}};
  if (given.has("--until")) fields["due_at"] = given.get("--until");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/records/improvement", {{"fields", fields}}));
  if (!session.printed_json(answer)) session.world().out << "Saved on this PC; it stands in the report from now on.\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> report_commands() {
  const std::string group = "report";
  return {{group,
           "show",
           "What an outage was: coverage, what was taken, promised and kept, and what is left",
           {},
           {{"--incident", "CODE", "Its short code (the latest that was no practice)"},
            {"--output", "FILE", "Write it, with timeline, tables and definitions; ends in .pdf, .html or .json"},
            {"--client", "CLIENT", "Only this client's scopes, with nothing of others"}},
           false,
           show_outage},
          {group,
           "improve",
           "Write down what is to be done better after it, and who does it",
           {{"INCIDENT", "Its short code"}},
           {{"--finding", "TEXT", "What was found"},
            {"--what", "TEXT", "What is done about it"},
            {"--owner", "NAME", "Who does it"},
            {"--until", "TIME", "Until when, like 2026-12-31T12:00:00Z"}},
           true,
           improve}};
}

}  // namespace holdline::cli
