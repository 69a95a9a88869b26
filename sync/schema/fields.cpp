// What the fields of one collection say of each other: rules, times that follow from others, where a number's spelling
// and extension go, and how many bytes a text may have.
#include <algorithm>
#include <optional>

#include "sync/base/limits.hpp"
#include "sync/schema/draft.hpp"

namespace holdline::sync {

namespace {

// Most letters have one to four bytes of UTF-8, a syllable of an Indian script six to twelve.
constexpr std::size_t bytes_per_character = 8;
constexpr std::size_t rule_limit = 16;

// Those that follow from a form bear two names in theirs.
bool is_rule_name(std::string_view name, bool of_form) {
  if (of_form) return true;
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
      field.field.zone = zone_of(field);
      if (field.field.as_typed) draft_.fields[*field.field.as_typed].field.spelling_of = static_cast<FieldIndex>(i);
    }
    const auto declared = std::ranges::count(draft_.rules, false, &RuleDraft::of_form);
    if (static_cast<std::size_t>(declared) > rule_limit)
      errors_.add(draft_.line, draft_.key + ".rule", "at most 16 are possible");
    for (RuleDraft& rule : draft_.rules) add(rule);
    for (DueDraft& due : draft_.dues) add(due);
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

  // The field with the time zone that a time is typed in.
  std::optional<FieldIndex> zone_of(const FieldDraft& of) const {
    if (of.zone.empty()) return std::nullopt;
    const auto at = place(of.zone);
    if (of.field.type == FieldType::time && at && draft_.fields[*at].field.format == TextFormat::time_zone) return at;
    errors_.add(of.line_of("zone"), of.key + ".zone", "is said of a time, and names a text field of format time_zone");
    return std::nullopt;
  }

  static bool suits(Rule::Kind kind, const Field& field) {
    switch (kind) {
      case Rule::Kind::any_of:
        return field.type != FieldType::set && field.type != FieldType::list;
      case Rule::Kind::ascending:
        return field.type == FieldType::time || field.type == FieldType::integer;
      case Rule::Kind::after_event:
        return field.type == FieldType::time;
      case Rule::Kind::refused:
        return true;  // as a condition can be
    }
    return false;
  }

  void add(RuleDraft& rule) {
    const auto refuse = [&](const std::string& text) { errors_.add(rule.line, rule.key, text); };
    if (!is_rule_name(rule.rule.name, rule.of_form)) return refuse("a name has at most 32 of a-z and _");
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
    rule.rule.when = link_conditions(draft_, rule.when, rule.key, rule.line, errors_);
    draft_.collection.rules.push_back(std::move(rule.rule));
  }

  // A time that whoever may hold the record may hold.
  std::optional<FieldIndex> time_of_due(const DueDraft& due, const std::string& name) {
    const auto at = place(name);
    const Field* field = at ? &draft_.fields[*at].field : nullptr;
    if (field && field->type == FieldType::time && field->visibility == 0 && field->replication == Replication::full)
      return at;
    errors_.add(due.line, due.key,
                "'" + name + "' must be a time of this collection, of visibility 0 and of replication full");
    return std::nullopt;
  }

  void add(DueDraft& due) {
    const auto at = time_of_due(due, due.field), after = time_of_due(due, due.after);
    if (!at || !after) return;
    const auto refuse = [&](const std::string& text) { errors_.add(due.line, due.key, text); };
    if (*at == *after || draft_.fields[*at].field.read_only) return refuse("is set by something else");
    due.due.field = *at;
    due.due.after = *after;
    if (!due.by.empty()) due.due.by = place(due.by);
    const Field* kinds = due.due.by ? &draft_.fields[*due.due.by].field : nullptr;
    if (!due.by.empty() && (!kinds || kinds->type != FieldType::picklist)) return refuse("`by` names a picklist");
    for (const auto& [option, days] : due.due.days_of)
      if (!kinds || std::ranges::find(kinds->options, option) == kinds->options.end())
        return refuse("days_of: '" + option + "' is not one of the options of `by`");
  }

  CollectionDraft& draft_;
  SchemaErrors& errors_;
};

// With the places of its fields.
Due placed(const Collection& collection, DueDraft due) {
  due.due.field = *collection.field(due.field);
  due.due.after = *collection.field(due.after);
  if (!due.by.empty()) due.due.by = collection.field(due.by);
  return std::move(due.due);
}

bool can_say(const Field& field, const std::string& what) {
  if (field.type == FieldType::boolean) return what == "yes" || what == "no";
  return field.type == FieldType::picklist && std::ranges::find(field.options, what) != field.options.end();
}

}  // namespace

std::vector<Condition> link_conditions(const CollectionDraft& draft, const ConditionDraft& when, std::string_view key,
                                       Line line, SchemaErrors& errors) {
  std::vector<Condition> conditions;
  for (const auto& [name, is] : when) {
    const auto at = std::ranges::find(draft.fields, name, [](const FieldDraft& field) { return field.field.name; });
    const auto says = [&](const std::string& what) { return can_say(at->field, what); };
    if (at == draft.fields.end() || at->field.visibility != 0 || at->field.replication != Replication::full ||
        is.empty() || !std::ranges::all_of(is, says)) {
      errors.add(line, key,
                 "cannot depend on '" + name +
                     "': a condition names options of a picklist, or yes and no, "
                     "of a field of visibility 0 and of replication full");
      continue;
    }
    conditions.push_back({static_cast<FieldIndex>(at - draft.fields.begin()), is});
  }
  return conditions;
}

void link_fields(CollectionDraft& draft, SchemaErrors& errors) {
  FieldLinks(draft, errors).run();
  std::ranges::sort(draft.collection.rules, {}, &Rule::name);
}

const std::vector<Due>& dues_of(const Schema& schema, const Collection& collection) {
  thread_local Hash of;
  thread_local std::map<std::string, std::vector<Due>> known;
  if (of != schema.hash()) {
    known.clear();
    SchemaErrors none;
    for (CollectionDraft& draft : read_schema(schema.text(), none).collections)
      if (const Collection* of_schema = schema.collection(draft.collection.name))
        for (DueDraft& due : draft.dues) known[of_schema->name].push_back(placed(*of_schema, std::move(due)));
    for (auto& [name, dues] : known) std::ranges::sort(dues, {}, &Due::field);
    of = schema.hash();
  }
  return known[collection.name];
}

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
