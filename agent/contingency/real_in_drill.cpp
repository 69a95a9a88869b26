#include "agent/contingency/real_in_drill.hpp"

#include <algorithm>

#include "sync/table/practice.hpp"

namespace holdline::agent {

namespace {

constexpr std::string_view real_in_drill = "real-in-drill";

bool types(const IsTyped& is_typed, const sync::Schema& schema, const sync::Op& op) {
  const sync::Collection* collection = schema.collection(op.record.collection);
  return collection && is_typed(collection->name);
}

// Marked itself, when it is saved.
bool will_be_marked(const sync::Schema& schema, const sync::Op& op) {
  return op.kind == sync::OpKind::create && sync::bears_practice_mark(*schema.collection(op.record.collection));
}

bool is_marked(const sync::Schema& schema, const sync::Op& op) {
  const auto& fields = schema.collection(op.record.collection)->fields;
  return std::ranges::any_of(op.changes, [&](const sync::FieldChange& change) {
    return fields[change.field].filled_with == sync::Filling::drill && change.value == sync::Value(true);
  });
}

// On what a new record hangs, or about whom it is: the first reference that is given.
std::optional<sync::RecordKey> subject_of(const sync::Collection& collection, const sync::Op& op) {
  for (const sync::FieldChange& change : op.changes)
    if (collection.fields[change.field].type == sync::FieldType::reference)
      if (const auto* id = std::get_if<sync::Id>(&change.value))
        return sync::RecordKey{collection.fields[change.field].target, *id};
  return std::nullopt;
}

bool is_made_here(const std::vector<sync::Op>& ops, const sync::RecordKey& key) {
  return std::ranges::any_of(ops,
                             [&](const sync::Op& op) { return op.kind == sync::OpKind::create && op.record == key; });
}

// Of a record that is there: its own mark, or that of what it hangs on.
bool is_practised(const sync::Schema& schema, View& view, const sync::RecordKey& key) {
  const auto find = [&view](const sync::RecordKey& at) { return shown_record(view, at); };
  const auto record = find(key);
  return record && sync::is_of_practice(schema, *record, find);
}

bool is_real(const sync::Schema& schema, View& view, const IsTyped& is_typed, const std::vector<sync::Op>& ops,
             const sync::Op& op) {
  if (!types(is_typed, schema, op) || will_be_marked(schema, op)) return false;
  if (op.kind != sync::OpKind::create) return !is_practised(schema, view, op.record);
  const auto subject = subject_of(*schema.collection(op.record.collection), op);
  return !subject || (!is_made_here(ops, *subject) && !is_practised(schema, view, *subject));
}

}  // namespace

bool may_be_real_in_drill(const Contingency& contingency, const sync::Schema& schema, const IsTyped& is_typed,
                          const std::vector<sync::Op>& ops) {
  if (ops.empty()) return false;
  const auto incident = contingency.in_force_on(ops.front().scope);
  if (!incident || !incident->declared.drill) return false;
  return std::ranges::any_of(
      ops, [&](const sync::Op& op) { return types(is_typed, schema, op) && !will_be_marked(schema, op); });
}

void ask_about_real(const sync::Schema& schema, View& view, const IsTyped& is_typed, const std::vector<sync::Op>& ops,
                    std::vector<sync::Finding>& findings) {
  if (std::ranges::none_of(ops, [&](const sync::Op& op) { return is_real(schema, view, is_typed, ops, op); })) return;
  findings.push_back(
      {"", std::string(real_in_drill),
       "A drill is on, and this changes something real: it cannot be marked as practice, and goes to the "
       "hub like everything else. Practise with somebody who was invented for it.",
       sync::Weight::asked});
}

bool was_practised(const Contingency& contingency, const sync::Schema& schema, const std::optional<sync::Id>& incident,
                   const std::optional<sync::Acceptance>& accepted, const std::vector<sync::Op>& ops) {
  if (!incident || (accepted && std::ranges::find(accepted->hints, real_in_drill) != accepted->hints.end()))
    return false;
  const auto known = contingency.incidents();
  const contingency::Incident* in = known->find(*incident);
  if (in == nullptr || !in->declared.drill) return false;
  return std::ranges::all_of(ops,
                             [&](const sync::Op& op) { return !will_be_marked(schema, op) || is_marked(schema, op); });
}

}  // namespace holdline::agent
