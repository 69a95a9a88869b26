// holdline import
#include "cli/commands/import.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"
#include "platform/os/files.hpp"
#include "platform/text/reject_file.hpp"
#include "platform/text/table_rows.hpp"
#include "sync/base/hash.hpp"
#include "sync/schema/schema.hpp"
#include "sync/text/text.hpp"

namespace holdline::cli {

using nlohmann::json;
using platform::HttpClientResponse;

namespace {

constexpr std::size_t largest_file = std::size_t{256} << 20, largest_mapping = std::size_t{1} << 20;
constexpr int patience = 60;  // times an agent that says "not now" is asked again
constexpr std::chrono::seconds before_asking_again{1};

struct Rejection {
  std::uint64_t row = 0;   // 1 is the first row behind the header that is not blank
  std::uint64_t line = 0;  // where it begins in the file
  std::string field;       // empty: the row as a whole
  std::string code, message;
  std::string label;  // of the field, as forms name it
};

class Import {
 public:
  Import(Session& session, platform::TableRows rows, sync::TableColumns columns, const sync::Hash& hash)
      : session_(session),
        scope_(session.arguments().get("--scope")),
        dry_(session.arguments().has("--dry-run")),
        hash_(hash),
        file_(std::move(rows)),
        columns_(std::move(columns)),
        progress_(session.world()) {}

  // Until the end of the file, or until nothing more can be saved. What was saved stays saved in either case.
  Outcome run(std::string text) {
    Result<void> went = {};
    while (went) {
      const auto row = file_.next();
      if (!row) break;
      if (row->is_blank()) {
        ++blank_;
        continue;
      }
      went = take(*row);
      if (went) ++rows_;
    }
    blank_ += file_.empty_lines();
    progress_.clear();
    HOLDLINE_TRY(write_rejects(std::move(text)));
    if (!went) return tl::unexpected<Error>(interrupted(went.error()));
    report();
    return rejections_.empty() ? ExitCode::ok : ExitCode::findings;
  }

 private:
  Result<void> take(const platform::CsvRow& row) {
    progress_.show(std::to_string(file_.offset() * 100 / file_.size()) + " % · " + count_of(rows_, "row", "rows") +
                   " · " + std::to_string(rejected_rows_) + " rejected");
    const std::size_t before = rejections_.size();
    if (!row.wrong.empty())
      reject(row, "", "malformed", "The row " + row.wrong + ".");
    else if (auto wrong = columns_.wrong_count(row.fields); !wrong.empty())
      reject(row, "", "wrong-columns", std::move(wrong));
    else if (!named_before(row))
      HOLDLINE_TRY(save(row));
    if (rejections_.size() > before) ++rejected_rows_;
    return {};
  }

  // Rows are known by their ref, here as at the hub.
  bool named_before(const platform::CsvRow& row) {
    const std::string ref = columns_.ref() ? sync::tidy_line(row.fields[*columns_.ref()]) : std::string();
    if (ref.empty()) {
      reject(row, "ref", "required", "The row has no ref.");
      return true;
    }
    const auto [first, is_new] = named_.try_emplace(sync::fold_key(ref), row.line);
    if (!is_new)
      reject(row, "ref", "ref-twice",
             "The file names this customer in line " + std::to_string(first->second) + " already.");
    return !is_new;
  }

  Result<void> save(const platform::CsvRow& row) {
    const json body = row_body(columns_, row.fields, scope_);
    const std::string key = row_key(hash_.view(), scope_, rows_ + 1);
    for (int attempt = 0;; ++attempt) {
      HOLDLINE_ASSIGN(const HttpClientResponse answer,
                      session_.write_with_key("POST", dry_ ? "/customers/check" : "/customers", body, key));
      if (is_success(answer)) {
        const json document = json::parse(answer.body, nullptr, false);
        if (dry_) return check(row, document);
        ++accepted_;
        if (is_set(document, "repeated")) ++repeated_;
        return {};
      }
      const Error error = error_of(answer);
      const bool about_this_row =
          answer.status == 400 || answer.status == 409 || answer.status == 413 || answer.status == 422;
      if (about_this_row) return reject_for(row, answer);
      const bool later = error.kind == ErrorKind::retry_later && attempt < patience;
      if (!later || !session_.world().pause(before_asking_again)) return tl::unexpected<Error>(error);
    }
  }

  // What saving would refuse or ask about.
  Result<void> check(const platform::CsvRow& row, const json& document) {
    const auto& accepted = session_.arguments().all("--accept-hint");
    const std::size_t before = rejections_.size();
    for (const json& finding : list_of(document, "findings")) {
      const bool meant = std::ranges::find(accepted, text_of(finding, "code")) != accepted.end();
      if (text_of(finding, "weight") != "told" && !meant)
        reject(row, text_of(finding, "field"), text_of(finding, "code"), text_of(finding, "message"));
    }
    const auto duplicates = list_of(document, "duplicates");
    if (!duplicates.empty() && std::ranges::find(accepted, "same-customer") == accepted.end())
      reject(row, text_of(duplicates.front(), "same"), "same-customer",
             "Probably " + text_of(duplicates.front(), "name") + " (" + text_of(duplicates.front(), "id") +
                 "), who is here already.");
    if (rejections_.size() == before) ++accepted_;
    return {};
  }

  // One rejection for each field the agent names, or one for the row.
  Result<void> reject_for(const platform::CsvRow& row, const HttpClientResponse& answer) {
    const json error = json::parse(answer.body, nullptr, false);
    const json& findings = list_of(error, "findings");
    for (const json& finding : findings)
      reject(row, text_of(finding, "field"), text_of(finding, "code"), text_of(finding, "message"));
    if (findings.empty()) reject(row, "", text_of(error, "code"), text_of(error, "detail"));
    return {};
  }

  void reject(const platform::CsvRow& row, std::string field, std::string code, std::string message) {
    std::string label = columns_.label_of(field);
    // By the names of the columns that say it.
    if (field == "e164") field = "phone";
    if (field == "addr") field = "email";
    Rejection rejection{rows_ + 1, row.line, std::move(field), std::move(code), std::move(message), std::move(label)};
    if (!session_.json()) {
      progress_.clear();
      session_.world().err << "row " << rejection.row << " (line " << rejection.line
                           << "): " << escape(rejection.message)
                           << (rejection.code.empty() ? "" : " [" + escape(rejection.code) + "]") << '\n';
    }
    rejections_.push_back(std::move(rejection));
  }

  Result<void> write_rejects(std::string text) {
    const std::string file = session_.arguments().get("--reject-file");
    if (file.empty()) return {};
    std::vector<platform::RejectedLine> lines;
    for (const Rejection& one : rejections_)
      lines.push_back({one.line, one.label.empty() ? one.field : one.label,
                       one.message + (one.code.empty() ? "" : " [" + one.code + "]")});
    HOLDLINE_ASSIGN(
        const std::string rejects,
        platform::reject_file(std::move(text), lines,
                              {sync::rejected_row_column, sync::rejected_field_column, sync::rejected_reason_column}));
    auto written = platform::write_output(file, rejects);
    if (!written) return fail(ErrorKind::ask_person, "refused", written.error().message);
    return {};
  }

  void report() {
    std::ostream& out = session_.world().out;
    if (session_.json()) {
      json rejected = json::array(), columns = json::array();
      for (const Rejection& r : rejections_)
        rejected.push_back({{"row", r.row},
                            {"line", r.line},
                            {"field", r.field},
                            {"label", r.label},
                            {"code", r.code},
                            {"message", r.message}});
      for (const auto& [heading, field] : columns_.described())
        columns.push_back({{"heading", heading}, {"field", field}});
      out << json{{"schema", "holdline.import/1"},
                  {"read_as", file_.described()},
                  {"columns", columns},
                  {"rows", rows_},
                  {"blank", blank_},
                  {"accepted", accepted_},
                  {"repeated", repeated_},
                  {"dry_run", dry_},
                  {"rejected", rejected},
                  {"rejected_rows", rejected_rows_}}
                 .dump(-1, ' ', false, json::error_handler_t::replace)
          << '\n';
      return;
    }
    if (dry_) {
      out << "Read as " << file_.described() << ":\n";
      for (const auto& [heading, field] : columns_.described())
        out << "  " << escape(heading) << ": " << (field.empty() ? "left out" : field) << '\n';
    }
    out << count_of(rows_, "row", "rows") << ", " << accepted_ << (dry_ ? " good" : " saved on this PC");
    if (repeated_ != 0) out << " (" << repeated_ << " by an earlier run)";
    out << ", " << rejected_rows_ << " rejected";
    if (blank_ != 0) out << ", " << blank_ << " blank";
    out << '\n';
    if (dry_) out << "Nothing was saved.\n";
  }

  Error interrupted(Error error) const {
    error.message += "\nStopped at row " + std::to_string(rows_ + 1) + " with " + std::to_string(accepted_) +
                     " saved. Run the same command on the unchanged file to go on: nothing is saved twice";
    return error;
  }

  Session& session_;
  std::string scope_;
  bool dry_;
  sync::Hash hash_;
  platform::TableRows file_;
  sync::TableColumns columns_;
  Progress progress_;
  std::unordered_map<std::string, std::uint64_t> named_;  // refs, and their lines
  std::uint64_t rows_ = 0, blank_ = 0, accepted_ = 0, repeated_ = 0, rejected_rows_ = 0;
  std::vector<Rejection> rejections_;
};

// Of two at a time each would see the customers of the other as not there.
Result<std::optional<platform::SoleWork>> begin_alone(Session& session) {
  if (!session.world().begin_sole_work || session.arguments().has("--dry-run")) return std::nullopt;
  std::error_code none;
  const auto socket = std::filesystem::weakly_canonical(session.socket(), none);
  const std::string name =
      "holdline-import-" + sync::to_hex(sync::sha256(none ? session.socket() : socket.string()).view()).substr(0, 16);
  for (bool told = false;; told = true) {
    auto work = session.world().begin_sole_work(name);
    if (work) return std::optional(*std::move(work));
    const bool waits = session.arguments().has("--wait") && work.error().code == "held";
    const std::string held = "An import is under way at this workstation (" + work.error().message + ")";
    if (waits && !told) session.world().err << "holdline: " << escape(held) << "; waiting for its end\n";
    if (waits && session.world().pause(before_asking_again)) continue;
    if (work.error().code != "held") return tl::unexpected<Error>(work.error());
    return fail(ErrorKind::retry_later, "not-now",
                held +
                    ", and one is done at a time. Nothing of this file was saved: repeat the command when that one "
                    "has ended, or give it --wait");
  }
}

Error unusable(const Error& error) { return {ErrorKind::ask_person, "refused", error.message}; }

Outcome import_customers(Session& session) {
  std::error_code none;
  if (std::filesystem::equivalent(session.arguments().get("--reject-file"), session.arguments().get("FILE"), none))
    return usage("--reject-file is the file that is imported; give what is written another name");
  // Before anything is saved: rows that are rejected are not told twice.
  if (const std::string file = session.arguments().get("--reject-file"); !file.empty() && !platform::try_output(file))
    return fail(ErrorKind::ask_person, "refused",
                "Cannot write " + file +
                    ": give --reject-file a name in a folder that is there and yours. Nothing was "
                    "imported.");
  HOLDLINE_ASSIGN(std::string text, read_input(session.world(), session.arguments().get("FILE"), largest_file));
  sync::Mapping mapping;
  if (const std::string path = session.arguments().get("--mapping"); !path.empty()) {
    HOLDLINE_ASSIGN(const std::string toml, read_input(session.world(), path, largest_mapping));
    auto read = sync::parse_mapping(toml);
    if (!read) return tl::unexpected<Error>(unusable(read.error()));
    mapping = *std::move(read);
  }
  auto rows = platform::TableRows::open(text);
  if (!rows) return tl::unexpected<Error>(unusable(rows.error()));
  HOLDLINE_ASSIGN(const Answer answer, session.get("/schema"));
  const auto schema = sync::Schema::parse(text_of(answer.document(), "text"));
  if (!schema) return not_understood();
  const bool guess = session.arguments().has("--accept-columns") || session.arguments().has("--dry-run");
  auto columns = sync::TableColumns::of(*schema, rows->headings(), mapping, guess);
  if (!columns) return tl::unexpected<Error>(unusable(columns.error()));
  const sync::Hash hash = sync::sha256(text);
  HOLDLINE_ASSIGN(const auto alone, begin_alone(session));
  return Import(session, *std::move(rows), *std::move(columns), hash).run(std::move(text));
}

}  // namespace

std::vector<Command> import_commands() {
  return {{"",
           "import",
           "Customers from a CSV or NDJSON file; an interrupted import is repeated and goes on",
           {{"FILE",
             "A header line that names fields, and phone, phone2, email, …, or one JSON object a line "
             "(- for standard input)"}},
           with_answers(
               {{"--scope", "S", "Where the customers belong (default: the person's own)"},
                {"--mapping", "FILE", "What headings mean and what all rows have besides (TOML)"},
                {"--accept-columns", "", "Take headings that are no names of fields as --dry-run shows them"},
                {"--wait", "", "When another import is under way at this workstation, wait for its end"},
                {"--dry-run", "", "Say what would come of it and save nothing"},
                {"--reject-file", "FILE", "Rejected rows with their reasons, to be corrected and imported by itself"}}),
           false,
           import_customers}};
}

}  // namespace holdline::cli
