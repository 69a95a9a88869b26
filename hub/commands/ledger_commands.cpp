// What the ledger holds, and what a workstation could not send.
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

int import_outbox(const Commands& commands, const std::string& file) {
  auto text = read_text(file);
  if (!text) return complain(text.error());
  platform::HttpRequest request;
  request.method = "POST";
  request.path = "/admin/v1/outbox";
  request.body = *std::move(text);
  return commands.ask(std::move(request), [](const Json& json) {
    const auto count = [&](const char* name) { return std::to_string(json.value(name, std::uint64_t{0})); };
    std::cout << "entries of " << json.value("name", "") << ": " << count("entries")
              << ", here before: " << count("known") << ", in effect now: " << count("in_effect")
              << ", in conflict: " << count("conflicts") << ", need attention: " << count("refused")
              << ", waiting: " << count("waiting") << "\n";
    return ok;
  });
}

int show_status(const Json& json) {
  std::cout << "hub " << json.value("hub", "") << " at change " << json.value("cn", "") << "\n"
            << "workstations: " << json.value("devices", 0) << ", need attention: " << json.value("quarantined", 0)
            << ", waiting: " << json.value("waiting", 0) << "\n";
  const Json certificates = json.value("certificates", Json::object());
  for (const char* whose : {"server", "authority"})
    std::cout << whose
              << " certificate: " << certificates.value(whose, Json::object()).value("days_left", std::int64_t{0})
              << " days left\n";
  std::cout << "authority: " << json.value("authority", "") << "\n";
  const Json health = json.value("health", Json::array());
  for (const Json& note : health) std::cout << note.value("code", "") << ": " << note.value("message", "") << "\n";
  return ok;
}

int show_epoch(const Json& json) {
  std::cout << "A new epoch has begun: " << json.value("epoch", "")
            << ". Every workstation compares its entries with the ledger and offers again what is missing.\n";
  return ok;
}

}  // namespace

void add_ledger_commands(Commands& commands) {
  CLI::App& app = commands.app();
  const auto file = std::make_shared<std::string>();
  commands
      .add_with_json(commands.group("outbox", "what a workstation could not send"), "import",
                     "take over what root exported there by: holdline outbox export",
                     [&commands, file] { return import_outbox(commands, *file); })
      ->add_option("FILE", *file)
      ->required();
  commands.add_with_json(app, "status", "how the hub is doing",
                         [&commands] { return commands.ask("GET", "/admin/v1/status", nullptr, show_status); });
  commands.add_with_json(app, "new-epoch",
                         "say that the ledger was put back from a backup, when the hub did not notice by itself",
                         [&commands] { return commands.ask("POST", "/admin/v1/epoch", nullptr, show_epoch); });
  for (const std::string what : {"digests", "conflicts"})
    commands.add(what, "as JSON", [&commands, path = "/admin/v1/" + what] { return commands.print(path); });
}

}  // namespace holdline::hub
