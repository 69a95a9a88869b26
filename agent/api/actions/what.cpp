#include "agent/api/actions/what.hpp"

#include <algorithm>
#include <cctype>

namespace holdline::agent {

namespace {

const sync::FieldChange* change_of(const sync::Op& op, std::optional<sync::FieldIndex> field) {
  const auto found = std::ranges::find_if(op.changes, [&](const sync::FieldChange& one) { return one.field == field; });
  return field && found != op.changes.end() ? &*found : nullptr;
}

std::string text_of(const sync::Collection& collection, const sync::Op& op, std::string_view field) {
  const sync::FieldChange* change = change_of(op, collection.field(field));
  const auto* text = change ? std::get_if<std::string>(&change->value) : nullptr;
  return text ? *text : std::string();
}

std::string in_small_letters(std::string label) {
  std::ranges::transform(label, label.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return label;
}

std::string because(std::string what, const std::string& reason) {
  return what + (reason.empty() ? "" : ": " + reason);
}

// Why, as the note says that is saved beside a deletion or a merge: "Customer … merged into this one: same person".
std::string noted_reason(const sync::Schema& schema, const sync::Action& action) {
  for (const sync::Op& op : action.ops) {
    const sync::Collection& collection = *schema.collection(op.record.collection);
    if (op.kind != sync::OpKind::create || collection.name != "manual_entry") continue;
    const std::string note = text_of(collection, op, "note");
    const auto colon = note.find(": ");
    return colon == std::string::npos ? note : note.substr(colon + 2);
  }
  return {};
}

std::string in_words(std::string option) {
  std::ranges::replace(option, '_', ' ');
  return option;
}

// The records of an outage are for programs; what was decided is for people. Empty: it is another record.
std::string decision_of(const sync::Collection& collection, const sync::Op& op) {
  if (op.kind != sync::OpKind::create) return {};
  if (collection.name == "incident") return because("Outage declared", text_of(collection, op, "title"));
  if (collection.name != "incident_step") return {};
  const std::string kind = text_of(collection, op, "kind"), reason = text_of(collection, op, "reason");
  if (kind == "estimate") return because("When an outage is expected to end", reason);
  if (kind == "exception") return because("Signed for in an outage", in_words(text_of(collection, op, "point")));
  return because("Outage, " + in_words(text_of(collection, op, "trigger")), reason);
}

std::string change_or_new(const sync::Collection& collection, const sync::Op& op) {
  const bool is_new = op.kind == sync::OpKind::create;
  std::string parts;
  for (const sync::FieldChange& change : op.changes) {
    const sync::Field& field = collection.fields[change.field];
    const auto* text = std::get_if<std::string>(&change.value);
    const bool tells =
        field.search == sync::SearchKind::name || field.name == "kind" || collection.natural_key == change.field;
    if (is_new && !(text && tells)) continue;
    std::string part = is_new ? *text : field.label;
    if (field.type == sync::FieldType::picklist) std::ranges::replace(part, '_', ' ');
    parts += (parts.empty() ? "" : ", ") + part;
  }
  return because((is_new ? "New " : "Change of ") + in_small_letters(collection.label), parts);
}

}  // namespace

std::string what_of(const sync::Schema& schema, const sync::Action& action) {
  if (action.ops.empty()) return "Given up: an entry that was refused";
  for (const sync::Op& op : action.ops) {
    const sync::Collection& collection = *schema.collection(op.record.collection);
    if (op.kind == sync::OpKind::erase_row)
      return because("Deletion of " + in_small_letters(collection.label), noted_reason(schema, action));
    if (const sync::FieldChange* merging = change_of(op, collection.merged_into))
      return because((sync::is_null(merging->value) ? "Parting of two " : "Merging of two ") +
                         in_small_letters(collection.label) + "s",
                     noted_reason(schema, action));
    if (collection.name == "conflict") return because("Decision on a conflict", text_of(collection, op, "resolution"));
  }
  const sync::Op& first = action.ops.front();
  if (auto decision = decision_of(*schema.collection(first.record.collection), first); !decision.empty())
    return decision;
  return change_or_new(*schema.collection(first.record.collection), first);
}

}  // namespace holdline::agent
