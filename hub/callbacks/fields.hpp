// Values of a record by the names of the schema. A field that the schema of this ledger does not have is empty.
// Internal to hub/callbacks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/action/action.hpp"

namespace holdline::hub {

class RecordFields {
 public:
  RecordFields(const sync::Collection& collection, const sync::Record& record)
      : collection_(collection), record_(record) {}

  std::string text(std::string_view field) const { return value<std::string>(field); }
  std::int64_t number(std::string_view field) const { return value<std::int64_t>(field); }  // also a time
  bool flag(std::string_view field) const { return value<bool>(field); }
  sync::Id id(std::string_view field) const { return value<sync::Id>(field); }
  std::vector<sync::Id> ids(std::string_view field) const {
    std::vector<sync::Id> ids;
    for (const sync::Element& element : value<sync::Elements>(field))
      if (const auto id = sync::Id::parse(element.text); id && !element.removed) ids.push_back(*id);
    return ids;
  }
  std::vector<std::string> texts(std::string_view field) const {
    std::vector<std::string> texts;
    for (const sync::Element& element : value<sync::Elements>(field))
      if (!element.removed) texts.push_back(element.text);
    return texts;
  }

 private:
  template <class T>
  T value(std::string_view field) const {
    const auto index = collection_.field(field);
    if (!index || *index >= record_.fields.size()) return {};
    const auto* value = std::get_if<T>(&record_.fields[*index]);
    return value ? *value : T{};
  }

  const sync::Collection& collection_;
  const sync::Record& record_;
};

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
