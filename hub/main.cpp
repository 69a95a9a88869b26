// holdline-hub: the central service and its administrator's commands.
#include "hub/commands/commands.hpp"
#include "platform/os/files.hpp"

int main(int argc, char** argv) {
  using namespace holdline;
  if (auto hardened = platform::harden_process(); !hardened) return hub::complain(hardened.error());
  CLI::App app{"Holdline's central service", "holdline-hub"};
  app.require_subcommand(1);
  hub::Commands commands(app);
  hub::add_setup_commands(commands);
  hub::add_directory_commands(commands);
  hub::add_ledger_commands(commands);
  hub::add_import_commands(commands);
  hub::add_export_commands(commands);
  hub::add_held_commands(commands);
  hub::add_callback_commands(commands);
  hub::add_plan_commands(commands);
  hub::add_schema_commands(commands);
  hub::add_convergence_commands(commands);
  hub::add_report_commands(commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? hub::ok : hub::usage;
  }
  return commands.result();
}
