// holdline query save|list|run|drop
#include "cli/commands/search/search.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/text/url.hpp"
#include "sync/text/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr const char* queries_target = "/records/saved_query";

std::string folded(const std::string& text) { return sync::fold_text(sync::tidy_line(text)); }

std::string name_of(const json& query) { return folded(text_of(member(query, "fields"), "name")); }
std::string person_of(const json& query) { return folded(text_of(member(query, "fields"), "person")); }

// All that are kept, the latest first: of one person and name there may be two, from two workstations.
Result<std::vector<json>> all_queries(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(target(queries_target, {{"limit", "200"}})));
  const json document = answer.document();
  std::vector<json> found;
  for (const json& record : list_of(document, "items"))
    if (!is_set(member(record, "fields"), "put_away")) found.push_back(record);
  return found;
}

Result<std::vector<json>> saved_queries(Session& session) {
  HOLDLINE_ASSIGN(const auto all, all_queries(session));
  std::vector<json> latest;
  for (const json& one : all) {
    const auto same = [&](const json& other) {
      return name_of(other) == name_of(one) && person_of(other) == person_of(one);
    };
    if (std::ranges::none_of(latest, same)) latest.push_back(one);
  }
  return latest;
}

Result<std::string> signed_in(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/status"));
  const json status = answer.document();
  return folded(text_of(member(status, "person"), "name"));
}

// Those of that name, the person's own first, and each person's latest first. None: nobody keeps one.
Result<std::vector<json>> all_named(Session& session) {
  HOLDLINE_ASSIGN(auto found, all_queries(session));
  HOLDLINE_ASSIGN(const std::string own, signed_in(session));
  std::erase_if(found, [&](const json& one) { return name_of(one) != folded(session.arguments().get("NAME")); });
  std::ranges::stable_partition(found, [&](const json& one) { return person_of(one) == own; });
  return found;
}

Result<json> named(Session& session) {
  HOLDLINE_ASSIGN(const auto found, all_named(session));
  if (!found.empty()) return found.front();
  return usage("There is no query of that name; see: holdline query list");
}

// "city=Leeds", as they were given.
std::vector<std::string> where_of(const json& query) {
  std::vector<std::string> where;
  for (const json& one : list_of(member(query, "fields"), "where")) where.push_back(text_of(one, "text"));
  return where;
}

std::string target_of(const json& query) {
  return queries_target + ("/" + platform::percent_encoded(text_of(query, "id")));
}

std::string looked_for(const json& query) {
  std::string text = "\"" + text_of(member(query, "fields"), "text") + "\"";
  for (const std::string& one : where_of(query)) text += ", " + one;
  return text;
}

// In the place of what it looked for before.
Outcome replace_query(Session& session, const json& query, const std::string& text) {
  const auto wanted = session.arguments().all("--where");
  json changes{{"text", {{"value", text}}}}, where = json::object();
  std::vector<std::string> stands;
  for (const json& one : list_of(member(query, "fields"), "where")) {
    stands.push_back(text_of(one, "text"));
    if (std::ranges::find(wanted, stands.back()) == wanted.end()) where["remove"].push_back(text_of(one, "tag"));
  }
  for (const std::string& one : wanted)
    if (std::ranges::find(stands, one) == stands.end()) where["add"].push_back(one);
  if (!where.empty()) changes["where"] = where;
  session.world().err << "Your query of that name is replaced; it looked for " << escape(looked_for(query)) << ".\n";
  return edit_record(session, target_of(query), std::move(changes));
}

Outcome save_query(Session& session) {
  std::string text;
  for (const std::string& word : session.arguments().all("TEXT")) text += (text.empty() ? "" : " ") + word;
  json fields{{"name", session.arguments().get("NAME")}, {"text", text}};
  HOLDLINE_TRY(wanted_fields(session.arguments().all("--where")));
  HOLDLINE_ASSIGN(const auto there, all_named(session));
  HOLDLINE_ASSIGN(const std::string own, signed_in(session));
  if (!there.empty() && person_of(there.front()) == own) return replace_query(session, there.front(), text);
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

// With all of the same person and name.
Outcome drop_query(Session& session) {
  HOLDLINE_ASSIGN(const auto found, all_named(session));
  if (found.empty()) return usage("There is no query of that name; see: holdline query list");
  Outcome outcome = ExitCode::ok;
  for (const json& one : found) {
    if (person_of(one) != person_of(found.front())) continue;
    outcome = edit_record(session, target_of(one), json{{"put_away", {{"value", true}}}});
    if (!outcome) break;
  }
  return outcome;
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
      {"query",
       "save",
       "Keep a search, for everybody of the scope; yours of that name is replaced",
       {name, text},
       {where},
       true,
       save_query},
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
