// What was refused or waits, and what an operator decides about it.
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct WantedDecision {
  std::string device, action, scope, reason, by;
  bool dependents = false;
};

int decide(const Commands& commands, const WantedDecision& given, const std::string& decision) {
  const auto slash = given.action.find('/');
  if (slash != 1 || given.action.find_first_not_of("0123456789/") != std::string::npos)
    return complain({ErrorKind::ask_person, "usage", "LANE/NUMBER is two numbers as the list shows them: 2/17"});
  const Json body{{"device", given.device},
                  {"lane", std::stoi(given.action.substr(0, slash))},
                  {"number", given.action.substr(slash + 1)},
                  {"decision", decision},
                  {"scope", given.scope},
                  {"reason", given.reason},
                  {"by", given.by},
                  {"dependents", given.dependents}};
  return commands.ask("POST", "/admin/v1/quarantine", body, [](const Json& json) {
    std::cout << "Decided at change " << json.value("cn", "") << "; its workstation is told.\n";
    return ok;
  });
}

}  // namespace

void add_held_commands(Commands& commands) {
  CLI::App* group =
      commands.add("quarantine", "what was refused or waits, as JSON without values; or decide", [&commands] {
        const bool decided = !commands.app().get_subcommand("quarantine")->get_subcommands().empty();
        return decided ? commands.result() : commands.print("/admin/v1/quarantine");
      });
  group->require_subcommand(0, 1);
  const auto given = std::make_shared<WantedDecision>();
  const auto add = [&](const std::string& decision, const char* help) {
    CLI::App* command = commands.add_with_json(
        *group, decision, help, [&commands, given, decision] { return decide(commands, *given, decision); });
    command->add_option("WORKSTATION", given->device, "its name, or its id")->required();
    command->add_option("LANE/NUMBER", given->action, "as the list shows it")->required();
    command->add_option("--reason", given->reason, "why; its workstation is told")->required();
    command->add_option("--by", given->by, "who decided");
    return command;
  };
  add("release", "let it take effect after all, with what waits for it")
      ->add_option("--scope", given->scope, "into this scope instead of its own");
  add("discard", "give it up; it is kept with the reason")
      ->add_flag("--dependents", given->dependents, "also what builds on it");
}

}  // namespace holdline::hub
