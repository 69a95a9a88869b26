#include "agent/view/duplicates.hpp"

#include <algorithm>

#include "sync/action/groups.hpp"
#include "sync/form/numbers.hpp"
#include "sync/form/same_customer.hpp"
#include "sync/text/phone.hpp"
#include "sync/text/text.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t hits_looked_at = 20, most_told = 10;

std::string text_in(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  const auto* text = index ? std::get_if<std::string>(&record.fields[*index]) : nullptr;
  return text ? *text : std::string();
}

// All that are the same number; an address is itself alone.
std::vector<std::string> spellings_of(const sync::Collection& kind, const std::string& key) {
  if (kind.fields[*kind.natural_key].type != sync::FieldType::phone || key.empty()) return {key};
  return sync::same_phones(key);
}

class Comparison {
 public:
  Comparison(const sync::Schema& schema, PersonView& view, const sync::Record& customer)
      : customers_(*schema.collection("customer")),
        view_(view),
        customer_(customer),
        names_(view.normalizer().folded_name(sync::full_name(customers_, customer))) {}

  void by_key(const sync::Collection& kind, const std::string& key) {
    const auto found = view_.search(key, hits_looked_at, customers_.no);
    if (!found || key.empty()) return;
    for (const Hit& hit : found->hits) {
      // Among all that is shown with it, for the key may hang on a record that was merged into this one.
      const sync::Id& id = hit.root.record.key.id;
      const auto children = view_.children(kind, id);
      const bool same = children && std::ranges::any_of(children->shown, [&](const Shown& child) {
                          const std::string has = text_in(kind, child.record, kind.fields[*kind.natural_key].name);
                          return std::ranges::any_of(spellings_of(kind, has), [&](const std::string& one) {
                            return sync::child_id(kind, id, one) == sync::child_id(kind, id, key);
                          });
                        });
      if (same) take(hit.root.record, kind.fields[*kind.natural_key], sync::SharedBy::key);
    }
  }

  // What another system calls one customer; here that would be two.
  void by_ref() {
    const std::string ref = text_in(customers_, customer_, "ref");
    const auto field = customers_.field("ref");
    if (ref.empty() || !field) return;
    const auto found = view_.search(ref, hits_looked_at, customers_.no);
    if (!found) return;
    for (const Hit& hit : found->hits) {
      const sync::Record& other = hit.root.record;
      if (sync::fold_key(text_in(customers_, other, "ref")) != sync::fold_key(ref) || other.scope != customer_.scope)
        continue;
      if (other.key.id == customer_.key.id) continue;
      constexpr int the_same = 100;
      found_.push_back({other.key.id, sync::full_name(customers_, other), text_in(customers_, other, "city"),
                        text_in(customers_, other, "ref"), customers_.fields[*field].name,
                        customers_.fields[*field].label, the_same});
    }
  }

  void by_postcode() {
    const auto field = customers_.field("postcode");
    const std::string postcode = field ? sync::postcode_key(customers_, customer_, *field) : std::string();
    const std::string word = sync::family_word(view_.normalizer(), customers_, customer_);
    if (postcode.empty() || word.empty()) return;
    // The name as it is first: of those that only begin like it there may be more than are looked at.
    by_postcode(word, postcode);
    by_postcode(word.substr(0, sync::letters_of_family), postcode);
  }

  std::vector<Duplicate> found() && {
    std::ranges::stable_sort(found_, std::greater{}, &Duplicate::similarity);
    if (found_.size() > most_told) found_.resize(most_told);
    return std::move(found_);
  }

 private:
  // `postcode`: as it is compared, by which each spelling of it is found.
  void by_postcode(const std::string& word, const std::string& postcode) {
    const auto found = view_.search(word + " " + postcode, max_hits, customers_.no);
    if (!found) return;
    const sync::FieldIndex field = *customers_.field("postcode");
    for (const Hit& hit : found->hits)
      if (sync::postcode_key(customers_, hit.root.record, field) == postcode)
        take(hit.root.record, customers_.fields[field], sync::SharedBy::postcode);
  }

  void take(const sync::Record& other, const sync::Field& field, sync::SharedBy shared) {
    if (other.key.id == customer_.key.id || std::ranges::count(found_, other.key.id, &Duplicate::id) != 0) return;
    const std::string name = sync::full_name(customers_, other);
    const int similarity = names_.with(view_.normalizer().folded_name(name), shared);
    if (similarity == 0) return;
    found_.push_back({other.key.id, name, text_in(customers_, other, "city"), text_in(customers_, other, "ref"),
                      field.name, field.label, similarity});
  }

  const sync::Collection& customers_;
  PersonView& view_;
  const sync::Record& customer_;
  const sync::NameComparison names_;
  std::vector<Duplicate> found_;
};

}  // namespace

std::vector<Duplicate> duplicates_of(const sync::Schema& schema, PersonView& view, const sync::Record& customer,
                                     Compared compared, std::span<const sync::Op> children) {
  Comparison comparison(schema, view, customer);
  if (compared == Compared::all) comparison.by_ref();
  for (const sync::Op& op : children) {
    const sync::Collection& kind = *schema.collection(op.record.collection);
    if (op.kind != sync::OpKind::create || !kind.natural_key) continue;
    const auto change = std::ranges::find(op.changes, *kind.natural_key, &sync::FieldChange::field);
    const auto* key = change == op.changes.end() ? nullptr : std::get_if<std::string>(&change->value);
    if (key) comparison.by_key(kind, *key);
  }
  if (compared == Compared::all) comparison.by_postcode();
  return std::move(comparison).found();
}

void ask_about(const std::vector<Duplicate>& duplicates, std::vector<sync::Finding>& findings) {
  if (duplicates.empty()) return;
  const Duplicate& first = duplicates.front();
  const bool by_ref = first.field == "ref";
  std::string text = first.label + (by_ref ? " is that of " : " and name are those of ") + first.name;
  if (!first.city.empty()) text += ", " + first.city;
  text += " (" + (first.ref.empty() ? first.id.text() : first.ref) + ")";
  if (duplicates.size() > 1) text += ", or of " + std::to_string(duplicates.size() - 1) + " more";
  findings.push_back({first.field, "same-customer",
                      text + ", who is here already: work on that one, or say why this is another.",
                      sync::Weight::asked});
}

void ask_about_deleted(PersonView& view, const sync::Schema& schema, const sync::Record& customer,
                       std::vector<sync::Finding>& findings) {
  const sync::Collection& customers = *schema.collection("customer");
  const std::string ref = text_in(customers, customer, "ref");
  const auto field = customers.field("ref");
  if (ref.empty() || !field || !customers.fields[*field].unique) return;
  const auto deleted = view.knows_deleted(customers, *field, customer.scope, ref);
  if (deleted && *deleted)
    findings.push_back({"ref", "deleted-customer",
                        customers.fields[*field].label +
                            " is that of somebody who was deleted here: leave them out, or say why they are back.",
                        sync::Weight::asked});
}

void refuse_other_extension(PersonView& view, const sync::Schema& schema, const sync::Id& customer, const sync::Op& op,
                            std::vector<sync::Finding>& findings) {
  const sync::Collection& collection = *schema.collection(op.record.collection);
  const auto extension = collection.natural_key ? collection.fields[*collection.natural_key].extension : std::nullopt;
  const auto value_of = [&](sync::FieldIndex field) {
    const auto change = std::ranges::find(op.changes, field, &sync::FieldChange::field);
    return change == op.changes.end() ? sync::Value(sync::Null{}) : change->value;
  };
  if (!extension || sync::is_null(value_of(*extension))) return;
  const sync::Value number = value_of(*collection.natural_key);
  const auto own = view.children(collection, customer);
  if (!own) return;
  for (const Shown& child : own->shown)
    if (child.record.fields[*collection.natural_key] == number && !sync::is_null(child.record.fields[*extension]) &&
        child.record.fields[*extension] != value_of(*extension))
      return findings.push_back(sync::number_twice(collection));
}

}  // namespace holdline::agent
