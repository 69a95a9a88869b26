#include "hub/admin/import.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>

#include "hub/admin/import_rows.hpp"
#include "platform/text/csv.hpp"
#include "platform/text/table_file.hpp"
#include "sync/action/validate.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t told_of_each = 1'000;  // rejected rows, missing customers

bool is_source_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

void reject(ImportReport& report, std::uint64_t line, std::string field, std::string code, std::string message) {
  ++report.rejected_count;
  if (report.rejected.size() < told_of_each)
    report.rejected.push_back({line, std::move(field), std::move(code), std::move(message)});
}

}  // namespace

struct CustomerImport::Impl {
  Impl(Ledger& into, platform::TableFile file, ImportRequest wanted)
      : ledger(into), table(std::move(file)), reader(table.text, table.separator), request(std::move(wanted)) {}

  // Of one turn: rows that may be taken, what they say, what was asked about them, and where they stand in the file.
  struct Turn {
    std::vector<ToldCustomer> told;
    std::vector<sync::Finding> findings;
    std::vector<std::uint64_t> lines;
    std::size_t records = 0;
  };
  // Rows that cannot be used are rejected on the way.
  Turn read(std::size_t records, std::int64_t now_ms);
  void read_row(const platform::CsvRow& row, std::int64_t now_ms, Turn& turn);
  // The ops of each, and nothing for a row that says what it said last.
  Result<std::vector<OwnRow>> rows_of(Turn& turn);
  void count(RowOutcome outcome, std::uint64_t line);
  Result<bool> find_missing(std::size_t portion);

  Ledger& ledger;
  const platform::TableFile table;
  platform::CsvReader reader;  // in the table's text
  const ImportRequest request;
  std::optional<ImportColumns> columns;
  std::unordered_map<Id, std::uint64_t> seen;  // customers of the file, and their lines
  bool at_end = false;
  Id looked_at;  // of what the source said before
  ImportReport report;
};

CustomerImport::CustomerImport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CustomerImport::CustomerImport(CustomerImport&&) noexcept = default;
CustomerImport& CustomerImport::operator=(CustomerImport&&) noexcept = default;
CustomerImport::~CustomerImport() = default;

const ImportReport& CustomerImport::report() const { return impl_->report; }

Result<CustomerImport> CustomerImport::begin(Ledger& ledger, std::string file, ImportRequest request) {
  if (!is_source_name(request.source))
    return fail(ErrorKind::ask_person, "not-a-source",
                "The name of a source has 1 to 64 of a-z, 0-9, '.', '_' and '-', as in: crm-nightly");
  HOLDLINE_ASSIGN(auto table, platform::read_table(std::move(file)));
  auto impl = std::make_unique<Impl>(ledger, std::move(table), std::move(request));
  const auto header = impl->reader.next();
  if (!header || !header->wrong.empty())
    return fail(ErrorKind::ask_person, "no-header", "The file has no readable header line.");
  const ImportRequest& wanted = impl->request;
  HOLDLINE_ASSIGN(auto columns, ImportColumns::of(ledger.schema(), header->fields, wanted.columns,
                                                  wanted.accept_columns || wanted.dry_run));
  impl->columns.emplace(std::move(columns));
  impl->report.read_as = impl->table.described();
  impl->report.columns = impl->columns->described();
  return CustomerImport(std::move(impl));
}

void CustomerImport::Impl::read_row(const platform::CsvRow& row, std::int64_t now_ms, Turn& turn) {
  const std::uint64_t line = row.line + table.lines_cut;
  if (row.is_blank()) {
    ++report.blank;
    return;
  }
  ++report.rows;
  if (!row.wrong.empty()) return reject(report, line, "", "malformed", "The row " + row.wrong + ".");
  auto read = columns->read(row.fields, request.scope, request.site, now_ms);
  if (!read) return reject(report, line, "", read.error().code, read.error().message);
  const auto [first, is_new] = seen.try_emplace(read->told.front().key.id, line);
  if (!is_new)
    return reject(report, line, "ref", "ref-twice",
                  "The file names this customer in line " + std::to_string(first->second) + " already.");
  auto findings = sync::unanswered(read->findings, request.acceptance);
  // What it says for the first time has to be right by itself, whatever is compared later.
  ToldCustomer whole = read->told;
  sync::ActionHeader header;
  header.acceptance = request.acceptance;
  if (findings.empty())
    for (const sync::Op& op : columns->changes({}, whole))
      std::ranges::move(sync::validate(ledger.schema(), op, &header), std::back_inserter(findings));
  if (!findings.empty())
    return reject(report, line, findings.front().field, findings.front().code, findings.front().message);
  turn.records += read->told.size();
  turn.lines.push_back(line);
  turn.told.push_back(std::move(read->told));
  std::ranges::move(read->findings, std::back_inserter(turn.findings));
}

CustomerImport::Impl::Turn CustomerImport::Impl::read(std::size_t records, std::int64_t now_ms) {
  Turn turn;
  // Rows that are rejected take time as well.
  for (std::size_t rows = 0; turn.records < records && rows < records; ++rows) {
    const auto row = reader.next();
    if (!row) {
      at_end = true;
      break;
    }
    read_row(*row, now_ms, turn);
  }
  return turn;
}

Result<std::vector<OwnRow>> CustomerImport::Impl::rows_of(Turn& turn) {
  std::vector<Id> roots;
  for (const ToldCustomer& told : turn.told) roots.push_back(told.front().key.id);
  HOLDLINE_ASSIGN(const auto snapshot, ledger.reader());
  HOLDLINE_ASSIGN(const auto said_last, snapshot->imported(request.source, roots));
  std::vector<OwnRow> rows;
  for (ToldCustomer& told : turn.told) {
    OwnRow& row = rows.emplace_back();
    const auto last = said_last.find(told.front().key.id);
    ToldCustomer before;
    if (last != said_last.end()) {
      HOLDLINE_ASSIGN(before, decode_told(ledger.schema(), last->second));
    }
    row.ops = columns->changes(before, told);
    if (row.ops.empty()) continue;
    row.imported = ImportedRow{request.source, told.front().key.id, encode_told(ledger.schema(), told)};
  }
  return rows;
}

void CustomerImport::Impl::count(RowOutcome outcome, std::uint64_t line) {
  switch (outcome.effect) {
    case RowEffect::created:
      ++report.created;
      return;
    case RowEffect::updated:
      ++report.updated;
      return;
    case RowEffect::unchanged:
      ++report.unchanged;
      return;
    case RowEffect::conflict:
      ++report.conflicts;
      return;
    case RowEffect::refused:
      return reject(report, line, "", std::move(outcome.code), std::move(outcome.text));
  }
}

// A portion of what the source said before, of this scope: other scopes of it have files of their own. False: that was
// all.
Result<bool> CustomerImport::Impl::find_missing(std::size_t portion) {
  HOLDLINE_ASSIGN(const auto snapshot, ledger.reader());
  HOLDLINE_ASSIGN(const auto rows, snapshot->all_imported(request.source, looked_at, portion));
  const sync::CollectionNo customer = ledger.schema().collection("customer")->no;
  for (const ImportedRow& row : rows) {
    if (seen.contains(row.root)) continue;
    HOLDLINE_ASSIGN(const auto told, decode_told(ledger.schema(), row.told));
    const std::string ref = columns->ref_of(told);
    const bool of_scope = row.root == sync::natural_id(customer, Id{}, request.scope + "\n" + ref);
    if (!of_scope) continue;
    ++report.missing_count;
    if (report.missing.size() < told_of_each) report.missing.push_back(ref);
  }
  if (!rows.empty()) looked_at = rows.back().root;
  return rows.size() == portion;
}

Result<bool> CustomerImport::take(Intake& intake, std::size_t ops, std::int64_t now_ms) {
  if (impl_->at_end) return impl_->find_missing(ops);
  Impl::Turn turn = impl_->read(ops, now_ms);
  HOLDLINE_ASSIGN(const auto rows, impl_->rows_of(turn));
  HOLDLINE_ASSIGN(auto outcomes, intake.take_own(rows, now_ms, impl_->request.dry_run,
                                                 sync::answered(turn.findings, impl_->request.acceptance)));
  for (std::size_t n = 0; n < outcomes.size(); ++n) impl_->count(std::move(outcomes[n]), turn.lines[n]);
  if (impl_->at_end) std::ranges::stable_sort(impl_->report.rejected, {}, &RejectedRow::line);
  return true;
}

}  // namespace holdline::hub
