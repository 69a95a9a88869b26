// holdline query save|list|run|drop
#include "cli/commands/search/search.hpp"

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "platform/text/url.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr const char* queries_target = "/records/saved_query";

Result<std::vector<json>> saved_queries(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(target(queries_target, {{"limit", "200"}})));
  const json document = answer.document();
  std::vector<json> found;
  for (const json& record : list_of(document, "items"))
    if (!is_set(member(record, "fields"), "put_away")) found.push_back(record);
  return found;
}

// The latest of that name.
Result<json> named(Session& session) {
  HOLDLINE_ASSIGN(const auto found, saved_queries(session));
  for (const json& record : found)
    if (text_of(member(record, "fields"), "name") == session.arguments().get("NAME")) return record;
  return usage("There is no query of that name; see: holdline query list");
}

// "city=Leeds", as they were given.
std::vector<std::string> where_of(const json& query) {
  std::vector<std::string> where;
  for (const json& one : list_of(member(query, "fields"), "where")) where.push_back(text_of(one, "text"));
  return where;
}

Outcome save_query(Session& session) {
  std::string text;
  for (const std::string& word : session.arguments().all("TEXT")) text += (text.empty() ? "" : " ") + word;
  json fields{{"name", session.arguments().get("NAME")}, {"text", text}};
  HOLDLINE_TRY(wanted_fields(session.arguments().all("--where")));
  for (const std::string& one : session.arguments().all("--where")) fields["where"].push_back(one);
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", queries_target, {{"fields", fields}}));
  return print_saved(session, answer);
}

Outcome list_queries(Session& session) {
  HOLDLINE_ASSIGN(const auto found, saved_queries(session));
  if (session.json()) {
    session.world().out << json{{"schema", "holdline.queries/1"}, {"items", found}}.dump() << '\n';
    return ExitCode::ok;
  }
  Table table({"NAME", "TEXT", "ONLY THOSE WITH", "BY"});
  for (const json& record : found) {
    const json& fields = member(record, "fields");
    std::string where;
    for (const std::string& one : where_of(record)) where += (where.empty() ? "" : ", ") + one;
    table.row({text_of(fields, "name"), text_of(fields, "text"), where, text_of(fields, "person")});
  }
  if (table.empty())
    session.world().err << "None was saved: holdline query save NAME TEXT\n";
  else
    table.print(session.world().out, session.style());
  return ExitCode::ok;
}

Outcome run_query(Session& session) {
  HOLDLINE_ASSIGN(const json query, named(session));
  HOLDLINE_ASSIGN(const Wanted wanted, wanted_fields(where_of(query)));
  return search_customers(session, text_of(member(query, "fields"), "text"), wanted);
}

Outcome drop_query(Session& session) {
  HOLDLINE_ASSIGN(const json query, named(session));
  return edit_record(session, queries_target + ("/" + platform::percent_encoded(text_of(query, "id"))),
                     json{{"put_away", {{"value", true}}}});
}

}  // namespace

Result<Wanted> wanted_fields(const std::vector<std::string>& typed) {
  Wanted wanted;
  for (const std::string& one : typed) {
    const auto equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      return usage("--where takes FIELD=VALUE, as in city=Leeds: '" + one + "' is none");
    wanted.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  return wanted;
}

std::vector<Command> search_commands() {
  const Positional name{"NAME", "What it is called"};
  const Positional text{"TEXT", "As for customer search", true};
  const Option where{"--where", "FIELD=VALUE", "Only those of whom it is so, as in city=Leeds; may be repeated", true};
  return {
      customer_search(),
      {"query", "save", "Keep a search, for everybody of the scope", {name, text}, {where}, true, save_query},
      {"query", "list", "The searches that were kept", {}, {}, false, list_queries},
      {"query",
       "run",
       "Find customers by a search that was kept",
       {name},
       {{"--limit", "N", "At most so many (default 20, most 50)"}},
       false,
       run_query},
      {"query", "drop", "Keep a search no longer", {name}, {}, true, drop_query},
  };
}

}  // namespace holdline::cli
