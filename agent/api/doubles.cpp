#include "agent/api/doubles.hpp"

#include <algorithm>
#include <string>

#include "sync/text/text.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t hits_looked_at = 20;

// The names of a customer one after another, as they are compared.
template <class TextOf>
std::string compared_name(const sync::Collection& customers, TextOf text_of) {
  std::string name;
  for (sync::FieldIndex field = 0; field < customers.fields.size(); ++field)
    if (customers.fields[field].search == sync::SearchKind::name) name += text_of(field) + "\n";
  return sync::fold_text(name);
}

std::string text_in(const sync::Op& op, sync::FieldIndex field) {
  const auto change = std::ranges::find(op.changes, field, &sync::FieldChange::field);
  const auto* text = change == op.changes.end() ? nullptr : std::get_if<std::string>(&change->value);
  return text ? *text : std::string();
}

std::string text_in(const sync::Record& record, sync::FieldIndex field) {
  const auto* text = std::get_if<std::string>(&record.fields[field]);
  return text ? *text : std::string();
}

}  // namespace

std::optional<sync::Finding> double_of(const sync::Schema& schema, PersonView& view, const sync::Op& customer,
                                       const sync::Op& child) {
  const sync::Collection& customers = *schema.collection(customer.record.collection);
  const sync::Collection& kind = *schema.collection(child.record.collection);
  if (!kind.natural_key) return std::nullopt;
  const std::string key = text_in(child, *kind.natural_key);
  const auto found = key.empty() ? Result<View::Hits>() : view.search(key, hits_looked_at, customers.no);
  if (!found) return std::nullopt;  // whoever cannot search is told so when they do; adding goes on
  const std::string name = compared_name(customers, [&](sync::FieldIndex field) { return text_in(customer, field); });
  for (const Hit& hit : found->hits) {
    const sync::Record& other = hit.root.record;
    const auto same_key = view.find({kind.no, sync::child_id(kind, other.key.id, key)});
    if (!same_key || !same_key->shown || same_key->shown->record.deleted) continue;
    if (compared_name(customers, [&](sync::FieldIndex field) { return text_in(other, field); }) != name) continue;
    const sync::Field& field = kind.fields[*kind.natural_key];
    return sync::Finding{field.name, "same-customer",
                         field.label + " of a customer of the same name, who is here already (" + other.key.id.text() +
                             "): work on that one, or say why this is another.",
                         sync::Weight::asked};
  }
  return std::nullopt;
}

}  // namespace holdline::agent
