// What the ledger holds, and what is put into it from files.
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"
#include "platform/text/csv.hpp"
#include "platform/text/table_file.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct WantedImport {
  std::string file, scope, columns, because, source = "csv";
  std::vector<std::string> accepted;
  bool dry_run = false, accept_columns = false;
};

// A table of two columns: heading, name of the field.
Result<Json> read_meanings(const std::string& path) {
  HOLDLINE_ASSIGN(auto bytes, read_text(path));
  HOLDLINE_ASSIGN(const auto table, platform::read_table(std::move(bytes)));
  Json meanings = Json::object();
  platform::CsvReader reader(table.text, table.separator);
  while (const auto row = reader.next()) {
    if (row->is_blank()) continue;
    if (!row->wrong.empty() || row->fields.size() != 2)
      return fail(ErrorKind::ask_person, "not-columns",
                  path + ", line " + std::to_string(row->line + table.lines_cut) +
                      ": write a heading of the file, a separator, and the name of a field; no field leaves it out.");
    meanings[row->fields[0]] = row->fields[1];
  }
  return meanings;
}

// How many there are, and the first of them.
void show_some(const char* what, std::uint64_t count, const Json& some) {
  if (count == 0) return;
  std::cout << what << " (" << count << "):";
  constexpr std::size_t shown = 20;
  for (std::size_t n = 0; n < some.size() && n < shown; ++n) std::cout << ' ' << some[n].get<std::string>();
  std::cout << (count > shown ? " …\n" : "\n");
}

int show_import(const Json& json, bool dry_run) {
  const auto count = [&](const char* name) { return json.value(name, std::uint64_t{0}); };
  if (dry_run) {
    std::cout << "Read as " << json.value("read_as", "") << ":\n";
    for (const Json& column : json["columns"])
      std::cout << "  " << column.value("heading", "") << ": "
                << (column.value("field", "").empty() ? "left out" : column.value("field", "")) << "\n";
  }
  std::cout << count("rows") << (count("rows") == 1 ? " row: " : " rows: ") << count("created") << " created, "
            << count("updated") << " updated, " << count("unchanged") << " unchanged, " << count("conflicts")
            << " in conflict, " << count("rejected_count") << " rejected";
  if (count("blank") != 0) std::cout << ", " << count("blank") << " blank";
  std::cout << "\n";
  for (const Json& row : json["rejected"])
    std::cerr << "line " << row.value("row", 0) << ": " << row.value("field", "")
              << (row.value("field", "").empty() ? "" : ": ") << row.value("message", "") << " ["
              << row.value("code", "") << "]\n";
  if (count("rejected_count") > json["rejected"].size()) std::cerr << "and more\n";
  if (count("conflicts") != 0) std::cout << "A person decides about the conflicts: holdline conflicts list\n";
  show_some("Named before and not in this file; nothing was done to them", count("missing_count"), json["missing"]);
  if (dry_run) std::cout << "Nothing was stored.\n";
  return count("rejected_count") == 0 ? ok : findings;
}

int import_customers(const Commands& commands, const WantedImport& given) {
  auto text = read_text(given.file);
  if (!text) return complain(text.error());
  platform::HttpRequest request;
  request.method = "POST";
  request.path = "/admin/v1/import";
  request.query["scope"] = given.scope;
  request.query["source"] = given.source;
  request.query["dry_run"] = given.dry_run ? "1" : "0";
  request.query["accept_columns"] = given.accept_columns ? "1" : "0";
  if (given.accepted.empty() != given.because.empty())
    return complain(Error{ErrorKind::ask_person, "usage", "--accept-hint and --because go together"});
  for (const std::string& hint : given.accepted) request.query["accept"] += hint + ",";
  request.query["because"] = given.because;
  if (!given.columns.empty()) {
    const auto meanings = read_meanings(given.columns);
    if (!meanings) return complain(meanings.error());
    request.query["columns"] = meanings->dump();
  }
  request.body = *std::move(text);
  return commands.ask(std::move(request), [dry = given.dry_run](const Json& json) { return show_import(json, dry); });
}

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
  const auto given = std::make_shared<WantedImport>();
  CLI::App* import = commands.add_with_json(app, "import", "take customers over from a CSV file",
                                            [&commands, given] { return import_customers(commands, *given); });
  import->add_option("FILE", given->file)->required();
  import->add_option("--scope", given->scope, "scope the customers belong to")->required();
  import
      ->add_option(
          "--source", given->source,
          "where the file comes from, as in: crm-nightly. The next file of the same source is compared with it")
      ->capture_default_str();
  import->add_option("--columns", given->columns,
                     "what the headings of the file mean: a table of two columns, heading and name of the field");
  import->add_flag("--accept-columns", given->accept_columns,
                   "take headings that are no names of fields as they are guessed; --dry-run shows it");
  import->add_option("--accept-hint", given->accepted, "code of a question that would reject a row: it is meant so")
      ->expected(1)
      ->take_all();
  import->add_option("--because", given->because, "why; kept with what was imported");
  import->add_flag("--dry-run", given->dry_run, "say what would come of it, and store nothing");
  commands
      .add_with_json(commands.group("outbox", "what a workstation could not send"), "import",
                     "take over what root exported there by: holdline outbox export",
                     [&commands, given] { return import_outbox(commands, given->file); })
      ->add_option("FILE", given->file)
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
