// Fields of one record by the names of the schema. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "sync/action/record.hpp"

namespace holdline::sync {

// What the record does not have, or has in another type, or the schema does not know, is empty. Both must outlive it.
class RecordFields {
 public:
  RecordFields(const Collection& collection, const Record& record) : collection_(collection), record_(record) {}

  std::string text(std::string_view field) const { return value_or<std::string>(field, {}); }
  std::int64_t number(std::string_view field, std::int64_t otherwise = 0) const {  // also a time
    return value_or<std::int64_t>(field, otherwise);
  }
  bool flag(std::string_view field) const { return value_or<bool>(field, false); }
  Id id(std::string_view field) const { return value_or<Id>(field, {}); }
  // Of a set: what is not removed, in order, each once.
  std::vector<std::string> texts(std::string_view field) const {
    std::vector<std::string> texts;
    for (const Element& element : value_or<Elements>(field, {}))
      if (!element.removed) texts.push_back(element.text);
    std::ranges::sort(texts);
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
  }
  // Of a set of ids: those that are ids.
  std::vector<Id> ids(std::string_view field) const {
    std::vector<Id> ids;
    for (const std::string& text : texts(field))
      if (const auto id = Id::parse(text)) ids.push_back(*id);
    return ids;
  }

 private:
  template <class T>
  T value_or(std::string_view field, T otherwise) const {
    const auto index = collection_.field(field);
    if (!index || *index >= record_.fields.size()) return otherwise;
    const auto* value = std::get_if<T>(&record_.fields[*index]);
    return value ? *value : otherwise;
  }

  const Collection& collection_;
  const Record& record_;
};

}  // namespace holdline::sync
