// The contingency plan of this centre.
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"
#include "hub/plan/plans.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

int check_plan(const std::string& file) {
  const auto text = read_text(file);
  if (!text) return complain(text.error());
  const auto problems = problems_of_plan(*text);
  for (const std::string& problem : problems) std::cout << file << ": " << problem << "\n";
  if (!problems.empty()) return findings;
  const contingency::Plan plan = contingency::read_plan(*text).plan;
  std::cout << "version " << plan.version << ", " << plan.actions.size() << " actions: can be used.\n";
  return ok;
}

int show_set(const Json& json) {
  std::cout << "version " << json.value("version", 0)
            << (json.value("known", false) ? " is in use already. Nothing was changed.\n"
                                           : " is in use: every workstation gets it as it hears of it. A run that "
                                             "began with an earlier one goes on with that.\n");
  return ok;
}

}  // namespace

void add_plan_commands(Commands& commands) {
  CLI::App& plan = commands.group("plan", "what is done in an outage, and who may say so: the actions of the runbook");
  struct Given {
    std::string file, by;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* set =
      commands.add_with_json(plan, "set", "take a newer version; every workstation gets it", [&commands, given] {
        auto text = read_text(given->file);
        if (!text) return complain(text.error());
        return commands.ask("POST", "/admin/v1/plan", {{"text", *text}, {"by", given->by}}, show_set);
      });
  set->add_option("FILE", given->file)->required();
  set->add_option("--by", given->by, "who answers for it");
  CLI::App* check = commands.add(plan, "check", "what is wrong with a plan, every line; asks no hub",
                                 [given] { return check_plan(given->file); });
  check->add_option("FILE", given->file)->required();
  commands.add_with_json(plan, "show", "the text of the version in use", [&commands] {
    return commands.ask("GET", "/admin/v1/plan", nullptr, [](const Json& json) {
      std::cout << json.value("text", "");
      return ok;
    });
  });
}

}  // namespace holdline::hub
