// Customers out of files, and how far imports came.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>

#include "hub/commands/commands.hpp"
#include "hub/commands/import_report.hpp"
#include "platform/http/unix_client.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"
#include "platform/os/terminal.hpp"
#include "platform/text/csv.hpp"
#include "platform/text/table_rows.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/table/mapping.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct WantedRescan {
  std::string scope, file;
};

// A table of two columns: heading, name of the field.
Result<std::map<std::string, std::string>> read_meanings(const std::string& path) {
  HOLDLINE_ASSIGN(auto bytes, read_text(path));
  HOLDLINE_ASSIGN(const auto table, platform::read_table(std::move(bytes)));
  std::map<std::string, std::string> meanings;
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

// What the command line says counts before what the mapping file says.
Result<sync::Mapping> mapping_of(const WantedImport& given) {
  sync::Mapping mapping;
  if (!given.mapping.empty()) {
    HOLDLINE_ASSIGN(const std::string text, read_text(given.mapping));
    HOLDLINE_ASSIGN(mapping, sync::parse_mapping(text));
  }
  if (!given.columns.empty()) {
    HOLDLINE_ASSIGN(auto meanings, read_meanings(given.columns));
    for (auto& [heading, field] : meanings) mapping.columns[heading] = std::move(field);
  }
  if (!given.source.empty()) mapping.source = given.source;
  if (!given.obtained.empty()) mapping.obtained = given.obtained;
  return mapping;
}

// When the file was written last; empty: it is none that keeps it, like a pipe.
std::string modified(const std::string& file) {
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(file, unknown)) return {};
  const auto written = std::filesystem::last_write_time(file, unknown);
  if (unknown) return {};
  const auto at = std::chrono::file_clock::to_sys(written).time_since_epoch();
  return sync::format_time(std::chrono::duration_cast<std::chrono::milliseconds>(at).count());
}

// Whether a refused import is to be tried again, after a while.
bool waits_for_another(const Json& problem, bool& told) {
  if (problem.value("code", "") != "import-running") return false;
  if (!std::exchange(told, true)) std::cerr << "holdline-hub: " << problem.value("detail", "") << " Waiting for it.\n";
  constexpr std::chrono::seconds between_tries(1);
  std::this_thread::sleep_for(between_tries);
  return true;
}

Result<platform::HttpRequest> request_of(const WantedImport& given, std::string text, const Id& run) {
  if (given.accepted.empty() != given.because.empty())
    return fail(ErrorKind::ask_person, "usage", "--accept-hint and --because go together");
  HOLDLINE_ASSIGN(const sync::Mapping mapping, mapping_of(given));
  platform::HttpRequest request;
  request.method = "POST";
  request.path = "/admin/v1/import";
  request.query = {{"scope", given.scope},
                   {"source", mapping.source.empty() ? "csv" : mapping.source},
                   {"dry_run", given.dry_run ? "1" : "0"},
                   {"accept_columns", given.accept_columns ? "1" : "0"},
                   {"partial", given.partial ? "1" : "0"},
                   {"because", given.because},
                   {"obtained", mapping.obtained},
                   {"modified", modified(given.file)},
                   {"older", given.older ? "1" : "0"},
                   {"file", std::filesystem::path(given.file).filename().string()},
                   {"by", given.by.empty() ? own_name() : given.by},
                   {"run", run.text()}};
  for (const std::string& hint : given.accepted) request.query["accept"] += hint + ",";
  if (!mapping.columns.empty()) request.query["columns"] = Json(mapping.columns).dump();
  if (!mapping.constants.empty()) request.query["constants"] = Json(mapping.constants).dump();
  request.body = std::move(text);
  return request;
}

// Asks a hub that serves how far it has come, and shows it on the terminal until it goes.
class ShownProgress {
 public:
  ShownProgress(std::string directory, const Id& run) : directory_(std::move(directory)), run_(run.text()) {
    if (!platform::is_terminal(platform::StandardStream::error)) return;
    thread_ = std::make_unique<platform::TaskThread>(clock_);
    thread_->post([this] { show(); });
  }
  ~ShownProgress() {
    if (!thread_) return;
    ended_ = true;
    thread_.reset();
    std::cerr << "\r\x1b[K" << std::flush;
  }

 private:
  void show() {
    if (ended_) return;
    platform::HttpClientRequest request;
    request.method = "GET";
    request.url = "/admin/v1/imports";
    request.timeout = std::chrono::seconds(5);
    const auto answer = platform::request_over_unix(platform::Path(directory_) / "admin.sock", request);
    const Json json = answer ? Json::parse(answer->body, nullptr, false) : Json();
    if (json.is_object() && json.contains("items"))
      for (const Json& run : json["items"])
        if (run.value("id", "") == run_ && count_in(run, "bytes") != 0)
          std::cerr << "\r\x1b[K" << count_in(run, "bytes_read") * 100 / count_in(run, "bytes") << " % · "
                    << shown_run(run) << std::flush;
    if (!ended_) thread_->at(clock_.now().boot_ms + 500, [this] { show(); });
  }

  const std::string directory_, run_;
  std::atomic<bool> ended_ = false;
  platform::SystemClock clock_;
  std::unique_ptr<platform::TaskThread> thread_;
};

int import_customers(const Commands& commands, const WantedImport& given) {
  if (const auto outputs = try_outputs(given); !outputs) return complain(outputs.error());
  auto text = read_text(given.file);
  if (!text) return complain(text.error());
  const bool again = !given.reject_file.empty();  // the file is looked at again
  std::string kept = again ? *text : std::string();
  platform::SystemEntropy entropy;
  const Id run = entropy.id();
  auto request = request_of(given, *std::move(text), run);
  if (!request) return complain(request.error());
  int result = ok;
  bool answered = false;
  std::optional<Json> json;
  {
    const ShownProgress progress(commands.directory(), run);
    const auto wait = [told = false](const Json& problem) mutable { return waits_for_another(problem, told); };
    json = commands.fetch(*std::move(request), result, &answered, given.wait ? Commands::Again(wait) : Commands::Again());
  }
  if (!json) {
    if (!answered && !given.dry_run)
      std::cerr
          << "What was taken stays, if anything was: `holdline-hub imports` says how far it came. The same command "
             "on the same file goes on, and takes nothing twice.\n";
    tell_stale_outputs(given);
    return result;
  }
  if (const auto written = write_outputs(given, *json, std::move(kept)); !written) return complain(written.error());
  return commands.present(*json, [&](const Json& report) { return show_import(report, given); });
}

int find_duplicates(const Commands& commands, const WantedRescan& given) {
  platform::HttpRequest request;
  request.method = "GET";
  request.path = "/admin/v1/duplicates";
  request.query = {{"scope", given.scope}};
  int result = ok;
  const auto json = commands.fetch(std::move(request), result);
  if (!json) return result;
  if (const auto written = write_duplicates(given.file, (*json)["duplicates"]); !written)
    return complain(written.error());
  return commands.present(*json, [&](const Json& found) { return show_rescan(found, given.file); });
}

int show_imports(const Json& json) {
  for (const Json& run : json["items"])
    std::cout << run.value("begun", "") << "  " << run.value("file", "") << " from " << run.value("source", "")
              << " into " << run.value("scope", "") << (run.value("by", "").empty() ? "" : " by " + run.value("by", ""))
              << ", " << run.value("state", "") << " at " << shown_run(run) << "\n";
  if (json["items"].empty()) std::cout << "Nothing was imported yet.\n";
  return ok;
}

}  // namespace

void add_import_commands(Commands& commands) {
  CLI::App& app = commands.app();
  const auto given = std::make_shared<WantedImport>();
  CLI::App* import =
      commands.add_with_json(app, "import", "take customers over from a file: CSV, or one JSON object a line",
                             [&commands, given] { return import_customers(commands, *given); });
  import->add_option("FILE", given->file)->required();
  import->add_option("--scope", given->scope, "scope the customers belong to")->required();
  import->add_option("--source", given->source,
                     "where the file comes from, as in: crm-nightly (else csv). The next file of the same source is "
                     "compared with it");
  import->add_option("--obtained", given->obtained,
                     "when it was obtained from there, as in: 2026-11-28 (else now); kept with new customers. Of two "
                     "files the one obtained later has the last word");
  import->add_option("--mapping", given->mapping,
                     "a file (TOML) that says what the headings mean, what all rows have besides, and the source");
  import->add_option("--columns", given->columns,
                     "what the headings of the file mean: a table of two columns, heading and name of the field");
  import->add_flag("--accept-columns", given->accept_columns,
                   "take headings that are no names of fields as they are guessed; --dry-run shows it");
  import->add_option("--accept-hint", given->accepted, "code of a question that would reject a row: it is meant so")
      ->expected(1)
      ->take_all();
  import->add_option("--by", given->by, "who imports it (else the account that runs the command)");
  import->add_option("--because", given->because, "why; kept with what was imported");
  import->add_flag("--partial", given->partial,
                   "the file names some of its source's customers: the others are not looked for (a file of rejected "
                   "rows is one by itself)");
  import->add_flag("--older", given->older,
                   "take the file although a newer one was taken from the same source: what the source said since is "
                   "lost to it");
  import->add_flag("--wait", given->wait, "when another import of the same source is under way, wait for its end");
  import->add_flag("--dry-run", given->dry_run, "say what would come of it, and store nothing");
  import->add_option("--reject-file", given->reject_file,
                     "keep rejected rows there with line, column and reason, to be put right and imported");
  import->add_option("--duplicates-file", given->duplicates_file,
                     "keep there who is probably a customer already, for people to decide");
  import->add_option("--missing-file", given->missing_file, "keep there whom the file does not name any more");
  const auto rescan = std::make_shared<WantedRescan>();
  CLI::App* duplicates = commands.add_with_json(app, "duplicates", "who is probably one customer, of all in a scope",
                                                [&commands, rescan] { return find_duplicates(commands, *rescan); });
  duplicates->add_option("--scope", rescan->scope, "scope whose customers are compared")->required();
  duplicates->add_option("--file", rescan->file, "keep them there, for people to decide");
  commands.add_with_json(app, "imports", "the imports of this hub and how far they came",
                         [&commands] { return commands.ask("GET", "/admin/v1/imports", nullptr, show_imports); });
}

}  // namespace holdline::hub
