// Rules between the fields of a record.
#include <algorithm>

#include "sync/action/checks.hpp"
#include "sync/action/validate.hpp"

namespace holdline::sync {

namespace {

bool has_value(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return !is_null(value) && !(text && is_blank(*text));
}

const std::int64_t* number_of(const Value* value) { return value ? std::get_if<std::int64_t>(value) : nullptr; }

// Where the field is not known, the condition does not hold: whoever knows it asks.
bool holds(const Condition& condition, const ValueOf& value_of) {
  const Value* value = value_of(condition.field);
  if (!value) return false;
  const auto* flag = std::get_if<bool>(value);
  const auto* option = std::get_if<std::string>(value);
  const std::string says = flag ? (*flag ? "yes" : "no") : option ? *option : std::string();
  return std::ranges::find(condition.is, says) != condition.is.end();
}

// The field to point at, when the rule is broken.
std::optional<FieldIndex> broken_at(const Rule& rule, const ValueOf& value_of, std::int64_t event_ms) {
  if (!std::ranges::all_of(rule.when, [&](const Condition& one) { return holds(one, value_of); })) return std::nullopt;
  switch (rule.kind) {
    case Rule::Kind::refused:
      return rule.fields.front();
    case Rule::Kind::any_of: {
      const auto may_have = [&](FieldIndex field) {
        const Value* value = value_of(field);
        return !value || has_value(*value);
      };
      if (std::ranges::any_of(rule.fields, may_have)) return std::nullopt;
      return rule.fields.front();
    }
    case Rule::Kind::ascending: {
      const auto *first = number_of(value_of(rule.fields[0])), *second = number_of(value_of(rule.fields[1]));
      if (!first || !second || *first < *second) return std::nullopt;
      return rule.fields[1];
    }
    case Rule::Kind::after_event: {
      const auto at = deadline_of(rule, value_of);
      return at && event_ms != 0 && *number_of(value_of(*at)) <= event_ms ? at : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<FieldIndex> deadline_of(const Rule& rule, const ValueOf& value_of) {
  for (const FieldIndex field : rule.fields) {
    const Value* value = value_of(field);
    if (!value) return std::nullopt;
    if (!is_null(*value)) return number_of(value) ? std::optional(field) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Finding> broken_rule(const Collection& collection, const Rule& rule, const ValueOf& value_of,
                                   std::int64_t event_ms) {
  const auto at = broken_at(rule, value_of, event_ms);
  if (!at) return std::nullopt;
  std::string code = rule.name;
  std::ranges::replace(code, '_', '-');
  return Finding{collection.fields[*at].name, std::move(code), rule.text};
}

}  // namespace holdline::sync
