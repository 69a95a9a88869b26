// What the fields of one collection say of each other: rules, where a number's spelling and extension go, and how many
// bytes a text may have.
#include <algorithm>
#include <optional>

#include "sync/base/limits.hpp"
#include "sync/schema/draft.hpp"

namespace holdline::sync {

namespace {

// Most letters have one to four bytes of UTF-8, a syllable of an Indian script six to twelve.
constexpr std::size_t bytes_per_character = 8;
constexpr std::size_t rule_limit = 16;

bool is_rule_name(std::string_view name) {
  return name.size() <= 32 && std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

class FieldLinks {
 public:
  FieldLinks(CollectionDraft& draft, SchemaErrors& errors) : draft_(draft), errors_(errors) {}

  void run() {
    for (std::size_t i = 0; i < draft_.fields.size(); ++i) {
      FieldDraft& field = draft_.fields[i];
      field.field.as_typed = companion(field, "as_typed", field.as_typed);
      field.field.extension = companion(field, "extension", field.extension);
      if (field.field.as_typed) draft_.fields[*field.field.as_typed].field.spelling_of = static_cast<FieldIndex>(i);
    }
    if (draft_.rules.size() > rule_limit) errors_.add(draft_.line, draft_.key + ".rule", "at most 16 are possible");
    for (RuleDraft& rule : draft_.rules) add(rule);
  }

 private:
  std::optional<FieldIndex> place(std::string_view name) const {
    for (std::size_t i = 0; i < draft_.fields.size(); ++i)
      if (draft_.fields[i].field.name == name) return static_cast<FieldIndex>(i);
    return std::nullopt;
  }

  // The text field that a phone field names to keep something of what was typed.
  std::optional<FieldIndex> companion(const FieldDraft& of, std::string_view attribute, const std::string& name) {
    if (name.empty()) return std::nullopt;
    const auto refuse = [&](std::string_view text) {
      errors_.add(of.line_of(attribute), of.key + "." + std::string(attribute), text);
      return std::nullopt;
    };
    if (of.field.type != FieldType::phone) return refuse("only phone fields have one");
    const auto at = place(name);
    if (!at) return refuse("there is no field '" + name + "'");
    const Field& found = draft_.fields[*at].field;
    if (found.type != FieldType::text || found.required || found.visibility != of.field.visibility ||
        found.replication != of.field.replication)
      return refuse("field '" + name + "' must be a text that may be empty, of the same visibility and replication");
    return at;
  }

  static bool suits(Rule::Kind kind, const Field& field) {
    switch (kind) {
      case Rule::Kind::any_of:
        return field.type != FieldType::set && field.type != FieldType::list;
      case Rule::Kind::ascending:
        return field.type == FieldType::time || field.type == FieldType::integer;
      case Rule::Kind::after_event:
        return field.type == FieldType::time;
    }
    return false;
  }

  void add(RuleDraft& rule) {
    const auto refuse = [&](const std::string& text) { errors_.add(rule.line, rule.key, text); };
    if (!is_rule_name(rule.rule.name)) return refuse("a name has at most 32 of a-z and _");
    if (rule.fields.empty()) return refuse("names no field");
    if (rule.rule.kind == Rule::Kind::ascending && rule.fields.size() != 2) return refuse("ascending names two fields");
    for (const std::string& name : rule.fields) {
      const auto at = place(name);
      if (!at) return refuse("there is no field '" + name + "'");
      const Field& field = draft_.fields[*at].field;
      if (!suits(rule.rule.kind, field)) return refuse("cannot be said of a field like '" + name + "'");
      // Whoever does not hold the field could not tell whether the rule is kept.
      if (field.visibility != 0 || field.replication != Replication::full)
        return refuse("field '" + name + "' must be of visibility 0 and of replication full");
      rule.rule.fields.push_back(*at);
    }
    draft_.collection.rules.push_back(std::move(rule.rule));
  }

  CollectionDraft& draft_;
  SchemaErrors& errors_;
};

}  // namespace

void link_fields(CollectionDraft& draft, SchemaErrors& errors) { FieldLinks(draft, errors).run(); }

void limit_bytes(CollectionDraft& draft) {
  for (const MergeUnit& unit : draft.collection.units) {
    std::size_t characters = 0;
    for (const FieldIndex field : unit.fields) characters += draft.fields[field].field.max_length;
    for (const FieldIndex at : unit.fields) {
      Field& field = draft.fields[at].field;
      const bool alone = field.type == FieldType::set || field.type == FieldType::list;
      const bool plain = draft.collection.built_in || (field.type != FieldType::text && !alone);
      const std::size_t most =
          alone ? limits::text_bytes : unit_text_limit * field.max_length / std::max<std::size_t>(1, characters);
      field.max_bytes = plain ? field.max_length : std::min(bytes_per_character * field.max_length, most);
    }
  }
}

}  // namespace holdline::sync
