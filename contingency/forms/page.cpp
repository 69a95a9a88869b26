#include "contingency/forms/page.hpp"

#include <algorithm>

namespace holdline::contingency {

namespace {

// Characters that a hand writes in one line across the page, and in half of it.
constexpr std::size_t line_characters = 120, half_line_characters = 64;
constexpr std::uint32_t most_rows = 8;

bool is_asked(const sync::Field& field) {
  return field.form_position != 0 && !field.retired && !field.read_only && field.policy != sync::MergePolicy::central;
}

std::string words_of(std::string option) {
  std::ranges::replace(option, '_', ' ');
  return option;
}

std::uint32_t rows_for(const sync::Field& field) {
  if (field.type != sync::FieldType::text && field.type != sync::FieldType::list) return 1;
  if (field.max_length <= line_characters) return 1;
  return std::min<std::uint32_t>(most_rows, 2 + static_cast<std::uint32_t>(field.max_length / 500));
}

PageField page_field(const sync::Field& field, bool required) {
  PageField made;
  made.label = field.label;
  made.required = required || field.required;
  made.rows = rows_for(field);
  made.narrow = made.rows == 1 && (field.type != sync::FieldType::text || field.max_length <= half_line_characters);
  if (field.type == sync::FieldType::boolean) made.options = {"yes", "no"};
  for (const std::string& option : field.options) made.options.push_back(words_of(option));
  if (field.type == sync::FieldType::time) made.label += " (day, month, year, time)";
  if (!made.options.empty()) made.narrow = made.options.size() <= 2;
  return made;
}

void say_first(const sync::Collection& collection, const sync::FormTemplate& form, std::vector<std::string>& first) {
  for (const sync::FormTemplate::Stop& stop : form.stops) {
    std::string when;
    for (const sync::Condition& condition : stop.when) {
      if (condition.is.empty()) continue;
      when += (when.empty() ? "If \"" : " and \"") + collection.fields[condition.field].label + "\" is ";
      for (std::size_t i = 0; i < condition.is.size(); ++i) when += (i == 0 ? "" : " or ") + words_of(condition.is[i]);
    }
    first.push_back((when.empty() ? "" : when + ": ") + stop.text + (stop.call.empty() ? "" : " Call: " + stop.call));
  }
}

}  // namespace

std::optional<PaperForm> paper_form(const sync::Schema& schema, std::string_view name) {
  PaperForm paper;
  paper.form = schema.form(name);
  paper.collection = paper.form ? schema.collection(paper.form->collection) : schema.collection(name);
  if (!paper.collection || !paper.collection->reference) return std::nullopt;
  if (paper.form) {
    paper.label = paper.form->label;
    paper.version = paper.form->version;
    paper.fields = paper.form->fields;
    return paper;
  }
  paper.label = paper.collection->label;
  const auto& fields = paper.collection->fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (is_asked(fields[i])) paper.fields.push_back(static_cast<sync::FieldIndex>(i));
  std::ranges::stable_sort(paper.fields, {}, [&](sync::FieldIndex at) { return fields[at].form_position; });
  return paper;
}

std::vector<std::string> paper_forms(const sync::Schema& schema) {
  std::vector<std::string> names;
  for (const sync::Collection& collection : schema.collections())
    if (collection.reference) names.push_back(collection.name);
  for (const sync::FormTemplate& form : schema.forms())
    if (paper_form(schema, form.name)) names.push_back(form.name);
  return names;
}

FormPage form_page(const sync::Schema& schema, const PaperForm& form, const Pad& pad, std::uint32_t sheet,
                   const PageContext& context) {
  FormPage page;
  page.title = form.label;
  page.subtitle = form.form ? "Form " + form.form->name + ", version " + std::to_string(form.version)
                            : "Form " + form.collection->name + " of version " + std::to_string(schema.version());
  if (form.form && !form.form->approved_by.empty())
    page.subtitle += ", approved by " + form.form->approved_by +
                     (form.form->approved_on.empty() ? "" : " on " + form.form->approved_on);
  page.number = pad.numbers.at(sheet - 1);
  page.code = form_code(page.number, pad.form, pad.version);
  page.facts = {"Place: " + pad.scope, "Incident: " + (context.incident.empty() ? "____________" : context.incident),
                "Printed: " + context.printed};
  if (!context.data_as_of.empty()) page.facts.push_back("Customer data as of " + context.data_as_of);
  if (form.form) say_first(*form.collection, *form.form, page.first);
  page.first.emplace_back(
      "Tell the caller the number above: it is their reference. Write in capitals. Never write down a card number or a "
      "password. A sheet that is spoiled goes back as well.");
  page.fields = {{"When it happened (day, month, year, time)", true, 1, true, {}, {}},
                 {"Written down by (your sign-in name)", true, 1, true, {}, {}}};
  for (const sync::FieldIndex index : form.fields) {
    const sync::Field& field = form.collection->fields[index];
    const bool required = form.form && std::ranges::count(form.form->required, index) != 0;
    page.fields.push_back(page_field(field, required));
    if (const auto filled = context.filled.find(field.name); filled != context.filled.end())
      page.fields.back().filled = filled->second;
  }
  page.returning = {{"What is left to do", false, 1, true, {"nothing", "follow up", "escalate"}, {}},
                    {"Entered on, by (or why void)", false, 1, true, {}, {}}};
  page.foot = "Sheet " + std::to_string(sheet) + " of " + std::to_string(pad.numbers.size()) +
              (pad.held_by.empty() ? "" : ", " + pad.held_by);
  return page;
}

}  // namespace holdline::contingency
