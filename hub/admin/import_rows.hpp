// A row of a file as what its source says of one customer, and the ops that bring the ledger from what the source said
// last to what it says now. Pure.
// Internal to hub/admin.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"
#include "sync/form/form.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::hub {

// What one source says of one customer: the customer, then its phones and e-mail addresses, with the values it gave and
// no others. Ids derive from scope and `ref`.
using ToldCustomer = std::vector<sync::Record>;

sync::Bytes encode_told(const sync::Schema& schema, const ToldCustomer& told);
// stop "malformed-told".
Result<ToldCustomer> decode_told(const sync::Schema& schema, std::string_view bytes);

// The columns of a file, by its header line.
class ImportColumns {
 public:
  // What a column means: the name of a field, or of a child collection; empty: it is left out.
  using Meanings = std::map<std::string, std::string>;
  // `schema` must outlive it. A column means what `told` says of its heading, else what sync::match_column() says; one
  // without a heading is left out. `accept_guesses`: what is not told and not named like a field is taken as guessed,
  // or left out. ask_person: "columns-guessed" (the message shows every column and what it would be taken for),
  // "column-twice", "unknown-column" (told, but there is no such field), "no-ref".
  static Result<ImportColumns> of(const sync::Schema& schema, const std::vector<std::string>& headings,
                                  const Meanings& told = {}, bool accept_guesses = false);
  // Each heading with its meaning, in the order of the file.
  std::vector<std::pair<std::string, std::string>> described() const;

  struct Row {
    ToldCustomer told;
    std::vector<sync::Finding> findings;  // what could not be put right, and what is worth a question
  };
  // ask_person: why the row cannot be used; quotes nothing of it.
  Result<Row> read(const std::vector<std::string>& cells, const std::string& scope, const sync::Site& site,
                   std::int64_t now_ms) const;
  // `before`: what the source said last, empty when it never said anything. Values that it says as before are not
  // touched, whatever became of them here; one that it has given up is cleared, a number or address removed. What the
  // file has no column for stays as it was said, which `now` then says too.
  std::vector<sync::Op> changes(const ToldCustomer& before, ToldCustomer& now) const;
  std::string ref_of(const ToldCustomer& told) const;

 private:
  // Where a column of the file goes.
  struct Column {
    std::string heading;
    const sync::Collection* collection = nullptr;  // null: left out
    sync::FieldIndex field = 0;
    bool guessed = false;
  };
  Result<Column> column_of(const std::string& heading, const Meanings& told) const;
  std::string meaning(const Column& column) const;
  explicit ImportColumns(const sync::Schema& schema) : schema_(&schema) {}

  const sync::Collection& customer() const { return *schema_->collection("customer"); }
  bool has(sync::CollectionNo collection) const;
  Result<void> put(const Column& column, const std::string& cell, std::vector<sync::Op>& ops) const;
  void put_right(sync::Op& op, const sync::Site& site, std::int64_t now_ms, std::vector<sync::Finding>& findings) const;
  void keep_unsaid(const sync::Record& before, sync::Record& now) const;
  std::vector<sync::FieldChange> changed_fields(const sync::Record& before, const sync::Record& now) const;

  const sync::Schema* schema_;
  std::vector<Column> columns_;
  std::size_t ref_ = 0;  // which column
};

}  // namespace holdline::hub
