// holdline customer show|history|add|edit
#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/text/url.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

std::string customer_target(Session& session) {
  return "/customers/" + platform::percent_encoded(session.arguments().get("ID"));
}

Outcome show_customer(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(customer_target(session)));
  return print_record(session, answer);
}

// What stands out about a step: its marks, and what somebody said is meant so.
std::string remarks_on(const json& step) {
  std::string remarks = text_of(step, "marks");
  const json& accepted = member(step, "accepted");
  if (!accepted.is_object()) return remarks;
  if (!remarks.empty()) remarks += ", ";
  return remarks + "meant so (" + text_of(accepted, "hints") + "): " + text_of(accepted, "because");
}

// One line for each field, so that `grep city` tells the life of one of them.
Outcome customer_history(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get(customer_target(session) + "/history"));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"WHEN", "WHO", "WORKSTATION", "WHAT", "FIELD", "FROM", "TO", "REMARK"});
  for (const json& step : list_of(document, "items")) {
    const std::string person = text_of(step, "name").empty() ? text_of(step, "person") : text_of(step, "name");
    const std::string device =
        text_of(step, "device_name").empty() ? text_of(step, "device") : text_of(step, "device_name");
    const auto row = [&](const json& change) {
      table.row({session.time(member(step, "at")), person.empty() && device == "hub" ? "import" : person, device,
                 text_of(step, "collection") + " " + text_of(step, "kind"),
                 text_of(change, change.contains("label") ? "label" : "field"), text_of(change, "from"),
                 Cell(text_of(change, "to"), Tone::good), Cell(remarks_on(step), Tone::warning)});
    };
    const auto changes = list_of(step, "changes");
    if (changes.empty()) row(json::object());
    for (const json& change : changes) row(change);
  }
  table.print(session.world().out, session.style());
  if (!is_set(document, "complete"))
    session.world().err << "There is more: it happened before the hub kept this, or is too much for one list.\n";
  return ExitCode::ok;
}

Outcome add_customer(Session& session) {
  HOLDLINE_ASSIGN(const auto fields, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  const json body = customer_body(fields, session.arguments().get("--scope"));
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/customers", body));
  return print_saved(session, answer);
}

Outcome edit_customer(Session& session) {
  HOLDLINE_ASSIGN(const auto changes, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  const bool child =
      std::ranges::any_of(changes, [](const Assignment& change) { return is_child_field(change.field); });
  if (child)
    return usage(
        "A customer may have several numbers and e-mail addresses: holdline phone add ID number=…, email add ID "
        "address=…, and phone|email edit|remove with the id that customer show names");
  return edit_record(session, customer_target(session), changes);
}

}  // namespace

std::vector<Command> customer_commands() {
  const Positional id{"ID", "Id of the customer, as search shows it"};
  return {
      {"customer", "show", "One customer with phones, emails and addresses", {id}, {}, false, show_customer},
      {"customer",
       "history",
       "Who changed it, when, where, from which value (asks the hub)",
       {id},
       {},
       false,
       customer_history},
      {"customer",
       "add",
       "A new customer",
       {{"FIELD=VALUE", "Fields, and phone=, phone2=, email=", true}},
       with_answers({{"--scope", "S", "Where the customer belongs (default: the person's own)"}}),
       true,
       add_customer},
      {"customer",
       "edit",
       "Change fields of a customer",
       {id, {"FIELD=VALUE", "New values; FIELD= empties", true}},
       with_answers(
           {{"--base", "FIELD=VALUE", "What stood there when you decided (default: what stands there now)", true}}),
       true,
       edit_customer},
  };
}

}  // namespace holdline::cli
