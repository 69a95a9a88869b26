// Customers, entries or callbacks of one scope out of the ledger, as a text that the administrator keeps as a file. It
// is handed out only after the list of exports (collection data_export) has it durably: who, when, what for, how many
// rows, what was left out and why, and the file's SHA-256. Whom the purpose does not allow is left out
// (sync/table/audience.hpp); merged customers are one row, with the numbers of all.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/intake/intake.hpp"
#include "platform/text/table_writer.hpp"
#include "sync/table/audience.hpp"
#include "sync/table/export.hpp"

namespace holdline::hub {

class DataExport {
 public:
  // ask_person: what sync::check_export() refuses; "no-person" (`by` is empty); what the list of exports could not
  // hold, as "too-long". `ledger` must outlive it.
  static Result<DataExport> begin(Ledger& ledger, sync::ExportRequest request, std::string by);

  // Goes on with about `records`; all of them are of one moment. False: it is done, and listed. On the ledger's thread.
  // ask_person "too-much" when the file would be larger than what one answer holds.
  Result<bool> take(Ledger& ledger, Intake& intake, const Id& id, std::size_t records, std::int64_t now_ms);

  // When it is done.
  const std::string& text() const { return text_; }
  const sync::ExportDone& done() const { return done_; }

 private:
  DataExport(Ledger& ledger, sync::ExportRequest request);
  Result<bool> take_told(std::size_t records);
  Result<bool> take_children(std::size_t records);
  void take_row(sync::Record record);
  Result<bool> take_rows(std::size_t records);
  Result<void> list(const sync::Schema& schema, Intake& intake, const Id& id, std::int64_t now_ms);

  sync::ExportRequest request_;
  const sync::Collection* collection_;
  std::unique_ptr<sync::ExportTable> table_;
  platform::TableWriter writer_;
  std::unique_ptr<LedgerReader> reader_;  // one moment
  sync::Audience audience_;
  std::vector<const sync::Collection*> told_;         // still to be told to it
  std::map<Id, std::vector<sync::Record>> children_;  // by whom they are about today
  std::size_t kind_ = 0;
  Id after_;
  std::string text_;
  sync::ExportDone done_;
};

}  // namespace holdline::hub
