// A row of a file as what its source says of one customer, and the ops that bring the ledger from what the source said
// last to what it says now. Pure.
// Internal to hub/import.
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
#include "sync/table/columns.hpp"

namespace holdline::hub {

// What one source says of one customer: the customer, then its phones and e-mail addresses, with the values it gave and
// no others. Ids derive from scope and `ref`, or are those of a customer whom people added with that ref.
using ToldCustomer = std::vector<sync::Record>;

// By what a source's customer is known whatever it calls the record: `ref` as sync::fold_key() has it. Files that were
// imported before had it as written.
sync::Id root_of(const sync::Collection& customers, const std::string& scope, const std::string& ref);

// Says the same of another record.
void say_of(const sync::Schema& schema, const sync::Id& customer, ToldCustomer& told);

sync::Bytes encode_told(const sync::Schema& schema, const ToldCustomer& told);
// stop "malformed-told".
Result<ToldCustomer> decode_told(const sync::Schema& schema, std::string_view bytes);

// What a file says, row by row.
class ImportColumns {
 public:
  // `schema` must outlive it. `once`: what new customers have besides, by the name of the field; what the schema does
  // not have, or the file has a column for, is left out.
  ImportColumns(const sync::Schema& schema, sync::TableColumns columns, std::map<std::string, sync::Value> once = {});
  std::vector<std::pair<std::string, std::string>> described() const { return columns_.described(); }

  struct Row {
    ToldCustomer told;
    std::vector<sync::Finding> findings;  // what could not be put right, and what is worth a question
    bool by_id = false;                   // the row names its record, which has to be there
  };
  // ask_person: why the row cannot be used; quotes nothing of it.
  Result<Row> read(const std::vector<std::string>& cells, const std::string& scope, const sync::Site& site,
                   std::int64_t now_ms) const;
  // `before`: what the source said last, empty when it never said anything. Values that it says as before are not
  // touched, whatever became of them here; one that it has given up is cleared, a number or address removed. What the
  // file has no column for stays as it was said, which `now` then says too.
  std::vector<sync::Op> changes(const ToldCustomer& before, ToldCustomer& now) const;
  // To the ops of a customer who is not here yet: `once`.
  void add_once(std::vector<sync::Op>& ops) const;
  std::string ref_of(const ToldCustomer& told) const;
  // The ref as it stands, or was told before, when it is the same but for its spelling.
  void keep_spelling(const sync::Record& standing, ToldCustomer& told) const;
  std::string label_of(const std::string& field) const { return columns_.label_of(field); }

 private:
  const sync::Collection& customer() const { return *customer_; }
  bool has(sync::CollectionNo collection) const;
  void put(const sync::TableColumn& column, const std::string& cell, std::vector<sync::Op>& ops,
           std::vector<sync::Finding>& findings) const;
  void put_right(sync::Op& op, const sync::Site& site, std::int64_t now_ms, std::vector<sync::Finding>& findings) const;
  void keep_unsaid(const sync::Record& before, sync::Record& now) const;
  std::vector<sync::FieldChange> changed_fields(const sync::Record& before, const sync::Record& now) const;

  const sync::Schema* schema_;
  const sync::Collection* customer_;
  sync::TableColumns columns_;
  std::vector<std::pair<sync::FieldIndex, sync::Value>> once_;
};

}  // namespace holdline::hub
