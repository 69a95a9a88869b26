// Form templates: names resolved, and what follows from them for the collection that they are forms of.
#include <algorithm>

#include "sync/schema/draft.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t form_limit = 64;

template <class Drafts>
auto collection_draft(Drafts& drafts, std::string_view name) -> decltype(&*drafts.begin()) {
  const auto at =
      std::ranges::find(drafts, name, [](const CollectionDraft& d) -> const std::string& { return d.collection.name; });
  return at == drafts.end() ? nullptr : &*at;
}

std::optional<FieldIndex> field_named(const CollectionDraft& draft, std::string_view name) {
  for (std::size_t i = 0; i < draft.fields.size(); ++i)
    if (draft.fields[i].field.name == name) return static_cast<FieldIndex>(i);
  return std::nullopt;
}

std::string label_in(const CollectionDraft& draft, const std::string& name) {
  const auto field = field_named(draft, name);
  return field && !draft.fields[*field].field.label.empty() ? draft.fields[*field].field.label : words(name);
}

// "Meter reading needs the Meter number." as a rule of the collection, so that the hub asks for it as the desk does.
RuleDraft rule_of(const FormDraft& form, const CollectionDraft& collection, const std::string& field) {
  RuleDraft rule;
  rule.rule.name = form.form.name + "_needs_" + field;
  rule.rule.kind = Rule::Kind::any_of;
  rule.rule.text = label_in(collection, field) + " is needed on the form " + form.form.label + ".";
  rule.fields = {field};
  rule.when = {{collection.form, {form.form.name}}};
  rule.of_form = true;
  rule.key = form.key + ".required";
  rule.line = form.line;
  return rule;
}

class FormLink {
 public:
  FormLink(const FormDraft& draft, const CollectionDraft& collection, SchemaErrors& errors)
      : draft_(draft), collection_(collection), errors_(errors), form_(draft.form) {}

  FormTemplate run() {
    form_.collection = collection_.collection.no;
    named(draft_.fields, "fields", form_.fields);
    named(draft_.required, "required", form_.required);
    for (const FieldIndex field : form_.required)
      if (std::ranges::find(form_.fields, field) == form_.fields.end())
        refuse("required", "'" + collection_.fields[field].field.name + "' is not on the form");
    for (const auto& [name, option] : draft_.sets) sets(name, option);
    for (const auto& [stop, when] : draft_.whens)
      form_.stops[stop].when =
          link_conditions(collection_, when, draft_.key + ".stop." + form_.stops[stop].name, draft_.line, errors_);
    return std::move(form_);
  }

 private:
  void refuse(std::string_view attribute, const std::string& text) {
    errors_.add(draft_.line, draft_.key + "." + std::string(attribute), text);
  }

  void named(const std::vector<std::string>& names, std::string_view attribute, std::vector<FieldIndex>& into) {
    for (const std::string& name : names) {
      const auto at = field_named(collection_, name);
      if (at && !collection_.fields[*at].field.read_only)
        into.push_back(*at);
      else
        refuse(attribute, "there is no field '" + name + "' to fill in in " + draft_.collection);
    }
  }

  void sets(const std::string& name, const std::string& option) {
    const auto at = field_named(collection_, name);
    const auto* field = at ? &collection_.fields[*at].field : nullptr;
    if (field == nullptr || std::ranges::find(field->options, option) == field->options.end())
      return refuse("sets", "'" + option + "' is no option of " + name);
    form_.sets.emplace_back(*at, option);
  }

  const FormDraft& draft_;
  const CollectionDraft& collection_;
  SchemaErrors& errors_;
  FormTemplate form_;
};

}  // namespace

void announce_forms(SchemaDraft& draft, SchemaErrors& errors) {
  if (draft.forms.size() > form_limit) errors.add(1, "form", "a schema has at most 64 forms");
  for (CollectionDraft& collection : draft.collections) {
    if (collection.form.empty()) continue;
    const auto field = field_named(collection, collection.form);
    if (!field || collection.fields[*field].field.type != FieldType::picklist)
      errors.add(collection.line_of("form"), collection.key + ".form", "must name a picklist: which form it was");
  }
  for (const FormDraft& form : draft.forms) {
    CollectionDraft* collection = collection_draft(draft.collections, form.collection);
    const auto field = collection ? field_named(*collection, collection->form) : std::nullopt;
    if (!field) {
      errors.add(form.line, form.key + ".collection", "'" + form.collection + "' has no forms");
      continue;
    }
    collection->fields[*field].field.options.push_back(form.form.name);
    for (const std::string& name : form.required) collection->rules.push_back(rule_of(form, *collection, name));
  }
}

std::vector<FormTemplate> link_forms(const SchemaDraft& draft, SchemaErrors& errors) {
  std::vector<FormTemplate> forms;
  for (const FormDraft& form : draft.forms)
    if (const CollectionDraft* collection = collection_draft(draft.collections, form.collection))
      forms.push_back(FormLink(form, *collection, errors).run());
  return forms;
}

}  // namespace holdline::sync
