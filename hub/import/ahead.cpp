#include "hub/import/ahead.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "sync/action/validate.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t block_rows = 200;
constexpr std::size_t most_ready = 40;  // blocks: some megabytes
// For the ledger's thread, on which pushes wait as well.
constexpr std::chrono::milliseconds longest_wait{4};

// Rules between fields that values of the op break, and not what is missing.
std::vector<sync::Finding> broken_by_values(const sync::Schema& schema, const sync::Op& op) {
  auto findings = sync::validate_rules(schema, op, 0);
  const sync::Collection& collection = *schema.collection(op.record.collection);
  std::erase_if(findings, [&](const sync::Finding& finding) {
    const auto field = collection.field(finding.field);
    return !field || std::ranges::find(op.changes, *field, &sync::FieldChange::field) == op.changes.end();
  });
  return findings;
}

}  // namespace

RowsAhead::RowsAhead(const sync::Schema& schema, platform::TableRows rows, ImportColumns columns,
                     const ImportRequest& request, std::int64_t now_ms, const platform::Clock* clock)
    : schema_(schema),
      rows_(std::move(rows)),
      columns_(std::move(columns)),
      request_(request),
      now_ms_(now_ms),
      size_(rows_.size()) {
  if (clock == nullptr) return;
  thread_ = std::make_unique<platform::TaskThread>(*clock);
  const platform::MutexLock lock(mutex_);
  working_ = thread_->post([this] { prepare_while_wanted(); });
}

RowsAhead::~RowsAhead() {
  const platform::MutexLock lock(mutex_);
  stopping_ = true;
}

void RowsAhead::prepare_while_wanted() {
  for (;;) {
    {
      const platform::MutexLock lock(mutex_);
      if (stopping_ || at_end_ || ready_.size() >= most_ready) {
        working_ = false;
        return;
      }
    }
    Block block = prepare();
    const platform::MutexLock lock(mutex_);
    at_end_ = block.last;
    ready_.push_back(std::move(block));
    changed_.notify_one();
  }
}

RowsAhead::Block RowsAhead::prepare() {
  Block block;
  const std::uint64_t empty_before = rows_.empty_lines();
  while (block.rows.size() < block_rows) {
    const auto row = rows_.next();
    block.last = !row;
    if (!row) break;
    if (row->is_blank()) {
      ++block.blank;
      continue;
    }
    if (auto looked_at = look_at(*row)) block.rows.push_back(*std::move(looked_at));
  }
  block.blank += rows_.empty_lines() - empty_before;
  return block;
}

std::optional<PreparedRow> RowsAhead::look_at(const platform::CsvRow& row) {
  PreparedRow prepared{row.line, rows_.offset()};
  const auto reject = [&](std::string field, std::string code, std::string message) {
    std::string label = columns_.label_of(field);
    prepared.rejected = RejectedRow{row.line, std::move(field), std::move(code), std::move(message), std::move(label)};
    return std::optional(std::move(prepared));
  };
  if (!row.wrong.empty()) return reject("", "malformed", "The row " + row.wrong + ".");
  auto read = columns_.read(row.fields, request_.scope, request_.site, now_ms_);
  if (!read) return reject(read.error().code == "required" ? "ref" : "", read.error().code, read.error().message);
  const auto [first, is_new] = seen_.try_emplace(read->told.front().key.id, row.line);
  if (!is_new)
    return reject("ref", "ref-twice",
                  "The file names this customer in line " + std::to_string(first->second) + " already.");
  auto open = sync::unanswered(read->findings, request_.acceptance);
  // What it says for the first time has to be right by itself, whatever is compared later.
  sync::ActionHeader header;
  header.acceptance = request_.acceptance;
  const std::vector<sync::Finding> said = open;
  const auto add = [&](std::vector<sync::Finding> more) {
    for (sync::Finding& finding : more)
      if (std::ranges::find(said, finding.field, &sync::Finding::field) == said.end())
        open.push_back(std::move(finding));
  };
  ToldCustomer whole = read->told;
  const auto ops = columns_.changes({}, whole);
  for (const sync::Op& op : ops) add(sync::validate(schema_, op, &header));
  // What a whole record would break is judged beside what is here already, for rows that are right by themselves; of
  // others what can be said now.
  if (!open.empty())
    for (const sync::Op& op : ops) add(broken_by_values(schema_, op));
  if (!open.empty()) {
    // Nothing that is said of a row is lost: whoever puts it right does so once.
    std::string message = open.front().message;
    for (std::size_t n = 1; n < open.size(); ++n) message += " " + open[n].message;
    return reject(open.front().field, open.front().code, std::move(message));
  }
  prepared.encoded = encode_told(schema_, read->told);
  prepared.root = read->told.front().key.id;
  prepared.told = std::move(read->told);
  prepared.findings = std::move(read->findings);
  prepared.by_id = read->by_id;
  return prepared;
}

RowsAhead::Portion RowsAhead::take(std::size_t records) {
  Portion portion;
  std::size_t taken = 0;
  for (bool waited = false; taken < records && portion.rows.size() < records && !portion.last;) {
    if (!thread_) {
      const platform::MutexLock lock(mutex_);
      if (ready_.empty()) ready_.push_back(prepare());
    }
    const platform::MutexLock lock(mutex_);
    if (thread_ && !working_ && !at_end_ && ready_.size() < most_ready / 2)
      working_ = thread_->post([this] { prepare_while_wanted(); });
    if (ready_.empty() && (waited || !portion.rows.empty())) return portion;
    if (ready_.empty()) {
      changed_.wait_for(mutex_, longest_wait);
      waited = true;
      continue;
    }
    Block& block = ready_.front();
    portion.blank += std::exchange(block.blank, 0);
    for (; !block.rows.empty() && taken < records && portion.rows.size() < records; block.rows.pop_front()) {
      taken += std::max<std::size_t>(1, block.rows.front().told.size());
      portion.rows.push_back(std::move(block.rows.front()));
    }
    if (!block.rows.empty()) continue;
    portion.last = block.last;
    ready_.pop_front();
  }
  return portion;
}

}  // namespace holdline::hub
