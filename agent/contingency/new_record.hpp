// Records that this folder and agent/runbook make without a form, by the names of their fields. Pure. Internal to
// agent.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::agent {

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
