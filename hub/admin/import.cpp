#include "hub/admin/import.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "hub/admin/import_ahead.hpp"
#include "hub/admin/import_duplicates.hpp"
#include "hub/admin/import_rows.hpp"
#include "hub/ledger/import_name.hpp"
#include "platform/text/table_rows.hpp"
#include "sync/action/merged.hpp"
#include "sync/base/hash.hpp"
#include "sync/table/columns.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t rejected_told = 200'000, customers_named = 10'000;
constexpr std::int64_t between_notes_ms = 1'000;  // of how far it came, where nothing else is written

bool is_source_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

void reject(ImportReport& report, RejectedRow row) {
  ++report.rejected_count;
  if (report.rejected.size() < rejected_told) report.rejected.push_back(std::move(row));
}

// The latest of this file from this source, when it did not come to its end.
Result<std::optional<ImportRun>> unfinished(Ledger& ledger, const ImportRun& now) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const auto known, reader->import_run(now.id));
  if (known)
    return fail(ErrorKind::ask_person, "run-known",
                "There was an import of this id already: leave `run` out, or draw another id.");
  HOLDLINE_ASSIGN(auto last, reader->last_import_of(now.hash, now.source, now.scope));
  if (last && last->state != ImportRun::State::running) last.reset();
  return last;
}

// The rows that an earlier import rejected, put right: the others of its file are not missing.
bool is_reject_file(const std::vector<std::string>& headings) {
  return std::ranges::find(headings, sync::rejected_row_column) != headings.end();
}

}  // namespace

void NamedCustomers::add(const std::string& ref) {
  ++count;
  if (refs.size() < customers_named) refs.push_back(ref);
}

struct CustomerImport::Impl {
  Impl(Ledger& into, ImportRequest wanted) : ledger(into), request(std::move(wanted)), duplicates(into.schema()) {}

  enum class Phase : std::uint8_t {
    rows,        // of the file
    missing,     // who was named before and is not now
    duplicates,  // among those that were added
    noting,      // that it came to its end
    done,
  };
  Result<void> take_rows(Intake& intake, std::size_t ops, std::int64_t now_ms);
  // The ops of each, and nothing for a row that says what it said last.
  Result<std::vector<OwnRow>> rows_of(LedgerTransaction& transaction);
  Result<OwnRow> row_of(PreparedRow& row, const std::map<Id, sync::Bytes>& said_last, bool is_new);
  Result<std::set<Id>> find_added_by_people(LedgerTransaction& transaction, const std::vector<PreparedRow*>& rows);
  void count(RowOutcome outcome, const PreparedRow& row);
  std::optional<ImportRun> noted(std::span<const RowOutcome> outcomes, std::int64_t now_ms);
  Result<bool> find_missing(std::size_t portion);
  Result<void> note_end(Intake& intake, std::int64_t now_ms);

  Ledger& ledger;
  const ImportRequest request;
  std::unique_ptr<RowsAhead> ahead;
  std::vector<PreparedRow> turn;  // rows that may be taken now
  Phase phase = Phase::rows;
  Id looked_at;  // of what the source said before
  DuplicateSearch duplicates;
  ImportReport report;
  ImportRun run;
};

CustomerImport::CustomerImport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CustomerImport::CustomerImport(CustomerImport&&) noexcept = default;
CustomerImport& CustomerImport::operator=(CustomerImport&&) noexcept = default;
CustomerImport::~CustomerImport() = default;

const ImportReport& CustomerImport::report() const { return impl_->report; }

Result<CustomerImport> CustomerImport::begin(Ledger& ledger, std::string file, ImportRequest request,
                                             const platform::Clock* clock) {
  if (!is_source_name(request.source))
    return fail(ErrorKind::ask_person, "not-a-source",
                "The name of a source has 1 to 64 of a-z, 0-9, '.', '_' and '-', as in: crm-nightly");
  auto impl = std::make_unique<Impl>(ledger, std::move(request));
  const ImportRequest& wanted = impl->request;
  ImportRun& run = impl->run;
  run.id = wanted.run;
  run.source = wanted.source;
  run.scope = wanted.scope;
  run.file = wanted.file;
  run.person = wanted.person;
  run.hash = sync::sha256(file);
  run.begun_ms = wanted.begun_ms;
  HOLDLINE_ASSIGN(auto rows, platform::TableRows::open(std::move(file)));
  run.of_bytes = rows.size();
  HOLDLINE_ASSIGN(auto columns,
                  sync::TableColumns::of(ledger.schema(), rows.headings(), {wanted.columns, wanted.constants},
                                         wanted.accept_columns || wanted.dry_run));
  impl->report.read_as = rows.described();
  impl->report.columns = columns.described();
  impl->report.columns_guessed = columns.guessed() && !wanted.accept_columns;
  impl->report.partial = wanted.partial || is_reject_file(rows.headings());
  HOLDLINE_ASSIGN(impl->report.earlier, unfinished(ledger, run));
  std::map<std::string, sync::Value> once{{"source", wanted.source}};
  if (const auto obtained = wanted.obtained_ms.value_or(wanted.begun_ms); obtained != 0) once["obtained_at"] = obtained;
  impl->ahead = std::make_unique<RowsAhead>(ledger.schema(), std::move(rows),
                                            ImportColumns(ledger.schema(), std::move(columns), std::move(once)), wanted,
                                            wanted.begun_ms, clock);
  return CustomerImport(std::move(impl));
}

Result<OwnRow> CustomerImport::Impl::row_of(PreparedRow& row, const std::map<Id, sync::Bytes>& said_last, bool is_new) {
  OwnRow own;
  const auto last = said_last.find(row.root);
  if (last != said_last.end() && last->second == row.encoded) return own;
  ToldCustomer before;
  if (last != said_last.end()) {
    HOLDLINE_ASSIGN(before, decode_told(ledger.schema(), last->second));
    if (before.front().key != row.told.front().key) say_of(ledger.schema(), before.front().key.id, row.told);
  }
  const std::size_t told = row.told.size();
  own.ops = ahead->columns().changes(before, row.told);
  if (own.ops.empty()) return own;
  if (is_new) ahead->columns().add_once(own.ops);
  // What the file has no column for was put beside it.
  const bool as_prepared = before.empty() && told == row.told.size();
  own.imported = ImportedRow{request.source, row.root,
                             as_prepared ? std::move(row.encoded) : encode_told(ledger.schema(), row.told)};
  return own;
}

// Whoever people added with the ref of a row is who the row is about: one customer for each ref of a scope, whichever
// door it came through. Answers the roots of those rows, which now speak of that record.
Result<std::set<Id>> CustomerImport::Impl::find_added_by_people(LedgerTransaction& transaction,
                                                                const std::vector<PreparedRow*>& rows) {
  constexpr std::size_t most_bearers_read = 8;
  const sync::Collection& customers = *ledger.schema().collection("customer");
  const auto ref = customers.field("ref");
  std::set<Id> found;
  if (!ref || !customers.fields[*ref].unique) return found;
  const auto value_of = [&](const PreparedRow& row) {
    return UniqueValue{customers.no, *ref, request.scope, ahead->columns().ref_of(row.told)};
  };
  std::vector<UniqueValue> values;
  for (const PreparedRow* row : rows) values.push_back(value_of(*row));
  HOLDLINE_ASSIGN(const auto bearers, transaction.bearers(values, most_bearers_read));
  std::vector<sync::RecordKey> keys;
  for (const auto& [value, ids] : bearers)
    for (const Id& id : ids) keys.push_back({customers.no, id});
  HOLDLINE_ASSIGN(const auto records, transaction.records(keys));
  for (PreparedRow* row : rows) {
    const auto bearing = bearers.find(value_of(*row));
    if (bearing == bearers.end()) continue;
    // Not one that was merged into another, unless there is no other.
    const auto standing = std::ranges::find_if(bearing->second, [&](const Id& id) {
      const auto record = records.find({customers.no, id});
      return record != records.end() && !sync::merged_into(customers, record->second.stored.record);
    });
    say_of(ledger.schema(), standing == bearing->second.end() ? bearing->second.front() : *standing, row->told);
    row->encoded = encode_told(ledger.schema(), row->told);
    found.insert(row->root);
  }
  return found;
}

Result<std::vector<OwnRow>> CustomerImport::Impl::rows_of(LedgerTransaction& transaction) {
  std::vector<Id> roots;
  for (const PreparedRow& row : turn) roots.push_back(row.root);
  HOLDLINE_ASSIGN(const auto said_last, transaction.imported(request.source, roots));
  std::vector<sync::RecordKey> others;  // which the source did not bring itself
  for (const PreparedRow& row : turn)
    if (row.by_id || !said_last.contains(row.root)) others.push_back(row.told.front().key);
  HOLDLINE_ASSIGN(const auto here, transaction.records(others));
  std::vector<PreparedRow*> unknown;
  for (PreparedRow& row : turn)
    if (!row.by_id && !said_last.contains(row.root) && !here.contains(row.told.front().key)) unknown.push_back(&row);
  HOLDLINE_ASSIGN(const auto added_by_people, find_added_by_people(transaction, unknown));
  const auto is_here = [&](const PreparedRow& row) {
    return here.contains(row.told.front().key) || (!row.by_id && said_last.contains(row.root)) ||
           added_by_people.contains(row.root);
  };
  const auto is_unknown = [&](const PreparedRow& row) { return row.by_id && !is_here(row); };
  for (const PreparedRow& row : turn)
    if (is_unknown(row))
      reject(report, {row.line, "record_id", "unknown-record",
                      "There is no record with this record_id here: leave it empty to add the customer by its ref."});
  std::erase_if(turn, is_unknown);
  std::vector<OwnRow> rows;
  for (PreparedRow& row : turn) {
    HOLDLINE_ASSIGN(rows.emplace_back(), row_of(row, said_last, !is_here(row)));
  }
  return rows;
}

void CustomerImport::Impl::count(RowOutcome outcome, const PreparedRow& row) {
  if (outcome.deleted) report.deleted.add(ahead->columns().ref_of(row.told));
  if (outcome.followed) report.merged.add(ahead->columns().ref_of(row.told));
  switch (outcome.effect) {
    case RowEffect::created:
      ++report.created;
      duplicates.add(row.line, row.told);
      return;
    case RowEffect::updated:
      ++report.updated;
      return;
    case RowEffect::unchanged:
      ++report.unchanged;
      // Those that a run took which did not come to this.
      if (report.earlier && row.line <= report.earlier->line) duplicates.add(row.line, row.told);
      return;
    case RowEffect::conflict:
      ++report.conflicts;
      return;
    case RowEffect::refused:
      return reject(report, {row.line, "", std::move(outcome.code), std::move(outcome.text)});
  }
}

// With what the outcomes add to the report; it is only told when the commit has succeeded.
std::optional<ImportRun> CustomerImport::Impl::noted(std::span<const RowOutcome> outcomes, std::int64_t now_ms) {
  if (run.id.is_nil()) return std::nullopt;
  const auto of = [&](RowEffect effect) {
    return static_cast<std::uint64_t>(std::ranges::count(outcomes, effect, &RowOutcome::effect));
  };
  const std::uint64_t unchanged = of(RowEffect::unchanged);
  if (unchanged == outcomes.size() && now_ms - run.at_ms < between_notes_ms) return std::nullopt;
  if (!turn.empty()) {
    run.line = turn.back().line;
    run.read = turn.back().offset;
  }
  run.at_ms = now_ms;
  run.rows = report.rows;
  run.blank = report.blank;
  run.created = report.created + of(RowEffect::created);
  run.updated = report.updated + of(RowEffect::updated);
  run.unchanged = report.unchanged + unchanged;
  run.conflicts = report.conflicts + of(RowEffect::conflict);
  run.rejected = report.rejected_count + of(RowEffect::refused);
  return run;
}

Result<void> CustomerImport::Impl::take_rows(Intake& intake, std::size_t ops, std::int64_t now_ms) {
  RowsAhead::Portion portion = ahead->take(ops);
  report.blank += portion.blank;
  report.rows += portion.rows.size();
  std::vector<sync::Finding> findings;
  turn.clear();
  for (PreparedRow& row : portion.rows) {
    std::ranges::move(row.findings, std::back_inserter(findings));
    if (row.rejected)
      reject(report, *std::move(row.rejected));
    else
      turn.push_back(std::move(row));
  }
  if (!turn.empty()) {
    OwnWork work;
    work.rows = [this](LedgerTransaction& transaction) { return rows_of(transaction); };
    work.dry_run = request.dry_run;
    work.name = import_name(run);
    work.acceptance = sync::answered(findings, request.acceptance);
    work.run = [this, now_ms](std::span<const RowOutcome> outcomes) { return noted(outcomes, now_ms); };
    HOLDLINE_ASSIGN(auto outcomes, intake.take_own(std::move(work), now_ms));
    for (std::size_t n = 0; n < outcomes.size(); ++n) count(std::move(outcomes[n]), turn[n]);
  }
  if (!portion.last) return {};
  std::ranges::stable_sort(report.rejected, {}, &RejectedRow::line);
  phase = report.partial ? Phase::duplicates : Phase::missing;
  return {};
}

// A portion of what the source said before, of this scope: other scopes of it have files of their own. False: that was
// all.
Result<bool> CustomerImport::Impl::find_missing(std::size_t portion) {
  HOLDLINE_ASSIGN(const auto snapshot, ledger.reader());
  HOLDLINE_ASSIGN(const auto rows, snapshot->all_imported(request.source, looked_at, portion));
  const sync::CollectionNo customer = ledger.schema().collection("customer")->no;
  for (const ImportedRow& row : rows) {
    if (ahead->seen().contains(row.root)) continue;
    HOLDLINE_ASSIGN(const auto told, decode_told(ledger.schema(), row.told));
    const std::string ref = ahead->columns().ref_of(told);
    const bool of_scope = row.root == sync::natural_id(customer, Id{}, request.scope + "\n" + ref);
    if (!of_scope) continue;
    report.missing.add(ref);
  }
  if (!rows.empty()) looked_at = rows.back().root;
  return rows.size() == portion;
}

Result<void> CustomerImport::Impl::note_end(Intake& intake, std::int64_t now_ms) {
  if (run.id.is_nil() || request.dry_run) return {};
  turn.clear();
  run.at_ms = 0;
  OwnWork work;
  work.rows = [](LedgerTransaction&) -> Result<std::vector<OwnRow>> { return std::vector<OwnRow>(); };
  work.run = [this, now_ms](std::span<const RowOutcome> outcomes) {
    run.state = ImportRun::State::finished;
    run.read = run.of_bytes;
    return noted(outcomes, now_ms);
  };
  HOLDLINE_TRY(intake.take_own(std::move(work), now_ms));
  return {};
}

Result<bool> CustomerImport::take(Intake& intake, std::size_t ops, std::int64_t now_ms) {
  Impl& import = *impl_;
  switch (import.phase) {
    case Impl::Phase::rows:
      HOLDLINE_TRY(import.take_rows(intake, ops, now_ms));
      return true;
    case Impl::Phase::missing: {
      HOLDLINE_ASSIGN(const bool more, import.find_missing(ops));
      if (!more) import.phase = Impl::Phase::duplicates;
      return true;
    }
    case Impl::Phase::duplicates: {
      HOLDLINE_ASSIGN(const bool more, import.duplicates.look(import.ledger, import.request.scope, ops));
      if (more) return true;
      import.report.duplicate_count = import.duplicates.count();
      import.report.duplicates = std::move(import.duplicates).found();
      import.phase = Impl::Phase::noting;
      return true;
    }
    case Impl::Phase::noting:
      HOLDLINE_TRY(import.note_end(intake, now_ms));
      import.phase = Impl::Phase::done;
      return false;
    case Impl::Phase::done:
      return false;
  }
  return false;
}

}  // namespace holdline::hub
