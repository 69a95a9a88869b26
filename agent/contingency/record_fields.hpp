// Fields of a record by their names, read and written: for records that this folder and agent/runbook make without a
// form. Pure. Internal to agent.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sync/action/record.hpp"

namespace holdline::agent {

// Fields of one record; what it does not have is empty.
class FieldsByName {
 public:
  FieldsByName(const sync::Collection& collection, const sync::Record& record)
      : collection_(collection), record_(record) {}

  std::string text(std::string_view name) const {
    const auto* value = std::get_if<std::string>(at(name));
    return value ? *value : std::string();
  }
  std::int64_t number(std::string_view name, std::int64_t otherwise) const {
    const auto* value = std::get_if<std::int64_t>(at(name));
    return value ? *value : otherwise;
  }
  bool flag(std::string_view name) const {
    const auto* value = std::get_if<bool>(at(name));
    return value != nullptr && *value;
  }
  // Of a set, in order and each once.
  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> found;
    if (const auto* elements = std::get_if<sync::Elements>(at(name)))
      for (const sync::Element& element : *elements)
        if (!element.removed) found.push_back(element.text);
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

 private:
  const sync::Value* at(std::string_view name) const {
    static const sync::Value nothing{sync::Null{}};
    const auto field = collection_.field(name);
    return field && *field < record_.fields.size() ? &record_.fields[*field] : &nothing;
  }

  const sync::Collection& collection_;
  const sync::Record& record_;
};

// The create of one record, field by field. `place`: of its op in the action. The collection has every field named.
class NewRecord {
 public:
  NewRecord(const sync::Schema& schema, std::string_view collection, std::string scope, std::uint32_t place)
      : collection_(*schema.collection(collection)),
        op_{sync::OpKind::create, {collection_.no, created_here(place)}, std::move(scope), 0, {}, {}} {}

  // Texts that are empty say nothing.
  NewRecord& set(std::string_view name, sync::Value value) {
    const auto* text = std::get_if<std::string>(&value);
    if (!text || !text->empty())
      op_.changes.push_back({*collection_.field(name), sync::Value(sync::Null{}), std::move(value), {}, {}});
    return *this;
  }
  NewRecord& add(std::string_view name, const std::vector<std::string>& elements) {
    op_.changes.push_back({*collection_.field(name), {}, {}, elements, {}});
    return *this;
  }
  sync::Op made() {
    std::ranges::sort(op_.changes, {}, &sync::FieldChange::field);
    return std::move(op_);
  }

 private:
  const sync::Collection& collection_;
  sync::Op op_;
};

}  // namespace holdline::agent
