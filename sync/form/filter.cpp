#include "sync/form/filter.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "sync/action/groups.hpp"
#include "sync/form/words.hpp"
#include "sync/text/country.hpp"
#include "sync/text/postcode.hpp"
#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

// A text as it is compared: its words without what parts them; and the same with umlauts spelled out.
std::vector<std::string> compared(const NameNormalizer& normalizer, const std::string& text) {
  const auto fold = [&](const std::string& one) {
    std::string folded;
    for (const std::string& word : normalizer.typed_words(one)) folded += word;
    return folded.empty() ? fold_text(tidy_line(one)) : folded;  // of signs alone
  };
  std::vector<std::string> all{fold(text)};
  if (const auto spelled = spelled_out(text)) all.push_back(fold(*spelled));
  return all;
}

bool meet(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  return std::ranges::any_of(one, [&](const std::string& text) { return std::ranges::count(other, text) != 0; });
}

bool can_be_asked_for(const Field& field) {
  return !field.sensitive && !field.retired && field.type != FieldType::time && field.type != FieldType::reference;
}

std::string named(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
  return text;
}

std::string fields_to_choose_by(const Collection& collection) {
  std::vector<std::string> names;
  for (const Field& field : collection.fields)
    if (can_be_asked_for(field)) names.push_back(field.name);
  return named(names);
}

Error not_a_value(const Field& field, const std::string& what) {
  return {ErrorKind::ask_person, "not-a-value", field.label + " (" + field.name + ") " + what};
}

// What the text means in this field.
Result<std::string> meant(const Field& field, const std::string& text) {
  const std::string folded = fold_text(tidy_line(text));
  if (folded.empty()) return std::string();
  if (field.type == FieldType::boolean) {
    if (const auto word = yes_or_no(folded)) return std::string(*word ? "yes" : "no");
    return tl::unexpected(not_a_value(field, "is yes or no."));
  }
  if (field.type == FieldType::integer) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(folded.data(), folded.data() + folded.size(), number);
    if (error == std::errc{} && end == folded.data() + folded.size()) return std::to_string(number);
    return tl::unexpected(not_a_value(field, "is a whole number."));
  }
  if (!field.options.empty()) {
    if (auto option = option_of(field, folded)) return *std::move(option);
    return tl::unexpected(not_a_value(field, "is one of: " + named(field.options) + "."));
  }
  if (field.format == TextFormat::country) {
    if (auto code = country_code(text)) return *std::move(code);
    return tl::unexpected(not_a_value(field, "is a country: its name, or its code like GB."));
  }
  return tidy_line(text);
}

// The whole postcode where it is one of that country, else how it begins.
bool is_postcode(std::string_view country, const std::string& stands, const std::string& wanted) {
  const std::string key = postcode_key(country, stands), asked = postcode_key(country, wanted);
  const bool whole = read_postcode(country, wanted).reading == PostcodeReading::of_country;
  return whole ? key == asked : !asked.empty() && key.starts_with(asked);
}

bool says(const NameNormalizer& normalizer, const Collection& collection, const Filter::Wanted& wanted,
          const Record& record) {
  const Field& field = collection.fields[wanted.field];
  const Value& value = record.fields[wanted.field];
  const auto* elements = std::get_if<Elements>(&value);
  const bool none = elements && std::ranges::all_of(*elements, &Element::removed);
  if (is_null(value) || none) return wanted.text.empty();
  if (wanted.text.empty()) return false;
  const auto text_is = [&](const std::string& text) {
    if (!field.options.empty() || field.format == TextFormat::country) return text == wanted.text;
    return meet(compared(normalizer, text), compared(normalizer, wanted.text));
  };
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number) == wanted.text;
  if (const auto* flag = std::get_if<bool>(&value)) return wanted.text == (*flag ? "yes" : "no");
  const auto has = [&](const Element& element) { return !element.removed && text_is(element.text); };
  if (elements) return std::ranges::any_of(*elements, has);
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return false;
  if (const auto country = country_beside(collection, wanted.field)) {
    const auto* code = std::get_if<std::string>(&record.fields[*country]);
    return is_postcode(code ? *code : std::string(), *text, wanted.text);
  }
  return text_is(*text);
}

}  // namespace

Result<Filter> filter_of(const Collection& collection, const std::map<std::string, std::string>& wanted) {
  Filter filter;
  for (const auto& [name, text] : wanted) {
    const auto field = collection.field(name);
    if (!field)
      return fail(ErrorKind::ask_person, "unknown-field",
                  "There is no field '" + name + "' to choose by. There are: " + fields_to_choose_by(collection) + ".");
    if (!can_be_asked_for(collection.fields[*field]))
      return fail(ErrorKind::ask_person, "not-a-filter",
                  collection.fields[*field].label +
                      " is nothing to choose by. There are: " + fields_to_choose_by(collection) + ".");
    HOLDLINE_ASSIGN(std::string what, meant(collection.fields[*field], text));
    filter.all.push_back({*field, std::move(what)});
  }
  return filter;
}

bool passes(const NameNormalizer& normalizer, const Collection& collection, const Filter& filter,
            const Record& record) {
  return std::ranges::all_of(filter.all,
                             [&](const Filter::Wanted& one) { return says(normalizer, collection, one, record); });
}

}  // namespace holdline::sync
