// Which column of a table means which field, for everybody who takes rows from a table: the hub's import and that of a
// workstation. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/schema/columns.hpp"
#include "sync/schema/schema.hpp"
#include "sync/table/mapping.hpp"

namespace holdline::sync {

// Columns that tables of ours have beside fields: of a file of rejected rows, which are passed over, and the id by
// which an export knows its record.
inline constexpr std::string_view rejected_row_column = "rejected_row", rejected_field_column = "rejected_field",
                                  rejected_reason_column = "rejected_because", record_id_column = "record_id";

struct TableColumn {
  std::string heading;
  const Collection* collection = nullptr;  // the customer, or what hangs on it; null: left out
  FieldIndex field = 0;
  bool guessed = false;
  bool is_record_id = false;  // then there is no collection
};

class TableColumns {
 public:
  // Of a table of customers; `schema` must outlive it. A column means what `mapping` says of its heading, else what
  // match_column() says; one without a heading is left out. `accept_guesses`: what is not told and not named like a
  // field is taken as guessed, or left out. ask_person: "columns-guessed" (the message shows every column and what it
  // would be taken for), "column-twice", "unknown-column" (told, but there is no such field, or a constant for one that
  // is a column as well), "not-of-a-file" (only the system sets the field, or it points to another record), "no-ref"
  // (nor a record_id).
  static Result<TableColumns> of(const Schema& schema, const std::vector<std::string>& headings,
                                 const Mapping& mapping = {}, bool accept_guesses = false);

  // In the order of the table; then one for each constant, which stands beside it.
  const std::vector<TableColumn>& columns() const { return columns_; }
  const std::vector<std::string>& constants() const { return constants_; }
  std::size_t in_file() const { return columns_.size() - constants_.size(); }
  // Some are taken for what they were not told to be.
  bool guessed() const;
  std::optional<std::size_t> ref() const { return ref_; }
  std::optional<std::size_t> record_id() const { return record_id_; }

  // The name of what a column means, as FIELD of a request names it: "given", "phone"; empty: left out.
  std::string meaning(const TableColumn& column) const;
  // What forms call a field of the customer or of what hangs on it; empty for none.
  std::string label_of(std::string_view field) const;
  // Each heading with its meaning.
  std::vector<std::pair<std::string, std::string>> described() const;
  // Why the cells of a row cannot be those of this table; empty: they can. Blank cells behind the last column are well.
  std::string wrong_count(const std::vector<std::string>& cells) const;

 private:
  explicit TableColumns(const Schema& schema) : schema_(&schema) {}
  const Collection& customer() const { return *schema_->collection("customer"); }
  Result<TableColumn> column_of(const std::string& heading, const Mapping& mapping) const;
  Result<void> add_constants(const Mapping& mapping);
  Result<void> check_file_says(const std::string& heading, const ColumnMatch& match) const;

  const Schema* schema_;
  std::vector<TableColumn> columns_;
  std::vector<std::string> constants_;
  std::optional<std::size_t> ref_, record_id_;
};

}  // namespace holdline::sync
