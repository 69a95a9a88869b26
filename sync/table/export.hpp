// Records as the rows of a table that leaves the system: which fields go along, what the columns are called, what
// stands in the cells. What is exported of customers can be imported again and changes nothing. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"
#include "sync/schema/schema.hpp"
#include "sync/table/audience.hpp"

namespace holdline::sync {

// Several values of one name are columns name, name2, … of a CSV file, and a list in JSON.
using ExportCell = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

class ExportTable {
 public:
  // Of one collection that can be exported: customers (with their telephone numbers and e-mail addresses), entries,
  // callbacks. `fields`: which of it may go along; references of customers to other records and what the schema
  // replicates nowhere never do. `schema` must outlive it.
  ExportTable(const Schema& schema, const Collection& collection, FieldMask fields);

  const std::vector<std::string>& names() const { return names_; }
  // One for each name. `children`: of a customer and of those who were merged into it, of any collection; a number that
  // several of them have stands once. `customer_now`: whom a record is about today, when its customer was merged.
  std::vector<ExportCell> cells(const Record& record, std::span<const Record> children,
                                std::optional<Id> customer_now = {}) const;
  // The collections of children it wants to be told.
  const std::vector<const Collection*>& kinds() const { return kinds_; }

 private:
  const Collection& collection_;
  std::vector<FieldIndex> fields_;
  std::vector<const Collection*> kinds_;
  std::vector<std::string> names_;
};

// Which collections can be exported: by the name in the schema, or entries and callbacks as people call them. Null:
// this one cannot.
const Collection* exported_collection(const Schema& schema, std::string_view name);

// A customer that a file brought and nobody has checked since.
bool is_unverified(const Collection& customers, const Record& customer);

// What is asked of somebody who takes data out, and kept.
struct ExportRequest {
  std::string collection, scope, purpose, reason;
  bool json = false;
  bool sensitive = false;  // with fields that lists leave out
};
// ask_person: "no-export-list" (the schema does not have one), "unknown-collection", "unknown-purpose" (names those
// there are), "no-reason".
Result<void> check_export(const Schema& schema, const ExportRequest& request);

// What came of it.
struct ExportDone {
  std::uint64_t rows = 0;
  LeftOutCounts left_out = {};
  std::string sha256;           // of the file, in hexadecimal
  std::string person, station;  // by name
  std::int64_t at_ms = 0;
};
// The record of the list of exports. Its id is still to be filled in.
Op export_record(const Schema& schema, const ExportRequest& request, const ExportDone& done);

}  // namespace holdline::sync
