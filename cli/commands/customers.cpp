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

Outcome customer_history(Session& session) { return show_history(session, customer_target(session)); }

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
       with_answers_and_real({{"--scope", "S", "Where the customer belongs (default: the person's own)"}}),
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
