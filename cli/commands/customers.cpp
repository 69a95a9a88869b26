// holdline customer search|show|add|edit
#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

std::string customer_target(Session& session) { return "/customers/" + encoded(session.arguments().get("ID")); }

Outcome search_customers(Session& session) {
  std::string text;
  for (const std::string& word : session.arguments().all("TEXT")) text += (text.empty() ? "" : " ") + word;
  if (text.empty()) return usage("TEXT is empty — give a name, some digits of a number, or a customer number");
  const std::string limit = session.arguments().get("--limit");
  HOLDLINE_ASSIGN(const Answer answer, session.get(target("/customers", {{"q", text}, {"limit", limit}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json hits = answer.document();
  Table table({"ID", "REF", "NAME", "CITY", "PHONES", "MATCHED", "PENDING"});
  for (const json& hit : list_of(hits, "items")) {
    const bool pending = is_set(hit, "pending");
    table.row({text_of(hit, "id"), text_of(hit, "ref"), text_of(hit, "name"), text_of(hit, "city"),
               text_of(hit, "phones"), text_of(hit, "matched"),
               Cell(pending ? words_for_state("saved") : "", Tone::warning)});
  }
  if (table.empty()) {
    session.world().err << "No customer on this PC matches.\n";
    return ExitCode::ok;
  }
  table.print(session.world().out, session.style());
  print_as_of(session, hits);
  return ExitCode::ok;
}

Outcome show_customer(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(customer_target(session)));
  return print_record(session, answer);
}

Outcome add_customer(Session& session) {
  HOLDLINE_ASSIGN(const auto fields, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  const json body = customer_body(fields, session.arguments().get("--scope"));
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/customers", body));
  return print_saved(session, answer);
}

// Where the person gave no base, it is what `customer show` would show now.
Result<json> bases_of(Session& session, const std::vector<Assignment>& changes, const std::vector<Assignment>& given) {
  json bases = object_of(given);
  for (const auto& [field, base] : bases.items()) {
    if (std::ranges::find(changes, field, &Assignment::field) == changes.end())
      return usage("--base names " + field + ", which is not changed");
  }
  if (bases.size() == changes.size()) return bases;
  HOLDLINE_ASSIGN(const Answer answer, session.get(customer_target(session)));
  const json record = answer.document();
  if (!member(record, "fields").is_object()) return not_understood();
  for (const Assignment& change : changes)
    if (!bases.contains(change.field)) bases[change.field] = member(member(record, "fields"), change.field);
  return bases;
}

Outcome edit_customer(Session& session) {
  HOLDLINE_ASSIGN(const auto changes, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  const bool child =
      std::ranges::any_of(changes, [](const Assignment& change) { return is_child_field(change.field); });
  if (child) return usage("Phones and emails are records of their own and cannot be edited as fields of the customer");
  HOLDLINE_ASSIGN(const auto given, parse_assignments(session.world(), session.arguments().all("--base")));
  HOLDLINE_ASSIGN(const json bases, bases_of(session, changes, given));
  json body = {{"changes", json::object()}};
  for (const Assignment& change : changes)
    body["changes"][change.field] = {{"base", bases[change.field]}, {"value", change.value}};
  HOLDLINE_ASSIGN(const Answer answer, session.write("PATCH", customer_target(session), body));
  return print_saved(session, answer);
}

}  // namespace

std::vector<Command> customer_commands() {
  const Positional id{"ID", "Id of the customer, as search shows it"};
  return {
      {"customer",
       "search",
       "Find customers by name, number or reference",
       {{"TEXT", "Beginnings of names, any part of a number, a reference", true}},
       {{"--limit", "N", "At most so many"}},
       false,
       search_customers},
      {"customer", "show", "One customer with phones, emails and addresses", {id}, {}, false, show_customer},
      {"customer",
       "add",
       "A new customer",
       {{"FIELD=VALUE", "Fields, and phone=, phone2=, email=", true}},
       {{"--scope", "S", "Where the customer belongs (default: the person's own)"}},
       true,
       add_customer},
      {"customer",
       "edit",
       "Change fields of a customer",
       {id, {"FIELD=VALUE", "New values; FIELD= empties", true}},
       {{"--base", "FIELD=VALUE", "What stood there when you decided (default: what stands there now)", true}},
       true,
       edit_customer},
  };
}

}  // namespace holdline::cli
