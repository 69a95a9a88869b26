// holdline schema check|diff|docs: of files, without an agent.
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "sync/schema/compare.hpp"
#include "sync/schema/describe.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t largest_schema = std::size_t{1} << 20;

Result<sync::Schema> schema_in(Session& session, const std::string& path) {
  HOLDLINE_ASSIGN(const std::string text, read_input(session.world(), path, largest_schema));
  auto schema = sync::Schema::parse(text);
  if (!schema) return fail(ErrorKind::ask_person, schema.error().code, path + ":\n" + schema.error().message);
  return schema;
}

Outcome check_file(Session& session) {
  const std::string path = session.arguments().get("FILE");
  HOLDLINE_ASSIGN(const sync::Schema schema, schema_in(session, path));
  std::size_t fields = 0;
  for (const sync::Collection& collection : schema.collections()) fields += collection.fields.size();
  std::ostream& out = session.world().out;
  if (session.json())
    out << json{{"schema", "holdline.schema-check/1"},
                {"version", schema.version()},
                {"collections", schema.collections().size()},
                {"fields", fields}}
               .dump()
        << '\n';
  else
    out << escape(path) << " is fine: version " << schema.version() << ", " << schema.collections().size()
        << " collections, " << fields << " fields.\n";
  return ExitCode::ok;
}

Outcome compare_files(Session& session) {
  HOLDLINE_ASSIGN(const sync::Schema from, schema_in(session, session.arguments().get("OLD")));
  HOLDLINE_ASSIGN(const sync::Schema to, schema_in(session, session.arguments().get("NEW")));
  const auto changes = sync::compare(from, to);
  std::ostream& out = session.world().out;
  if (session.json()) {
    json list = json::array();
    for (const sync::SchemaChange& change : changes)
      list.push_back({{"where", change.where},
                      {"what", change.what},
                      {"possible", change.why_not.empty()},
                      {"why_not", change.why_not}});
    out << json{{"schema", "holdline.schema-diff/1"}, {"possible", sync::fits_after(changes)}, {"changes", list}}.dump()
        << '\n';
  } else {
    Table table({"WHERE", "WHAT", "POSSIBLE"});
    for (const sync::SchemaChange& change : changes)
      table.row({change.where, change.what,
                 change.why_not.empty() ? Cell("yes", Tone::good) : Cell("no: " + change.why_not, Tone::bad)});
    if (table.empty())
      session.world().err << "Nothing that matters to data differs.\n";
    else
      table.print(out, session.style());
  }
  return sync::fits_after(changes) ? ExitCode::ok : ExitCode::findings;
}

Outcome print_docs(Session& session) {
  HOLDLINE_ASSIGN(const sync::Schema schema, schema_in(session, session.arguments().get("FILE")));
  session.world().out << sync::described(schema);
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> schema_commands() {
  const Positional file{"FILE", "A schema file; - for standard input"};
  return {
      {"schema", "check", "Whether a schema file is right, every mistake by its line", {file}, {}, false, check_file},
      {"schema",
       "diff",
       "What a newer schema changes, and whether a hub can take it (exit code 3: it cannot)",
       {{"OLD", "The schema in use"}, {"NEW", "The one to come"}},
       {},
       false,
       compare_files},
      {"schema", "docs", "The schema as a page to read (Markdown)", {file}, {}, false, print_docs},
  };
}

}  // namespace holdline::cli
