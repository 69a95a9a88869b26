#include "agent/view/duplicates.hpp"

#include <algorithm>

#include <rapidfuzz/fuzz.hpp>

namespace holdline::agent {

namespace {

constexpr std::size_t hits_looked_at = 20, most_told = 10;
// Of 100, by the words of the names in any order. Who shares a telephone often shares the family name, which alone
// makes Ada and Grace Lovelace 77; Ada and Anna are 88. At a postcode hundreds live.
constexpr double similar_beside_key = 85, similar_beside_postcode = 90;
constexpr std::size_t letters_of_family = 3;

std::string text_in(const sync::Record& record, sync::FieldIndex field) {
  const auto* text = field < record.fields.size() ? std::get_if<std::string>(&record.fields[field]) : nullptr;
  return text ? *text : std::string();
}

std::string text_in(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  return index ? text_in(record, *index) : std::string();
}

std::string name_of(const sync::Collection& customers, const sync::Record& record) {
  std::string name;
  for (sync::FieldIndex field = 0; field < customers.fields.size(); ++field)
    if (customers.fields[field].search == sync::SearchKind::name)
      if (const std::string text = text_in(record, field); !text.empty()) name += (name.empty() ? "" : " ") + text;
  return name;
}

class Comparison {
 public:
  Comparison(const sync::Schema& schema, PersonView& view, const sync::Record& customer)
      : customers_(*schema.collection("customer")),
        view_(view),
        customer_(customer),
        name_(view.folded_name(name_of(customers_, customer))),
        scorer_(name_) {}

  void by_key(const sync::Collection& kind, const std::string& key) {
    const auto found = view_.search(key, hits_looked_at, customers_.no);
    if (!found || key.empty() || name_.empty()) return;
    for (const Hit& hit : found->hits) {
      // Among all that is shown with it, for the key may hang on a record that was merged into this one.
      const sync::Id& id = hit.root.record.key.id;
      const sync::Id wanted = sync::child_id(kind, id, key);
      const auto children = view_.children(kind, id);
      const bool same = children && std::ranges::any_of(children->shown, [&](const Shown& child) {
                          return sync::child_id(kind, id, text_in(child.record, *kind.natural_key)) == wanted;
                        });
      if (same) take(hit.root.record, kind.fields[*kind.natural_key], similar_beside_key);
    }
  }

  void by_postcode() {
    const std::string postcode = text_in(customers_, customer_, "postcode");
    std::string family = text_in(customers_, customer_, "family");
    if (family.empty()) family = text_in(customers_, customer_, "org");
    const std::string word = view_.folded_name(family);
    if (postcode.empty() || word.empty()) return;
    // The name as it is first: of those that only begin like it there may be more than are looked at.
    by_postcode(word, postcode);
    by_postcode(word.substr(0, letters_of_family), postcode);
  }

  std::vector<Duplicate> found() && {
    std::ranges::stable_sort(found_, std::greater{}, &Duplicate::similarity);
    if (found_.size() > most_told) found_.resize(most_told);
    return std::move(found_);
  }

 private:
  void by_postcode(const std::string& word, const std::string& postcode) {
    const auto found = view_.search(word + " " + postcode, max_hits, customers_.no);
    if (!found) return;
    const sync::FieldIndex field = *customers_.field("postcode");
    for (const Hit& hit : found->hits)
      if (text_in(hit.root.record, field) == postcode)
        take(hit.root.record, customers_.fields[field], similar_beside_postcode);
  }

  void take(const sync::Record& other, const sync::Field& field, double least) {
    if (other.key.id == customer_.key.id || std::ranges::count(found_, other.key.id, &Duplicate::id) != 0) return;
    const std::string name = name_of(customers_, other);
    const double similarity = scorer_.similarity(view_.folded_name(name), least);
    if (similarity < least) return;
    found_.push_back({other.key.id, name, text_in(customers_, other, "city"), field.name, field.label,
                      static_cast<int>(similarity)});
  }

  const sync::Collection& customers_;
  PersonView& view_;
  const sync::Record& customer_;
  const std::string name_;
  const rapidfuzz::fuzz::CachedTokenSortRatio<char> scorer_;
  std::vector<Duplicate> found_;
};

}  // namespace

std::vector<Duplicate> duplicates_of(const sync::Schema& schema, PersonView& view, const sync::Record& customer,
                                     Compared compared, std::span<const sync::Op> children) {
  Comparison comparison(schema, view, customer);
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
  std::string text = first.label + " and name are those of " + first.name;
  if (!first.city.empty()) text += ", " + first.city;
  text += " (" + first.id.text() + ")";
  if (duplicates.size() > 1) text += ", or of " + std::to_string(duplicates.size() - 1) + " more";
  findings.push_back({first.field, "same-customer",
                      text + ", who is here already: work on that one, or say why this is another.",
                      sync::Weight::asked});
}

}  // namespace holdline::agent
