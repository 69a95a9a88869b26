#include "hub/import/import.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "hub/import/ahead.hpp"
#include "hub/import/duplicates.hpp"
#include "hub/import/rows.hpp"
#include "hub/ledger/import_name.hpp"
#include "hub/ledger/import_order.hpp"
#include "platform/text/table_rows.hpp"
#include "sync/action/merged.hpp"
#include "sync/base/hash.hpp"
#include "sync/table/columns.hpp"
#include "sync/text/text.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t rejected_told = 200'000;
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

}  // namespace

struct CustomerImport::Impl {
  Impl(Ledger& into, ImportRequest wanted, const platform::Clock* clock)
      : ledger(into), request(std::move(wanted)), duplicates(into, request.scope, clock) {}

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
  using Said = std::map<Id, sync::Bytes>;
  Result<OwnRow> row_of(PreparedRow& row, const Said& said_last, bool is_new);
  Result<void> find_former_roots(LedgerTransaction& transaction, Said& said_last);
  Result<void> take_roots(LedgerTransaction& transaction, const std::map<Id, PreparedRow*>& roots, Said& said_last);
  Result<std::set<Id>> find_added_by_people(LedgerTransaction& transaction, const std::vector<PreparedRow*>& rows,
                                            Said& said_last);
  void count(RowOutcome outcome, PreparedRow& row);
  std::optional<ImportRun> noted(std::span<const RowOutcome> outcomes, std::int64_t now_ms);
  Result<bool> find_missing(std::size_t portion);
  Result<void> note_end(Intake& intake, std::int64_t now_ms);

  Ledger& ledger;
  const ImportRequest request;
  std::unique_ptr<RowsAhead> ahead;
  std::vector<PreparedRow> turn;     // rows that may be taken now
  std::uint64_t looked_at_line = 0;  // the last of them and of those that were rejected
  std::size_t looked_at_offset = 0;
  Phase phase = Phase::rows;
  Id looked_at;  // of what the source said before
  DuplicatesBeside duplicates;
  DuplicatesBeside::Created created;  // with this turn
  ImportReport report;
  bool source_is_new = false;  // it had said nothing when this began
  ImportRun run;
  ImportLeases::Lease lease;
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
  auto impl = std::make_unique<Impl>(ledger, std::move(request), clock);
  const ImportRequest& wanted = impl->request;
  ImportRun& run = impl->run;
  run.id = wanted.run;
  run.source = wanted.source;
  run.scope = wanted.scope;
  run.file = wanted.file;
  run.person = wanted.person;
  run.hash = sync::sha256(file);
  run.begun_ms = wanted.begun_ms;
  if (!wanted.dry_run) {
    HOLDLINE_ASSIGN(impl->lease, ledger.import_leases().take(run));
  }
  HOLDLINE_ASSIGN(auto rows, platform::TableRows::open(std::move(file)));
  run.of_bytes = rows.size();
  HOLDLINE_ASSIGN(auto columns,
                  sync::TableColumns::of(ledger.schema(), rows.headings(), {wanted.columns, wanted.constants},
                                         wanted.accept_columns || wanted.dry_run));
  impl->report.read_as = rows.described();
  impl->report.columns = columns.described();
  impl->report.columns_guessed = columns.guessed() && !wanted.accept_columns;
  impl->report.partial = wanted.partial || std::ranges::count(rows.headings(), sync::rejected_row_column) != 0;
  run.partial = impl->report.partial;
  HOLDLINE_TRY(impl->duplicates.begin());
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const auto said, reader->all_imported(wanted.source, Id{}, 1));
  impl->source_is_new = said.empty();
  HOLDLINE_ASSIGN(
      impl->report.earlier,
      look_at_runs(*reader, {wanted.obtained_ms, wanted.obtained_day, wanted.modified_ms, wanted.older}, run));
  std::map<std::string, sync::Value> once{{"source", wanted.source}};
  if (const auto obtained = wanted.obtained_ms.value_or(wanted.begun_ms); obtained != 0) once["obtained_at"] = obtained;
  impl->ahead = std::make_unique<RowsAhead>(ledger.schema(), std::move(rows),
                                            ImportColumns(ledger.schema(), std::move(columns), std::move(once)), wanted,
                                            wanted.begun_ms, clock);
  return CustomerImport(std::move(impl));
}

Result<OwnRow> CustomerImport::Impl::row_of(PreparedRow& row, const Said& said_last, bool is_new) {
  OwnRow own;
  const auto last = said_last.find(row.root);
  if (last != said_last.end() && last->second == row.encoded) return own;
  ToldCustomer before;
  if (last != said_last.end()) {
    HOLDLINE_ASSIGN(before, decode_told(ledger.schema(), last->second));
    if (before.front().key != row.told.front().key) say_of(ledger.schema(), before.front().key.id, row.told);
    ahead->columns().keep_spelling(before.front(), row.told);
  }
  own.ops = ahead->columns().changes(before, row.told);
  if (own.ops.empty()) return own;
  if (is_new) ahead->columns().add_once(own.ops);
  own.about = row.told.front().key;
  own.is_new = is_new;
  // What the file has no column for may have been put beside it.
  own.imported = ImportedRow{request.source, row.root,
                             before.empty() ? std::move(row.encoded) : encode_told(ledger.schema(), row.told)};
  return own;
}

// Rows of which the source said something before `ref` was folded: they keep the root that they had.
Result<void> CustomerImport::Impl::find_former_roots(LedgerTransaction& transaction, Said& said_last) {
  std::map<Id, PreparedRow*> formers;
  for (PreparedRow& row : turn) {
    if (row.by_id || said_last.contains(row.root)) continue;
    const std::string ref = ahead->columns().ref_of(row.told);
    if (const Id former = root_of(*ledger.schema().collection("customer"), request.scope, ref); former != row.root)
      formers.emplace(former, &row);
  }
  return take_roots(transaction, formers, said_last);
}

// Those roots under which the source said something before are those of the rows.
Result<void> CustomerImport::Impl::take_roots(LedgerTransaction& transaction, const std::map<Id, PreparedRow*>& roots,
                                              Said& said_last) {
  std::vector<Id> ids;
  for (const auto& [id, row] : roots) ids.push_back(id);
  HOLDLINE_ASSIGN(auto said, transaction.imported(request.source, ids));
  for (const auto& [id, told] : said) roots.at(id)->root = id;
  said_last.merge(said);
  return {};
}

// Whoever people added with the ref of a row is who the row is about: one customer for each ref of a scope, whichever
// door it came through; and one whom they deleted, when nobody else bears it. Answers the roots of those rows, which
// now speak of that record.
Result<std::set<Id>> CustomerImport::Impl::find_added_by_people(LedgerTransaction& transaction,
                                                                const std::vector<PreparedRow*>& rows,
                                                                Said& said_last) {
  constexpr std::size_t most_bearers_read = 8;
  const sync::Collection& customers = *ledger.schema().collection("customer");
  const auto ref = customers.field("ref");
  if (!ref || !customers.fields[*ref].unique || rows.empty()) return std::set<Id>();
  std::map<UniqueValue, PreparedRow*> values;  // the rows of a file have each another
  std::vector<UniqueValue> open;
  for (PreparedRow* row : rows) {
    open.push_back({customers.no, *ref, request.scope, sync::fold_key(ahead->columns().ref_of(row->told))});
    values.emplace(open.back(), row);
  }
  HOLDLINE_ASSIGN(auto bearers, transaction.bearers(open, most_bearers_read, Bearing::live));
  std::erase_if(open, [&](const UniqueValue& value) { return bearers.contains(value); });
  HOLDLINE_ASSIGN(auto deleted, transaction.bearers(open, most_bearers_read, Bearing::deleted));
  bearers.merge(deleted);
  std::vector<sync::RecordKey> keys;
  for (const auto& [value, ids] : bearers)
    for (const Id& id : ids) keys.push_back({customers.no, id});
  HOLDLINE_ASSIGN(const auto records, transaction.records(keys));
  std::map<Id, PreparedRow*> by_record;
  for (const auto& [value, ids] : bearers) {
    PreparedRow& row = *values.at(value);
    // Not one that was merged into another, unless there is no other.
    const auto standing = std::ranges::find_if(ids, [&](const Id& id) {
      const auto record = records.find({customers.no, id});
      return record != records.end() && !sync::merged_into(customers, record->second.stored.record);
    });
    const Id id = standing == ids.end() ? ids.front() : *standing;
    say_of(ledger.schema(), id, row.told);
    if (const auto record = records.find({customers.no, id}); record != records.end())
      ahead->columns().keep_spelling(record->second.stored.record, row.told);
    row.encoded = encode_told(ledger.schema(), row.told);
    by_record.emplace(id, &row);
  }
  HOLDLINE_TRY(take_roots(transaction, by_record, said_last));
  std::set<Id> found;
  for (const auto& [id, row] : by_record) found.insert(row->root);
  return found;
}

Result<std::vector<OwnRow>> CustomerImport::Impl::rows_of(LedgerTransaction& transaction) {
  std::vector<Id> roots;
  for (const PreparedRow& row : turn) roots.push_back(row.root);
  Said said_last;
  if (!source_is_new) {
    HOLDLINE_ASSIGN(said_last, transaction.imported(request.source, roots));
    HOLDLINE_TRY(find_former_roots(transaction, said_last));
  }
  std::vector<sync::RecordKey> others;  // which the source did not bring itself
  for (const PreparedRow& row : turn)
    if (row.by_id || !said_last.contains(row.root)) others.push_back(row.told.front().key);
  HOLDLINE_ASSIGN(const auto here, transaction.records(others));
  std::vector<PreparedRow*> unknown;
  for (PreparedRow& row : turn)
    if (!row.by_id && !said_last.contains(row.root) && !here.contains(row.told.front().key)) unknown.push_back(&row);
  HOLDLINE_ASSIGN(const auto added_by_people, find_added_by_people(transaction, unknown, said_last));
  const auto is_here = [&](const PreparedRow& row) {
    return here.contains(row.told.front().key) || (!row.by_id && said_last.contains(row.root)) ||
           added_by_people.contains(row.root);
  };
  std::erase_if(turn, [&](const PreparedRow& row) {
    if (!row.by_id || is_here(row)) return false;
    reject(report, {row.line, "record_id", "unknown-record",
                    "There is no record with this record_id here: leave it empty to add the customer by its ref."});
    return true;
  });
  std::vector<OwnRow> rows;
  for (PreparedRow& row : turn) {
    if (const auto standing = here.find(row.told.front().key); standing != here.end()) {
      ahead->columns().keep_spelling(standing->second.stored.record, row.told);
      row.encoded = encode_told(ledger.schema(), row.told);
    }
    HOLDLINE_ASSIGN(rows.emplace_back(), row_of(row, said_last, !is_here(row)));
  }
  return rows;
}

void CustomerImport::Impl::count(RowOutcome outcome, PreparedRow& row) {
  if (outcome.deleted) report.deleted.add(ahead->columns().ref_of(row.told));
  if (outcome.followed) report.merged.add(ahead->columns().ref_of(row.told));
  switch (outcome.effect) {
    case RowEffect::created:
      ++report.created;
      created.emplace_back(row.line, std::move(row.told));
      return;
    case RowEffect::updated:
      ++report.updated;
      return;
    case RowEffect::unchanged:
      ++report.unchanged;
      // Those that a run took which did not come to this.
      if (report.earlier && row.line <= report.earlier->line) created.emplace_back(row.line, std::move(row.told));
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
  run.line = looked_at_line;
  if (run.state != ImportRun::State::finished) run.read = looked_at_offset;
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
  if (!portion.rows.empty()) {
    looked_at_line = portion.rows.back().line;
    looked_at_offset = portion.rows.back().offset;
  }
  std::vector<sync::Finding> findings;
  turn.clear();
  for (PreparedRow& row : portion.rows) {
    std::ranges::move(row.findings, std::back_inserter(findings));
    if (row.rejected)
      reject(report, *std::move(row.rejected));
    else
      turn.push_back(std::move(row));
  }
  const bool note_rejected = turn.empty() && !portion.rows.empty() && now_ms - run.at_ms >= between_notes_ms;
  if (!turn.empty() || note_rejected) {
    OwnWork work;
    work.rows = [this](LedgerTransaction& transaction) { return rows_of(transaction); };
    work.dry_run = request.dry_run;
    work.name = import_name(run);
    work.acceptance = sync::answered(findings, request.acceptance);
    work.run = [this, now_ms](std::span<const RowOutcome> outcomes) { return noted(outcomes, now_ms); };
    HOLDLINE_ASSIGN(auto outcomes, intake.take_own(std::move(work), now_ms));
    for (std::size_t n = 0; n < outcomes.size(); ++n) count(std::move(outcomes[n]), turn[n]);
    duplicates.add(std::exchange(created, {}));
  }
  if (!portion.last) return {};
  std::ranges::stable_sort(report.rejected, {}, &RejectedRow::line);
  phase = report.partial || source_is_new ? Phase::duplicates : Phase::missing;
  return {};
}

// A portion of what the source said before, of this scope: other scopes of it have files of their own. False: that was
// all.
Result<bool> CustomerImport::Impl::find_missing(std::size_t portion) {
  HOLDLINE_ASSIGN(const auto snapshot, ledger.reader());
  HOLDLINE_ASSIGN(const auto rows, snapshot->all_imported(request.source, looked_at, portion));
  const sync::Collection& customers = *ledger.schema().collection("customer");
  for (const ImportedRow& row : rows) {
    if (ahead->seen().contains(row.root)) continue;
    HOLDLINE_ASSIGN(const auto told, decode_told(ledger.schema(), row.told));
    const std::string ref = ahead->columns().ref_of(told);
    const Id root = root_of(customers, request.scope, sync::fold_key(ref));
    const bool of_scope = row.root == root || row.root == root_of(customers, request.scope, ref);
    if (!of_scope || ahead->seen().contains(root)) continue;
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
      HOLDLINE_ASSIGN(const bool more, import.duplicates.look(ops));
      if (more) return true;
      import.report.duplicate_count = import.duplicates.search().count();
      import.report.duplicates = std::move(import.duplicates.search()).found();
      import.phase = Impl::Phase::noting;
      return true;
    }
    case Impl::Phase::noting:
      HOLDLINE_TRY(import.note_end(intake, now_ms));
      import.phase = Impl::Phase::done;
      import.lease.end();
      return false;
    case Impl::Phase::done:
      return false;
  }
  return false;
}

}  // namespace holdline::hub
