#include "tests/sim/people/drafts.hpp"

#include <algorithm>

#include "agent/view/conflict_choice.hpp"
#include "sync/merge/conflicts.hpp"
#include "sync/merge/merge.hpp"
#include "sync/reference/reference.hpp"

namespace holdline::sim {

namespace {

std::vector<sync::Op> in_order(std::vector<sync::Op> ops) {
  for (sync::Op& op : ops) std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return ops;
}

std::string number_of(unsigned number) { return "+44207946000" + std::to_string(number % 10); }

std::uint64_t number_from(std::string_view token) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : sync::sha256(token).bytes) number = number * 257 + byte;
  return number;
}

}  // namespace

sync::RecordKey phone_key(const sync::Schema& schema, const sync::Id& customer, unsigned number) {
  const sync::CollectionNo collection = schema.collection("phone")->no;
  return {collection, sync::natural_id(collection, customer, number_of(number))};
}

sync::Op Drafts::op(sync::OpKind kind, std::string_view collection, const std::string& scope) const {
  sync::Op made{kind, {schema_.collection(collection)->no, {}}, scope, 0, {}, {}};
  // As a desk gives it; what has none gets one at the hub, of which the model knows nothing.
  const auto& reference = schema_.collection(collection)->reference;
  if (kind == sync::OpKind::create && reference)
    made.changes.push_back({*reference, sync::BaseUnknown{}, sync::reference_text(number_from(token_)), {}, {}});
  return made;
}

sync::Op Drafts::edit_of(const agent::Shown& shown) const {
  return {sync::OpKind::edit, shown.record.key, shown.record.scope, shown.cn, {}, {}};
}

bool Drafts::asks_for(std::string_view collection, std::string_view field) const {
  return form_.collection(collection)->field(field).has_value();
}

void Drafts::set(sync::Op& op, std::string_view field, sync::Value value, sync::Base base) const {
  op.changes.push_back(
      {*schema_.collection(op.record.collection)->field(field), std::move(base), std::move(value), {}, {}});
}

void Drafts::change(sync::Op& op, const agent::Shown& shown, std::string_view field, sync::Value value) const {
  const auto index = *schema_.collection(op.record.collection)->field(field);
  set(op, field, std::move(value), sync::make_base(shown.record.fields[index]));
}

void Drafts::add(sync::Op& op, std::string_view field) const {
  op.changes.push_back(
      {*schema_.collection(op.record.collection)->field(field), sync::BaseUnknown{}, {}, {"added " + token_}, {}});
}

std::vector<sync::Op> Drafts::entry(const std::string& scope) const {
  sync::Op made = op(sync::OpKind::create, "manual_entry", scope);
  const bool has_more = asks_for("manual_entry", "extra");
  set(made, "kind", std::string(has_more ? "chat" : "message"));
  if (has_more) set(made, "extra", std::string("of a later form"));
  set(made, "status", std::string("open"));
  set(made, "note", "please call back " + token_);
  return in_order({made});
}

std::vector<sync::Op> Drafts::callback(const std::string& scope) const {
  sync::Op made = op(sync::OpKind::create, "callback_request", scope);
  set(made, "name", std::string("Ada"));
  set(made, "phone", std::string("+442079460000"));
  set(made, "reason", "promised " + token_);
  set(made, "state", std::string("open"));
  return in_order({made});
}

std::vector<sync::Op> Drafts::do_not_contact(const std::string& scope) const {
  sync::Op made = op(sync::OpKind::create, "suppression", scope);
  set(made, "kind", std::string("number"));
  set(made, "value_hash", "hash " + token_);
  set(made, "status", std::string("do_not_contact"));
  return in_order({made});
}

std::vector<sync::Op> Drafts::customer(const std::string& scope) const {
  sync::Op made = op(sync::OpKind::create, "customer", scope);
  set(made, "given", std::string("Grace"));
  if (asks_for("customer", "nickname")) set(made, "nickname", std::string("Amazing"));
  set(made, "family", "new " + token_);
  sync::Op email = op(sync::OpKind::create, "email", scope);
  set(email, "customer", agent::created_here(0));
  set(email, "addr", std::string("grace@example.org"));
  return in_order({made, email});
}

std::vector<sync::Op> Drafts::phone(const agent::Shown& customer, unsigned number) const {
  sync::Op made = op(sync::OpKind::create, "phone", customer.record.scope);
  made.record = phone_key(schema_, customer.record.key.id, number);
  set(made, "customer", customer.record.key.id);
  set(made, "e164", number_of(number));
  set(made, "as_typed", "as " + token_);
  return in_order({made});
}

std::vector<sync::Op> Drafts::edit_phone(const agent::Shown& phone) const {
  sync::Op edit = edit_of(phone);
  change(edit, phone, "as_typed", "again " + token_);
  return {edit};
}

std::vector<sync::Op> Drafts::erase_phone(const agent::Shown& phone) const {
  std::vector<sync::Op> ops = entry(phone.record.scope);
  sync::Op erase{sync::OpKind::erase_row, phone.record.key, phone.record.scope, phone.cn, {}, {}};
  erase.seen_digest = sync::seen_digest(*schema_.collection("phone"), phone.record, {});
  ops.push_back(std::move(erase));
  return ops;
}

std::vector<sync::Op> Drafts::edit_text(const agent::Shown& customer, std::string_view field) const {
  sync::Op edit = edit_of(customer);
  change(edit, customer, field, "edit " + token_);
  return in_order({edit});
}

std::vector<sync::Op> Drafts::edit_address(const agent::Shown& customer) const {
  sync::Op edit = edit_of(customer);
  change(edit, customer, "street", "street " + token_);
  change(edit, customer, "postcode", std::string("LS1 4AP"));
  change(edit, customer, "city", std::string("Leeds"));
  change(edit, customer, "country", std::string("GB"));
  return in_order({edit});
}

std::vector<sync::Op> Drafts::add_tag(const agent::Shown& customer) const {
  sync::Op edit = edit_of(customer);
  add(edit, "tags");
  return {edit};
}

std::vector<sync::Op> Drafts::replace_tag(const agent::Shown& customer) const {
  const auto field = *schema_.collection("customer")->field("tags");
  std::vector<sync::Op> ops = add_tag(customer);
  if (const auto* tags = std::get_if<sync::Elements>(&customer.record.fields[field]))
    for (const sync::Element& tag : *tags)
      if (!tag.removed && ops.front().changes.front().removes.empty())
        ops.front().changes.front().removes.push_back(tag.tag);
  return ops;
}

std::vector<sync::Op> Drafts::follow_up(const agent::Shown& entry) const {
  const auto& collection = *schema_.collection("manual_entry");
  const auto& status = collection.fields[*collection.field("status")];
  sync::Op edit = edit_of(entry);
  add(edit, "follow_ups");
  const auto* state = std::get_if<std::string>(&entry.record.fields[*collection.field("status")]);
  const auto next = state != nullptr ? status.transitions.find(*state) : status.transitions.end();
  if (next != status.transitions.end() && !next->second.empty())
    change(edit, entry, "status", next->second[token_.size() % next->second.size()]);
  return in_order({edit});
}

std::vector<sync::Op> Drafts::resolve(const agent::Shown& conflict, const std::optional<agent::Shown>& subject,
                                      bool take_other) const {
  const auto values = sync::conflict_values(schema_, conflict.record);
  if (!values) return {};
  // A state may have no way back to the one that lost.
  const bool can_take =
      !values->about_deletion &&
      schema_.collection(values->record.collection)->units[values->unit].policy != sync::MergePolicy::transition;
  return agent::ops_of_choice(schema_, conflict, *values, subject, take_other && can_take, "because " + token_);
}

}  // namespace holdline::sim
