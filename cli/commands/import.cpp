// holdline import
#include "cli/commands/import.hpp"

#include <filesystem>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"
#include "platform/os/files.hpp"
#include "sync/base/hash.hpp"

namespace holdline::cli {

using nlohmann::json;
using platform::HttpClientResponse;

namespace {

constexpr std::size_t largest_file = std::size_t{256} << 20;
constexpr int patience = 60;  // times an agent that says "not now" is asked again
constexpr std::chrono::seconds before_asking_again{1};

class Import {
 public:
  Import(Session& session, const std::string& text)
      : session_(session),
        scope_(session.arguments().get("--scope")),
        dry_(session.arguments().has("--dry-run")),
        size_(text.size()),
        hash_(sync::sha256(text)),
        reader_(text),
        progress_(session.world()) {}

  // Until the end of the file, or until nothing more can be saved. What was saved stays saved in either case.
  Outcome run() {
    HOLDLINE_ASSIGN(header_, read_header(reader_, raw_header_));
    Result<void> went = {};
    while (went) {
      const auto row = reader_.next();
      if (!row) break;
      went = take(*row);
      if (went) ++rows_;
    }
    progress_.clear();
    HOLDLINE_TRY(write_rejects());
    if (!went) return tl::unexpected<Error>(interrupted(went.error()));
    report();
    return rejections_.empty() ? ExitCode::ok : ExitCode::findings;
  }

 private:
  Result<void> take(const platform::CsvRow& row) {
    progress_.show(std::to_string(reader_.offset() * 100 / size_) + " % · " + count_of(rows_, "row", "rows") + " · " +
                   std::to_string(rejections_.size()) + " rejected");
    if (!row.wrong.empty()) {
      reject(row, "", "malformed", "The row " + row.wrong);
    } else if (row.fields.size() != header_.size()) {
      reject(row, "", "columns",
             "The row has " + count_of(row.fields.size(), "column", "columns") + " where the header has " +
                 std::to_string(header_.size()));
    } else if (!dry_) {
      return save(row);
    } else {
      ++accepted_;
    }
    return {};
  }

  Result<void> save(const platform::CsvRow& row) {
    const json body = row_body(header_, row.fields, scope_);
    const std::string key = row_key(hash_.view(), scope_, rows_ + 1);
    for (int attempt = 0;; ++attempt) {
      HOLDLINE_ASSIGN(const HttpClientResponse answer, session_.write_with_key("POST", "/customers", body, key));
      if (is_success(answer)) {
        ++accepted_;
        if (is_set(json::parse(answer.body, nullptr, false), "repeated")) ++repeated_;
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
    Rejection rejection{rows_ + 1, row.line, std::move(field), std::move(code), std::move(message), row.raw};
    if (!session_.json()) {
      progress_.clear();
      session_.world().err << "row " << rejection.row << " (line " << rejection.line
                           << "): " << escape(rejection.message)
                           << (rejection.code.empty() ? "" : " [" + escape(rejection.code) + "]") << '\n';
    }
    rejections_.push_back(std::move(rejection));
  }

  Result<void> write_rejects() {
    const std::string file = session_.arguments().get("--reject-file");
    if (file.empty() || rejections_.empty()) return {};
    // A row with several findings is one row of the file.
    std::vector<Rejection> rows;
    for (const Rejection& rejection : rejections_) {
      if (rows.empty() || rows.back().row != rejection.row)
        rows.push_back(rejection);
      else
        rows.back().message += " " + rejection.message;
    }
    auto written = platform::replace_file(std::filesystem::absolute(file), reject_file(raw_header_, rows));
    if (!written) return fail(ErrorKind::ask_person, "refused", written.error().message);
    return {};
  }

  void report() {
    std::ostream& out = session_.world().out;
    if (session_.json()) {
      json rejected = json::array();
      for (const Rejection& r : rejections_)
        rejected.push_back({{"row", r.row}, {"field", r.field}, {"code", r.code}, {"message", r.message}});
      out << json{{"schema", "holdline.import/1"}, {"rows", rows_},   {"accepted", accepted_},
                  {"repeated", repeated_},         {"dry_run", dry_}, {"rejected", rejected}}
                 .dump(-1, ' ', false, json::error_handler_t::replace)
          << '\n';
      return;
    }
    out << count_of(rows_, "row", "rows") << ", " << accepted_ << (dry_ ? " readable" : " saved on this PC");
    if (repeated_ != 0) out << " (" << repeated_ << " by an earlier run)";
    out << ", " << rows_ - accepted_ << " rejected\n";
    if (dry_) out << "Nothing was saved. The agent looks at the values when they are imported.\n";
  }

  Error interrupted(Error error) const {
    error.message += "\nStopped at row " + std::to_string(rows_ + 1) + " with " + std::to_string(accepted_) +
                     " saved. Run the same command on the unchanged file to go on: nothing is saved twice";
    return error;
  }

  Session& session_;
  std::string scope_;
  bool dry_;
  std::size_t size_;
  sync::Hash hash_;
  platform::CsvReader reader_;
  Progress progress_;
  std::string_view raw_header_;
  std::vector<std::string> header_;
  std::uint64_t rows_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t repeated_ = 0;
  std::vector<Rejection> rejections_;
};

Outcome import_customers(Session& session) {
  HOLDLINE_ASSIGN(const std::string text,
                  read_input(session.world(), session.arguments().get("FILE.csv"), largest_file));
  return Import(session, text).run();
}

}  // namespace

std::vector<Command> import_commands() {
  return {{"",
           "import",
           "Customers from a CSV file; an interrupted import is repeated and goes on",
           {{"FILE.csv", "First line: names of fields, and phone, phone2, email, … (- for standard input)"}},
           with_answers(
               {{"--scope", "S", "Where the customers belong (default: the person's own)"},
                {"--dry-run", "", "Read the file and save nothing"},
                {"--reject-file", "FILE", "Rejected rows with their reasons, to be corrected and imported by itself"}}),
           false,
           import_customers}};
}

}  // namespace holdline::cli
