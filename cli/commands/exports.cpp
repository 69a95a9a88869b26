// holdline export, holdline exports

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/os/files.hpp"
#include "sync/base/hash.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

Outcome export_data(Session& session) {
  const Arguments& given = session.arguments();
  for (const char* needed : {"--output", "--purpose", "--reason"})
    if (given.get(needed).empty())
      return usage(std::string(needed) + " is missing: every export is kept on a list with it");
  json body{{"collection", given.get("WHAT")},
            {"purpose", given.get("--purpose")},
            {"reason", given.get("--reason")},
            {"format", given.get("--format").empty() ? "csv" : given.get("--format")},
            {"sensitive", given.has("--with-sensitive")}};
  if (!given.get("--scope").empty()) body["scope"] = given.get("--scope");
  HOLDLINE_ASSIGN(const Answer answer, session.write_large("POST", "/exports", body));
  json document = answer.document();
  const std::string content = text_of(document, "content"), sha256 = text_of(document, "sha256");
  if (sync::to_hex(sync::sha256(content).view()) != sha256) return not_understood();
  if (auto written = platform::write_output(given.get("--output"), content); !written)
    return fail(ErrorKind::ask_person, "refused", written.error().message);
  std::ostream& out = session.world().out;
  document.erase("content");
  if (session.json()) {
    out << document.dump() << '\n';
    return ExitCode::ok;
  }
  out << text_of(document, "rows") << " " << escape(given.get("WHAT")) << " in " << escape(given.get("--output"))
      << "\nSHA-256 " << sha256 << '\n';
  if (const std::string because = text_of(document, "left_out_because"); !because.empty())
    out << "Left out: " << because << "\n";
  out << "The file is plain text; from here on it is in your keeping: delete it when it has served.\n";
  return ExitCode::ok;
}

Outcome list_exports(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/exports", {{"limit", session.arguments().get("--limit")},
                                                  {"before", session.arguments().get("--before")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"WHEN", "WHO", "WHERE", "WHAT", "ROWS", "FOR", "REASON", "SHA-256"});
  for (const json& item : list_of(document, "items")) {
    const json& fields = member(item, "fields");
    table.row({session.time(member(fields, "at")), text_of(fields, "person"), text_of(fields, "station"),
               text_of(fields, "what") + ", " + text_of(fields, "filter"), text_of(fields, "rows"),
               text_of(fields, "purpose"), text_of(fields, "reason"), text_of(fields, "sha256").substr(0, 16)});
  }
  if (table.empty())
    session.world().err << "Nothing was exported yet.\n";
  else
    table.print(session.world().out, session.style());
  print_rest(session, document, "--before");
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> export_commands() {
  return {{"",
           "export",
           "Customers, entries or callbacks into a file; for supervisors, and kept on a list",
           {{"WHAT", "customers, entries or callbacks"}},
           {{"-o,--output", "FILE", "The file; only its owner can read it"},
            {"--purpose", "P", "What for; a wrong one names those there are"},
            {"--reason", "TEXT", "Why, in your own words; both are kept on the list"},
            {"--scope", "S", "Whose records they are (default: the person's own)"},
            {"--format", "csv|ndjson", "A table (default), or one JSON object a line"},
            {"--with-sensitive", "", "With the fields that lists leave out"}},
           true,
           export_data},
          {"",
           "exports",
           "Who took which data out, when and what for",
           {},
           {{"--limit", "N", "At most so many"}, {"--before", "ID", "Go on after this one"}},
           false,
           list_exports}};
}

}  // namespace holdline::cli
