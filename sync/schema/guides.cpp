#include <algorithm>

#include "sync/schema/draft.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t guide_limit = 64;

// Whether one of the forms has a field `kind` with this option.
bool offers(const SchemaDraft& draft, const std::vector<std::string>& forms, const std::string& option) {
  return std::ranges::any_of(draft.collections, [&](const CollectionDraft& collection) {
    return std::ranges::find(forms, collection.collection.name) != forms.end() &&
           std::ranges::any_of(collection.fields, [&](const FieldDraft& field) {
             return field.field.name == "kind" &&
                    std::ranges::find(field.field.options, option) != field.field.options.end();
           });
  });
}

}  // namespace

std::vector<Guide> link_guides(const SchemaDraft& draft, SchemaErrors& errors) {
  std::vector<Guide> guides;
  if (draft.guides.size() > guide_limit) errors.add(1, "guide", "a schema has at most 64 guides");
  for (const GuideDraft& one : draft.guides) {
    for (const std::string& form : one.guide.forms)
      if (std::ranges::none_of(draft.collections, [&](const auto& c) { return c.collection.name == form; }))
        errors.add(one.line, one.key + ".forms", "'" + form + "' is no collection");
    for (const std::string& kind : one.guide.kinds)
      if (!offers(draft, one.guide.forms, kind))
        errors.add(one.line, one.key + ".kinds", "none of its forms has the kind '" + kind + "'");
    guides.push_back(one.guide);
  }
  return guides;
}

}  // namespace holdline::sync
