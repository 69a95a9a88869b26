// The rows of a file, read and checked ahead of the ledger: on a thread of its own, so that the ledger's thread only
// compares and writes, or when they are asked for.
// Internal to hub/import.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/import/import.hpp"
#include "hub/import/rows.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"
#include "platform/text/table_rows.hpp"

namespace holdline::hub {

// A row that was looked at: rejected, or what it says.
struct PreparedRow {
  std::uint64_t line = 0;
  std::size_t offset = 0;  // in the file, behind it
  std::optional<RejectedRow> rejected = {};
  Id root = {};  // by which its source knows the customer, whatever record that is here
  ToldCustomer told = {};
  sync::Bytes encoded = {};                  // `told`
  std::vector<sync::Finding> findings = {};  // that were asked and answered
  bool by_id = false;
};

class RowsAhead {
 public:
  // `clock`: for the thread; null: none, rows are read when they are asked for. All must outlive it.
  RowsAhead(const sync::Schema& schema, platform::TableRows rows, ImportColumns columns, const ImportRequest& request,
            std::int64_t now_ms, const platform::Clock* clock);
  ~RowsAhead();

  struct Portion {
    std::vector<PreparedRow> rows;
    std::uint64_t blank = 0;
    bool last = false;  // there are no more
  };
  // Rows of about `records` records. Waits for the thread for a few milliseconds at most, so it may be nothing.
  Portion take(std::size_t records);
  // Customers that rows named, and their lines. After the last portion.
  const std::unordered_map<Id, std::uint64_t>& seen() const { return seen_; }
  const ImportColumns& columns() const { return columns_; }
  std::size_t size() const { return size_; }

 private:
  struct Block {
    std::deque<PreparedRow> rows;
    std::uint64_t blank = 0;
    bool last = false;
  };
  void prepare_while_wanted();
  Block prepare();
  std::optional<PreparedRow> look_at(const platform::CsvRow& row);

  const sync::Schema& schema_;
  platform::TableRows rows_;
  const ImportColumns columns_;
  const ImportRequest& request_;
  const std::int64_t now_ms_;
  const std::size_t size_;
  std::unordered_map<Id, std::uint64_t> seen_;

  platform::Mutex mutex_;
  platform::Condition changed_;
  std::deque<Block> ready_ HOLDLINE_GUARDED_BY(mutex_);
  bool working_ HOLDLINE_GUARDED_BY(mutex_) = false, at_end_ HOLDLINE_GUARDED_BY(mutex_) = false,
                stopping_ HOLDLINE_GUARDED_BY(mutex_) = false;
  std::unique_ptr<platform::TaskThread> thread_;  // last: it ends first
};

}  // namespace holdline::hub
