// Data out of the hub into files, and the list of who took which.
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"
#include "platform/os/files.hpp"
#include "sync/base/hash.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct WantedExport {
  std::string what, scope, purpose, reason, by, file, format = "csv";
  bool sensitive = false;
};

int export_to_file(const Commands& commands, const WantedExport& given) {
  platform::HttpRequest request;
  request.method = "POST";
  request.path = "/admin/v1/export";
  request.body = Json{{"collection", given.what},
                      {"scope", given.scope},
                      {"purpose", given.purpose},
                      {"reason", given.reason},
                      {"format", given.format},
                      {"sensitive", given.sensitive},
                      {"by", given.by.empty() ? own_name() : given.by}}
                     .dump();
  int result = ok;
  auto json = commands.fetch(std::move(request), result);
  if (!json) return result;
  const std::string content = json->value("content", "");
  if (sync::to_hex(sync::sha256(content).view()) != json->value("sha256", ""))
    return complain(Error{ErrorKind::stop, "damaged", "What came is not what the hub listed; nothing was written."});
  if (const auto written = platform::write_output(given.file, content); !written) return complain(written.error());
  json->erase("content");
  return commands.present(*json, [&](const Json& done) {
    std::cout << done.value("rows", std::uint64_t{0}) << " " << given.what << " of " << given.scope << " in "
              << given.file << "\nSHA-256 " << done.value("sha256", "") << "\n";
    if (const std::string because = done.value("left_out_because", ""); !because.empty())
      std::cout << "Left out: " << because << "\n";
    std::cout << "The file is plain text; from here on it is in your keeping: delete it when it has served.\n";
    return ok;
  });
}

int show_exports(const Json& json) {
  for (const Json& one : json["items"])
    std::cout << one.value("recorded_at", "") << "  " << one.value("person", "") << " at " << one.value("station", "")
              << ": " << one.value("rows", std::uint64_t{0}) << " of " << one.value("what", "") << ", "
              << one.value("filter", "") << (one.value("sensitive", false) ? ", with sensitive fields" : "") << ", for "
              << one.value("purpose", "") << ": " << one.value("reason", "") << "\n    " << one.value("format", "")
              << ", SHA-256 " << one.value("sha256", "")
              << (one.contains("left_out_because") ? "\n    left out: " + one.value("left_out_because", "") : "")
              << "\n";
  if (json["items"].empty()) std::cout << "Nothing was exported yet.\n";
  if (const auto total = json.value("total", std::uint64_t{0}); total > json["items"].size())
    std::cout << "The latest " << json["items"].size() << " of " << total << "\n";
  return ok;
}

}  // namespace

void add_export_commands(Commands& commands) {
  CLI::App& app = commands.app();
  const auto given = std::make_shared<WantedExport>();
  CLI::App* out = commands.add_with_json(app, "export", "customers, entries or callbacks of a scope into a file",
                                         [&commands, given] { return export_to_file(commands, *given); });
  out->add_option("WHAT", given->what, "customers, entries or callbacks")->required();
  out->add_option("--scope", given->scope, "scope whose records they are")->required();
  out->add_option("-o,--output", given->file, "the file; only its owner can read it")->required();
  out->add_option("--purpose", given->purpose, "what for; a wrong one names those there are")->required();
  out->add_option("--reason", given->reason, "why, in your own words; both are kept on the list of exports")
      ->required();
  out->add_option("--by", given->by, "who exports it (else the account that runs the command)");
  out->add_option("--format", given->format, "csv or ndjson")
      ->check(CLI::IsMember({"csv", "ndjson"}))
      ->capture_default_str();
  out->add_flag("--with-sensitive", given->sensitive, "with the fields that the schema marks sensitive or masks");
  commands.add_with_json(app, "exports", "who took which data out, when and what for",
                         [&commands] { return commands.ask("GET", "/admin/v1/exports", nullptr, show_exports); });
}

}  // namespace holdline::hub
