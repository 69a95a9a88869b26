// Customers out of files, and how far imports came.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <thread>

#include "hub/commands/commands.hpp"
#include "platform/http/unix_client.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/files.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"
#include "platform/os/terminal.hpp"
#include "platform/text/csv.hpp"
#include "platform/text/reject_file.hpp"
#include "platform/text/table_rows.hpp"
#include "sync/table/columns.hpp"
#include "sync/table/mapping.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct WantedImport {
  std::string file, scope, columns, mapping, because, source, obtained, reject_file, duplicates_file, missing_file;
  std::vector<std::string> accepted;
  bool dry_run = false, accept_columns = false;
};

std::uint64_t count_in(const Json& json, const char* name) { return json.value(name, std::uint64_t{0}); }

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
                   {"because", given.because},
                   {"obtained", mapping.obtained},
                   {"file", std::filesystem::path(given.file).filename().string()},
                   {"run", run.text()}};
  for (const std::string& hint : given.accepted) request.query["accept"] += hint + ",";
  if (!mapping.columns.empty()) request.query["columns"] = Json(mapping.columns).dump();
  if (!mapping.constants.empty()) request.query["constants"] = Json(mapping.constants).dump();
  request.body = std::move(text);
  return request;
}

std::string shown_run(const Json& run) {
  return "line " + std::to_string(count_in(run, "row")) + ": " + std::to_string(count_in(run, "created")) +
         " created, " + std::to_string(count_in(run, "updated")) + " updated, " +
         std::to_string(count_in(run, "unchanged")) + " unchanged, " + std::to_string(count_in(run, "conflicts")) +
         " in conflict, " + std::to_string(count_in(run, "rejected_count")) + " rejected";
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

// How many there are, and the first of them.
void show_some(const char* what, std::uint64_t count, const Json& some, const std::string& file) {
  if (count == 0) return;
  std::cout << what << " (" << count << "):";
  constexpr std::size_t shown = 20;
  for (std::size_t n = 0; n < some.size() && n < shown; ++n) std::cout << ' ' << some[n].get<std::string>();
  std::cout << (count > shown ? " …" : "") << (file.empty() ? "" : " — all in " + file) << "\n";
}

void show_columns(const Json& json) {
  std::cout << "Read as " << json.value("read_as", "") << ":\n";
  for (const Json& column : json["columns"])
    std::cout << "  " << column.value("heading", "") << ": "
              << (column.value("field", "").empty() ? "left out" : column.value("field", "")) << "\n";
}

std::string reason_of(const Json& row) { return row.value("message", "") + " [" + row.value("code", "") + "]"; }

void show_rejected(const Json& json, const std::string& file) {
  constexpr std::size_t shown = 20;
  const Json& rejected = json["rejected"];
  for (std::size_t n = 0; n < rejected.size() && n < shown; ++n)
    std::cerr << "line " << count_in(rejected[n], "row") << ": " << rejected[n].value("field", "")
              << (rejected[n].value("field", "").empty() ? "" : ": ") << reason_of(rejected[n]) << "\n";
  if (count_in(json, "rejected_count") > shown)
    std::cerr << "and " << count_in(json, "rejected_count") - shown << " more"
              << (file.empty() ? ": --reject-file FILE keeps them all with their reasons" : "") << "\n";
  if (!file.empty() && !rejected.empty())
    std::cout << "Rejected rows, to be put right and imported by themselves: " << file << "\n";
}

std::string probably(const Json& one) {
  const std::uint64_t line = count_in(one, "other_row");
  return one.value("ref", "") + " is probably " +
         (one.value("other_ref", "").empty() ? one.value("other", "") : one.value("other_ref", "")) +
         (line == 0 ? ", who is here already" : " in line " + std::to_string(line)) + ": the same " +
         one.value("label", "") +
         (one.value("same", "") == "ref" ? ""
                                         : ", names " + std::to_string(count_in(one, "similarity")) + " of 100 alike");
}

void show_duplicates(const Json& json, const std::string& file) {
  const std::uint64_t count = count_in(json, "duplicate_count");
  if (count == 0) return;
  constexpr std::size_t shown = 10;
  std::cout << "Probably the same customer (" << count << "); a person decides, nothing was merged:\n";
  const Json& all = json["duplicates"];
  for (std::size_t n = 0; n < all.size() && n < shown; ++n)
    std::cout << "  line " << count_in(all[n], "row") << ": " << probably(all[n]) << "\n";
  if (count > shown)
    std::cout << "  and " << count - shown << " more"
              << (file.empty() ? ": --duplicates-file FILE keeps them all" : ", all in " + file) << "\n";
}

int show_import(const Json& json, const WantedImport& given) {
  const auto count = [&](const char* name) { return count_in(json, name); };
  if (given.dry_run) show_columns(json);
  if (json["earlier"].is_object())
    std::cout << "An earlier run of this file stopped behind " << shown_run(json["earlier"])
              << ".\nIt went on from there; what was taken then is among the unchanged.\n";
  std::cout << count("rows") << (count("rows") == 1 ? " row: " : " rows: ") << count("created") << " created, "
            << count("updated") << " updated, " << count("unchanged") << " unchanged, " << count("conflicts")
            << " in conflict, " << count("rejected_count") << " rejected";
  if (count("blank") != 0) std::cout << ", " << count("blank") << " blank";
  std::cout << "\n";
  const std::uint64_t accounted =
      count("created") + count("updated") + count("unchanged") + count("conflicts") + count("rejected_count");
  if (accounted != count("rows"))
    std::cerr << "holdline-hub: " << count("rows") << " rows were read and " << accounted
              << " are accounted for: please report this\n";
  show_rejected(json, given.reject_file);
  if (count("conflicts") != 0) std::cout << "A person decides about the conflicts: holdline conflicts list\n";
  show_duplicates(json, given.duplicates_file);
  show_some("Named before and not in this file; nothing was done to them", count("missing_count"), json["missing"],
            given.missing_file);
  if (given.dry_run) std::cout << "Nothing was stored.\n";
  if (accounted != count("rows")) return failed;
  return count("rejected_count") == 0 ? ok : findings;
}

Result<void> write_out(const std::string& file, const std::string& text) {
  return platform::replace_file(std::filesystem::absolute(file), text);
}

Result<void> write_files(const WantedImport& given, const Json& json, std::string imported) {
  if (!given.reject_file.empty() && !json["rejected"].empty()) {
    std::vector<platform::RejectedLine> lines;
    for (const Json& row : json["rejected"])
      lines.push_back({count_in(row, "row"), row.value("field", ""), reason_of(row)});
    HOLDLINE_ASSIGN(
        const std::string text,
        platform::reject_file(std::move(imported), lines,
                              {sync::rejected_row_column, sync::rejected_field_column, sync::rejected_reason_column}));
    HOLDLINE_TRY(write_out(given.reject_file, text));
  }
  if (!given.duplicates_file.empty() && !json["duplicates"].empty()) {
    std::string text = "line,ref,probably,who_is,same,similarity\r\n";
    for (const Json& one : json["duplicates"]) {
      const std::uint64_t line = count_in(one, "other_row");
      for (const std::string& cell :
           {std::to_string(count_in(one, "row")), one.value("ref", ""), one.value("other_ref", ""),
            line == 0 ? one.value("other", "") : "line " + std::to_string(line), one.value("label", "")})
        text += platform::csv_safe_field(cell) + ",";
      text += std::to_string(count_in(one, "similarity")) + "\r\n";
    }
    HOLDLINE_TRY(write_out(given.duplicates_file, text));
  }
  if (!given.missing_file.empty() && !json["missing"].empty()) {
    std::string text = "ref\r\n";
    for (const Json& ref : json["missing"]) text += platform::csv_safe_field(ref.get<std::string>()) + "\r\n";
    HOLDLINE_TRY(write_out(given.missing_file, text));
  }
  return {};
}

// What is written afterwards must not take the place of what is read.
Result<void> check_outputs(const WantedImport& given) {
  for (const std::string& out : {given.reject_file, given.duplicates_file, given.missing_file}) {
    std::error_code none;
    if (!out.empty() && std::filesystem::equivalent(out, given.file, none))
      return fail(ErrorKind::ask_person, "same-file",
                  out + " is the file that is imported; give what is written another name. Nothing was changed.");
  }
  return {};
}

int import_customers(const Commands& commands, const WantedImport& given) {
  if (const auto outputs = check_outputs(given); !outputs) return complain(outputs.error());
  auto text = read_text(given.file);
  if (!text) return complain(text.error());
  const bool again = !given.reject_file.empty();  // the file is looked at again
  std::string kept = again ? *text : std::string();
  platform::SystemEntropy entropy;
  const Id run = entropy.id();
  auto request = request_of(given, *std::move(text), run);
  if (!request) return complain(request.error());
  int result = ok;
  std::optional<Json> json;
  {
    const ShownProgress progress(commands.directory(), run);
    json = commands.fetch(*std::move(request), result);
  }
  if (!json) {
    std::cerr << "What was taken stays. `holdline-hub imports` says how far it came; the same command on the same file "
                 "goes on, and takes nothing twice.\n";
    return result;
  }
  if (const auto written = write_files(given, *json, std::move(kept)); !written) return complain(written.error());
  return commands.present(*json, [&](const Json& report) { return show_import(report, given); });
}

int show_imports(const Json& json) {
  for (const Json& run : json["items"])
    std::cout << run.value("begun", "") << "  " << run.value("file", "") << " from " << run.value("source", "")
              << " into " << run.value("scope", "") << ", " << run.value("state", "") << " at " << shown_run(run)
              << "\n";
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
                     "when it was obtained from there, as in: 2026-11-28 (else now); kept with new customers");
  import->add_option("--mapping", given->mapping,
                     "a file (TOML) that says what the headings mean, what all rows have besides, and the source");
  import->add_option("--columns", given->columns,
                     "what the headings of the file mean: a table of two columns, heading and name of the field");
  import->add_flag("--accept-columns", given->accept_columns,
                   "take headings that are no names of fields as they are guessed; --dry-run shows it");
  import->add_option("--accept-hint", given->accepted, "code of a question that would reject a row: it is meant so")
      ->expected(1)
      ->take_all();
  import->add_option("--because", given->because, "why; kept with what was imported");
  import->add_flag("--dry-run", given->dry_run, "say what would come of it, and store nothing");
  import->add_option("--reject-file", given->reject_file,
                     "keep rejected rows there with line, column and reason, to be put right and imported");
  import->add_option("--duplicates-file", given->duplicates_file,
                     "keep there who is probably a customer already, for people to decide");
  import->add_option("--missing-file", given->missing_file, "keep there whom the file does not name any more");
  commands.add_with_json(app, "imports", "the imports of this hub and how far they came",
                         [&commands] { return commands.ask("GET", "/admin/v1/imports", nullptr, show_imports); });
}

}  // namespace holdline::hub
