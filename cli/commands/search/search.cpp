// holdline customer search
#include "cli/commands/search/search.hpp"

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

// What bears the reference that was typed. True: there is something, or it was said why not.
bool print_referenced(Session& session, const json& hits) {
  Table table({"ID", "WHAT", "REFERENCE", "NAME", "ABOUT"});
  for (const json& record : list_of(hits, "records"))
    table.row({text_of(record, "id"), text_of(record, "label"), text_of(record, "reference"), text_of(record, "name"),
               text_of(record, record.contains("reason") ? "reason" : "kind")});
  if (!table.empty()) table.print(session.world().out, session.style());
  const std::string message = text_of(member(hits, "reference"), "message");
  if (!message.empty()) session.world().err << escape(message) << '\n';
  return !table.empty() || !message.empty();
}

// "These are 20 of 37." and how to see the others.
void print_how_many(Session& session, const json& hits) {
  constexpr std::size_t most_shown = 50;  // by the agent
  const std::size_t shown_here = list_of(hits, "items").size();
  const std::string total = text_of(hits, "total");
  session.world().err << "These are " << shown_here << " of " << (total.empty() ? "more than 100" : escape(total))
                      << ". Type more of the name or the number, add a postcode or a house number"
                      << (shown_here < most_shown ? ", or ask for up to 50: --limit 50" : "") << ".\n";
}

Outcome search_typed(Session& session) {
  std::string text;
  for (const std::string& word : session.arguments().all("TEXT")) text += (text.empty() ? "" : " ") + word;
  if (text.empty()) return usage("TEXT is empty — give a name, some digits of a number, or a customer number");
  HOLDLINE_ASSIGN(const auto wanted, wanted_fields(session.arguments().all("--where")));
  return search_customers(session, text, wanted);
}

}  // namespace

Outcome search_customers(Session& session, const std::string& text, const Wanted& wanted) {
  std::vector<std::pair<std::string, std::string>> query{
      {"q", text},
      {"limit", session.arguments().get("--limit")},
      {"practice", session.arguments().has("--practice") ? "only" : ""}};
  query.insert(query.end(), wanted.begin(), wanted.end());
  HOLDLINE_ASSIGN(const Answer answer, session.get(target("/customers", query)));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json hits = answer.document();
  Table table({"ID", "REF", "NAME", "CITY", "PHONES", "MATCHED", "PENDING"});
  for (const json& hit : list_of(hits, "items")) {
    const bool pending = is_set(hit, "pending");
    table.row({text_of(hit, "id"), text_of(hit, "ref"), text_of(hit, "name"), text_of(hit, "city"),
               text_of(hit, "phones"), text_of(hit, "matched"),
               Cell(pending ? words_for_state("saved") : "", Tone::warning)});
  }
  const bool by_reference = print_referenced(session, hits);
  const std::string advice = text_of(hits, "advice");
  if (table.empty()) {
    if (!by_reference) session.world().err << "No customer on this PC matches.\n";
    if (!advice.empty()) session.world().err << escape(advice) << '\n';
    return ExitCode::ok;
  }
  table.print(session.world().out, session.style());
  if (!advice.empty()) session.world().err << escape(advice) << '\n';
  if (is_set(hits, "more")) print_how_many(session, hits);
  print_as_of(session, hits);
  return ExitCode::ok;
}

Command customer_search() {
  return {"customer",
          "search",
          "Find customers by name, number or reference",
          {{"TEXT", "Beginnings of names, the beginning or the end of a number, a reference", true}},
          {{"--limit", "N", "At most so many (default 20, most 50)"},
           {"--practice", "", "Who was invented for drills, apart"},
           {"--where", "FIELD=VALUE", "Only those of whom it is so, as in city=Leeds; may be repeated", true}},
          false,
          search_typed};
}

}  // namespace holdline::cli
