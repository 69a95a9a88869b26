// holdline do-not-call add|check
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

// An e-mail address has an @, a number has none.
std::string kind_of(const std::string& contact) { return contact.find('@') == std::string::npos ? "number" : "email"; }

Outcome add(Session& session) {
  const Arguments& typed = session.arguments();
  const std::string contact = typed.get("CONTACT");
  json body = {{kind_of(contact), contact}};
  for (const char* option : {"--channel", "--purpose", "--note", "--scope"})
    if (typed.has(option)) body[option + 2] = typed.get(option);
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/do-not-call", body));
  return print_saved(session, answer);
}

Outcome check(Session& session) {
  const std::string contact = session.arguments().get("CONTACT");
  HOLDLINE_ASSIGN(const Answer answer, session.get(target("/do-not-call", {{kind_of(contact), contact}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"CHANNEL", "PURPOSE", "SINCE"});
  for (const json& wish : list_of(document, "items"))
    table.row({text_of(wish, "channel"), text_of(wish, "purpose"), session.time(member(wish, "since"))});
  if (table.empty())
    session.world().err << escape(text_of(document, "value")) << " is not on the do-not-call list of this PC.\n";
  else
    table.print(session.world().out, session.style());
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> do_not_call_commands() {
  const Positional contact{"CONTACT", "A telephone number, or an e-mail address"};
  return {
      {"do-not-call",
       "add",
       "Put a number or an address on the do-not-call list",
       {contact},
       with_answers({{"--channel", "C", "any (default), phone, sms, email or letter"},
                     {"--purpose", "P", "any (default), service, complaint, courtesy, survey or marketing"},
                     {"--note", "TEXT", "What was said, as evidence"},
                     {"--scope", "S", "Where it belongs (default: the person's own)"}}),
       true,
       add},
      {"do-not-call", "check", "What the list says of a number or an address", {contact}, {}, false, check},
  };
}

}  // namespace holdline::cli
