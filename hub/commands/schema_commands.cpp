// What is typed at the workstations of this hub.
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

int show_change(const Json& json, bool dry_run) {
  const std::string to = std::to_string(json.value("to", 0));
  if (json.value("known", false)) {
    std::cout << "The hub has this version " << to << " already. Nothing was changed.\n";
    return ok;
  }
  const Json changes = json.value("changes", Json::array());
  for (const Json& change : changes) {
    const std::string where = change.value("where", ""), why_not = change.value("why_not", "");
    std::cout << (where.empty() ? "the schema" : where) << ": " << change.value("what", "")
              << (why_not.empty() ? "" : ": cannot be: " + why_not) << "\n";
  }
  if (changes.empty()) std::cout << "Nothing differs but texts that only people read.\n";
  if (!json.value("possible", false)) {
    std::cout << "Nothing was changed: version " << json.value("from", 0) << " stays in use.\n";
    return findings;
  }
  if (dry_run)
    std::cout << "Version " << to << " can be applied. Nothing was changed.\n";
  else
    std::cout << "Version " << to
              << " is in use. Workstations take it over as they hear of it, without a restart; what "
                 "they typed under older versions is taken as well.\n";
  return ok;
}

int show_versions(const Json& json) {
  for (const Json& one : json["items"])
    std::cout << "version " << one.value("version", 0) << "  " << one.value("hash", "").substr(0, 16) << "  "
              << (one["since"].is_string() ? "since " + one["since"].get<std::string>() : "from the beginning")
              << (one.value("present", false) ? "  in use" : "") << "\n";
  for (const Json& one : json["awaited"])
    std::cout << "version " << one.value("version", 0) << "  " << one.value("hash", "").substr(0, 16)
              << "  missing: entries of workstations wait until it is applied\n";
  return ok;
}

}  // namespace

void add_schema_commands(Commands& commands) {
  CLI::App& schema = commands.group("schema", "what is typed at the workstations: collections, fields, options");
  struct Given {
    std::string file;
    bool dry_run = false;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* apply = commands.add_with_json(
      schema, "apply", "take a newer version; workstations follow without a restart", [&commands, given] {
        auto text = read_text(given->file);
        if (!text) return complain(text.error());
        platform::HttpRequest request;
        request.method = "POST";
        request.path = "/admin/v1/schema";
        request.query["dry_run"] = given->dry_run ? "1" : "0";
        request.body = *std::move(text);
        return commands.ask(std::move(request),
                            [given](const Json& json) { return show_change(json, given->dry_run); });
      });
  apply->add_option("FILE", given->file)->required();
  apply->add_flag("--dry-run", given->dry_run, "say what it changes and what cannot be, and change nothing");
  commands.add_with_json(schema, "show", "the text of the version in use", [&commands] {
    return commands.ask("GET", "/admin/v1/schema", nullptr, [](const Json& json) {
      std::cout << json.value("text", "");
      return ok;
    });
  });
  commands.add_with_json(schema, "versions", "all that were ever in use, and those that entries wait for", [&commands] {
    return commands.ask("GET", "/admin/v1/schema/versions", nullptr, show_versions);
  });
}

}  // namespace holdline::hub
