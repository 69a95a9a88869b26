// Drafts of what people do, each with its token in a text that no other deed writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/view/view.hpp"
#include "tests/sim/people/deeds.hpp"
#include "tests/sim/world/chance.hpp"

namespace holdline::sim {

// The key of one of ten numbers that people add to a customer: the same number is one record.
sync::RecordKey phone_key(const sync::Schema& schema, const sync::Id& customer, unsigned number);

class Drafts {
 public:
  // `form`: the version that the person has before them; `schema` has all its fields at their places.
  Drafts(const sync::Schema& schema, const sync::Schema& form, std::string token)
      : schema_(schema), form_(form), token_(std::move(token)) {}

  std::vector<sync::Op> entry(const std::string& scope) const;
  std::vector<sync::Op> callback(const std::string& scope) const;
  std::vector<sync::Op> do_not_contact(const std::string& scope) const;
  // With an email address under it.
  std::vector<sync::Op> customer(const std::string& scope) const;
  // The same number may be added by several people at once: it is one record.
  std::vector<sync::Op> phone(const agent::Shown& customer, unsigned number) const;
  // What was typed for a number.
  std::vector<sync::Op> edit_phone(const agent::Shown& phone) const;
  // With an entry that says so: a deletion itself has no text.
  std::vector<sync::Op> erase_phone(const agent::Shown& phone) const;
  std::vector<sync::Op> edit_text(const agent::Shown& customer, std::string_view field) const;
  std::vector<sync::Op> edit_address(const agent::Shown& customer) const;
  std::vector<sync::Op> add_tag(const agent::Shown& customer) const;
  // Another one in its place; adds one where there is none.
  std::vector<sync::Op> replace_tag(const agent::Shown& customer) const;
  // A remark, and a step to the next state where there is one.
  std::vector<sync::Op> follow_up(const agent::Shown& entry) const;
  // Empty when the conflict cannot be resolved from here. `subject`: the record it is about.
  std::vector<sync::Op> resolve(const agent::Shown& conflict, const std::optional<agent::Shown>& subject,
                                bool take_other) const;

 private:
  sync::Op op(sync::OpKind kind, std::string_view collection, const std::string& scope) const;
  sync::Op edit_of(const agent::Shown& shown) const;
  void set(sync::Op& op, std::string_view field, sync::Value value, sync::Base base = sync::BaseUnknown{}) const;
  void change(sync::Op& op, const agent::Shown& shown, std::string_view field, sync::Value value) const;
  void add(sync::Op& op, std::string_view field) const;

  bool asks_for(std::string_view collection, std::string_view field) const;

  const sync::Schema &schema_, &form_;
  std::string token_;
};

}  // namespace holdline::sim
