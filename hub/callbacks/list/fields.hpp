// Records made and changed by the names of the schema; a field that the schema of this ledger does not have is left
// out. Internal to hub/callbacks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::hub {

using sync::RecordFields;

// An op that makes a record, or changes one, of these values.
class RecordOp {
 public:
  RecordOp(const sync::Collection& collection, sync::OpKind kind, const sync::Id& id, std::string scope)
      : collection_(collection), op_{kind, {collection.no, id}, std::move(scope), 0, {}, {}} {}

  // An empty text is no value. `base`: what it was made from, of a change.
  RecordOp& set(std::string_view field, sync::Value value, sync::Value base = sync::Null{});
  RecordOp& add(std::string_view field, std::vector<std::string> elements);
  sync::Op op() &&;

 private:
  const sync::Collection& collection_;
  sync::Op op_;
};

}  // namespace holdline::hub
