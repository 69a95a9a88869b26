#include "agent/view/referenced.hpp"

#include <algorithm>
#include <iterator>

#include "sync/reference/guesses.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t most_of_one_reference = 10, most_of_one_number = 5, most_misheard = 3;

Result<std::vector<Shown>> with_reference(const sync::Collection& collection, PersonView& view,
                                          const std::string& reference) {
  std::vector<Shown> shown;
  if (!collection.reference) return shown;
  // Whoever reads it out names one record, as by its id.
  HOLDLINE_ASSIGN(auto hits, view.with_practice().search(reference, most_of_one_reference, collection.no));
  for (Hit& hit : hits.hits)
    if (hit.root.record.fields[*collection.reference] == sync::Value(reference)) shown.push_back(std::move(hit.root));
  return shown;
}

}  // namespace

Result<Referenced> referenced(const sync::Schema& schema, PersonView& view, std::string_view typed) {
  Referenced answer{sync::read_reference(typed), {}};
  if (answer.read.kind != sync::ReferenceReading::Kind::reference) return answer;
  for (const sync::Collection& collection : schema.collections()) {
    HOLDLINE_ASSIGN(auto many, with_reference(collection, view, answer.read.text));
    for (Shown& shown : many) answer.found.push_back({&collection, std::move(shown)});
  }
  return answer;
}

Result<std::vector<Referenced::Found>> misheard(const sync::Schema& schema, PersonView& view, std::string_view typed) {
  std::vector<Referenced::Found> found;
  for (const std::string& guess : sync::reference_guesses(typed)) {
    HOLDLINE_ASSIGN(auto one, referenced(schema, view, guess));
    std::ranges::move(one.found, std::back_inserter(found));
    if (found.size() >= most_misheard) break;
  }
  return found;
}

std::string did_you_mean(const std::vector<Referenced::Found>& found) {
  std::string text;
  for (const auto& [collection, shown] : found) {
    const auto text_of = [&, &record = shown.record](std::optional<sync::FieldIndex> field) {
      const auto* value = field ? std::get_if<std::string>(&record.fields[*field]) : nullptr;
      return value ? *value : std::string();
    };
    const std::string name = text_of(collection->field("name"));
    text += (text.empty() ? "Did you mean " : " or ") + text_of(collection->reference) + " (" + collection->label +
            (name.empty() ? "" : ", " + name) + ")";
  }
  return text.empty() ? text : text + "?";
}

Result<std::vector<Referenced::Found>> with_number(const sync::Schema& schema, PersonView& view, std::string_view typed,
                                                   std::string_view region) {
  std::vector<Referenced::Found> found;
  const SearchQuery query = parse_query(view.normalizer(), typed, region);
  if (query.phone.empty() && query.phones.empty()) return found;
  for (const sync::Collection& collection : schema.collections()) {
    const bool bears = std::ranges::any_of(
        collection.fields, [](const sync::Field& field) { return field.search == sync::SearchKind::phone; });
    if (!bears || collection.parent || collection.built_in) continue;
    HOLDLINE_ASSIGN(auto hits, view.search(typed, max_hits, collection.no, {region}));
    std::vector<Shown> shown;
    for (Hit& hit : hits.hits)
      if (hit.why.kind == sync::SearchKind::phone) shown.push_back(std::move(hit.root));
    view.sort_as_listed(collection, shown);
    shown.resize(std::min(most_of_one_number, shown.size()));
    for (Shown& one : shown) found.push_back({&collection, std::move(one)});
  }
  return found;
}

Result<std::optional<sync::Id>> record_named(const sync::Collection& collection, PersonView& view,
                                             std::string_view typed) {
  if (const auto id = sync::Id::parse(typed)) return std::optional(*id);
  const sync::ReferenceReading read = sync::read_reference(typed);
  if (read.kind != sync::ReferenceReading::Kind::reference) return std::optional<sync::Id>();
  HOLDLINE_ASSIGN(const auto shown, with_reference(collection, view, read.text));
  return shown.empty() ? std::optional<sync::Id>() : std::optional(shown.front().record.key.id);
}

}  // namespace holdline::agent
