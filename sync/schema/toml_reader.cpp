// The syntax of schema.toml: one table per collection, one inline table per field. toml++ is used on a string only.
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"
#include "sync/base/toml.hpp"
#include "sync/schema/attributes.hpp"
#include "sync/schema/read_forms.hpp"

namespace holdline::sync {

namespace {

using namespace toml_text;

constexpr std::array<Names<FieldType>, 10> type_names{{{"text", FieldType::text},
                                                       {"integer", FieldType::integer},
                                                       {"boolean", FieldType::boolean},
                                                       {"time", FieldType::time},
                                                       {"picklist", FieldType::picklist},
                                                       {"phone", FieldType::phone},
                                                       {"email", FieldType::email},
                                                       {"reference", FieldType::reference},
                                                       {"set", FieldType::set},
                                                       {"list", FieldType::list}}};
constexpr std::array<Names<MergePolicy>, 7> policy_names{{{"review", MergePolicy::review},
                                                          {"latest", MergePolicy::latest},
                                                          {"central", MergePolicy::central},
                                                          {"transition", MergePolicy::transition},
                                                          {"strictest", MergePolicy::strictest},
                                                          {"union", MergePolicy::unite},
                                                          {"append", MergePolicy::append}}};
constexpr std::array<Names<SearchKind>, 5> search_names{{{"none", SearchKind::none},
                                                         {"name", SearchKind::name},
                                                         {"phone", SearchKind::phone},
                                                         {"reference", SearchKind::reference},
                                                         {"place", SearchKind::place}}};
constexpr std::array<Names<TextFormat>, 3> format_names{
    {{"country", TextFormat::country}, {"time_zone", TextFormat::time_zone}, {"reference", TextFormat::reference}}};
constexpr std::array<Names<Filling>, 8> filling_names{{{"person", Filling::person},
                                                       {"workstation", Filling::workstation},
                                                       {"event_time", Filling::event_time},
                                                       {"first_option", Filling::first_option},
                                                       {"reference", Filling::reference},
                                                       {"form_version", Filling::form_version},
                                                       {"incident", Filling::incident},
                                                       {"drill", Filling::drill}}};
constexpr std::array<Names<Replication>, 3> replication_names{
    {{"full", Replication::full}, {"masked", Replication::masked}, {"never", Replication::never}}};

// Keys cannot be split over lines, and their depth is what the parser's memory and stack grow with.
constexpr std::size_t line_limit = 4096;
constexpr std::int64_t number_limit = 65'535;

FieldDraft read_field(const toml::table& table, std::string name, std::string key, Line line, SchemaErrors& errors) {
  FieldDraft draft;
  draft.key = key;
  draft.line = line;
  Field& field = draft.field;
  field.name = std::move(name);
  Attributes at(table, std::move(key), errors);
  at.required("no", line);
  at.required("type", line);
  at.integer("no", field.no, 1, number_limit);
  at.choice("type", type_names, field.type);
  at.text("label", field.label, label_limit);
  at.boolean("required", field.required);
  at.boolean("read_only", field.read_only);
  at.boolean("retired", field.retired);
  at.integer("max_length", field.max_length, 1, static_cast<std::int64_t>(limits::text_bytes));
  at.boundary("minimum", field.minimum);
  at.boundary("maximum", field.maximum);
  at.texts("options", field.options);
  at.table_of_texts("transitions", field.transitions);
  at.text("target", draft.target, option_limit);
  at.choice("format", format_names, field.format);
  at.choice("filled_with", filling_names, field.filled_with);
  at.boolean("may_look_like_card", field.may_look_like_card);
  at.boolean("unique", field.unique);
  at.text("as_typed", draft.as_typed, option_limit);
  at.text("extension", draft.extension, option_limit);
  at.text("zone", draft.zone, option_limit);
  at.choice("search", search_names, field.search);
  draft.states_policy = at.has("policy");
  at.choice("policy", policy_names, field.policy);
  at.text("merge_group", field.merge_group, option_limit);
  at.integer("visibility", field.visibility, 0, 7);
  at.choice("replication", replication_names, field.replication);
  at.boolean("sensitive", field.sensitive);
  at.integer("retention_days", field.retention_days, 0, 36'525);
  at.integer("form_position", field.form_position, 0, 1'000);
  at.texts("columns", field.columns);
  at.finish();
  draft.lines = std::move(at.lines());
  return draft;
}

CollectionDraft read_collection(const toml::table& table, std::string name, std::string key, Line line,
                                SchemaErrors& errors) {
  CollectionDraft draft;
  draft.key = key;
  draft.line = line;
  draft.collection.name = std::move(name);
  Attributes at(table, key, errors);
  at.required("no", line);
  at.required("field", line);
  at.integer("no", draft.collection.no, 1, number_limit);
  at.text("label", draft.collection.label, label_limit);
  at.text("purpose", draft.collection.purpose, rule_text_limit);
  read_basis(at, draft.collection);
  at.text("form", draft.form, option_limit);
  at.integer("lane", draft.collection.lane, 0, lane_count - 1);
  at.boolean("built_in", draft.collection.built_in);
  at.text("parent", draft.parent, option_limit);
  at.text("natural_key", draft.natural_key, option_limit);
  at.text("sort_by", draft.sort_by, option_limit);
  at.text("merged_into", draft.merged_into, option_limit);
  at.boolean("folded_key", draft.collection.folded_key);
  at.boolean("append_only", draft.collection.append_only);
  for (auto& [field_name, field] : at.tables("field")) {
    const Line field_line = at.lines()["field." + field_name];
    draft.fields.push_back(read_field(*field, field_name, key + ".field." + field_name, field_line, errors));
  }
  for (auto& [rule_name, rule] : at.tables("rule"))
    draft.rules.push_back(
        read_rule(*rule, rule_name, key + ".rule." + rule_name, at.lines()["rule." + rule_name], errors));
  for (auto& [due_name, due] : at.tables("due"))
    draft.dues.push_back(read_due(*due, due_name, key + ".due." + due_name, at.lines()["due." + due_name], errors));
  at.finish();
  draft.lines = std::move(at.lines());
  return draft;
}

GuideDraft read_guide(const toml::table& table, std::string name, Line line, SchemaErrors& errors) {
  GuideDraft draft{{}, "guide." + name, line};
  draft.guide.name = std::move(name);
  Attributes at(table, draft.key, errors);
  at.required("title", line);
  at.required("text", line);
  at.text("title", draft.guide.title, label_limit);
  at.text("text", draft.guide.text, line_limit);
  at.texts("forms", draft.guide.forms);
  at.texts("kinds", draft.guide.kinds);
  at.finish();
  return draft;
}

// Appends the escape (\uXXXX or \UXXXXXXXX) of the character that begins at `at` of well-formed UTF-8, and answers how
// many bytes it took.
std::size_t escape(std::string_view utf8, std::size_t at, std::string& out) {
  const auto first = static_cast<unsigned char>(utf8[at]);
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  std::uint32_t character = first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i)
    character = character << 6 | (static_cast<unsigned char>(utf8[at + i]) & 0x3fu);
  out += character > 0xffff ? "\\U" : "\\u";
  for (int shift = character > 0xffff ? 28 : 12; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[character >> shift & 0xf];
  return size;
}

// Appends the line as the parser may see it: in ASCII. toml++ 3.3 runs into undefined behaviour on other characters
// wherever it does not expect a text, also on quoted ones. Answers why it may not see the line, or nothing.
std::string_view to_ascii(std::string_view line, std::string& out) {
  if (line.size() > line_limit) return "a line may have at most 4096 bytes";
  if (!is_utf8(line)) return "not valid TOML: not UTF-8";
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (static_cast<unsigned char>(c) >= 0x80) {
      if (quote != '"') return "characters outside ASCII may stand in \"texts\" and comments only";
      i += escape(line, i, out) - 1;
      continue;
    }
    if (quote == 0 && c == '#') break;
    out += c;
    if (c == '\\' && quote == '"' && i + 1 < line.size()) {
      if (static_cast<unsigned char>(line[++i]) >= 0x80) return "not valid TOML: an unknown escape";
      out += line[i];
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      if (line.substr(i, 3) == std::string(3, c)) return "texts over several lines are not used here";
      quote = c;
    }
  }
  return quote == 0 ? std::string_view() : "a text does not end on its line";
}

// The text with the same lines for the parser. Nothing, with an error for each bad line, when it must not see them.
std::optional<std::string> to_ascii(std::string_view toml, SchemaErrors& errors) {
  std::string out;
  Line line = 1;
  bool good = true;
  for (std::size_t at = 0; at < toml.size(); ++line) {
    const std::size_t end = std::min(toml.find('\n', at), toml.size());
    if (const auto why = to_ascii(toml.substr(at, end - at), out); !why.empty()) {
      errors.add(line, "schema", why);
      good = false;
    }
    out += '\n';
    at = end + 1;
  }
  return good ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

SchemaDraft read_schema(std::string_view toml, SchemaErrors& errors) {
  SchemaDraft draft;
  const auto ascii = to_ascii(toml, errors);
  if (!ascii) return draft;
  const toml::parse_result parsed = toml::parse(std::string_view(*ascii));
  if (!parsed) {
    errors.add(std::max<Line>(1, parsed.error().source().begin.line), "schema",
               "not valid TOML: " + std::string(parsed.error().description()));
    return draft;
  }
  Attributes at(parsed.table(), "", errors);
  at.required("version", 1);
  at.required("collection", 1);
  at.integer("version", draft.version, 1, std::numeric_limits<std::uint32_t>::max());
  for (auto& [name, table] : at.tables("collection"))
    draft.collections.push_back(
        read_collection(*table, name, "collection." + name, at.lines()["collection." + name], errors));
  for (auto& [name, table] : at.tables("form"))
    draft.forms.push_back(read_form(*table, name, "form." + name, at.lines()["form." + name], errors));
  for (auto& [name, table] : at.tables("calling_hours"))
    draft.calling_hours.push_back(
        read_calling_hours(*table, name, "calling_hours." + name, at.lines()["calling_hours." + name], errors));
  for (auto& [name, table] : at.tables("guide"))
    draft.guides.push_back(read_guide(*table, name, at.lines()["guide." + name], errors));
  at.finish();
  return draft;
}

}  // namespace holdline::sync
