#include "sync/action/validate.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::sync {

namespace {

// Years 1 to 9999, which is what ISO 8601 and every interface can show.
constexpr std::int64_t first_ms = -62'135'596'800'000;
constexpr std::int64_t last_ms = 253'402'300'799'999;
constexpr std::size_t hash_hex_length = 64;

// A SHA-256 in hexadecimal: its digits mean nothing, and one in some hundred would look like a card number.
bool is_hash_hex(std::string_view text) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'f'; };
  return text.size() == hash_hex_length && std::ranges::any_of(text, letter) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\n") == std::string_view::npos; }

bool has_elements(FieldType type) { return type == FieldType::set || type == FieldType::list; }

std::string_view expected(FieldType type) {
  switch (type) {
    case FieldType::integer:
      return "a whole number";
    case FieldType::time:
      return "a time in milliseconds";
    case FieldType::boolean:
      return "yes or no";
    case FieldType::reference:
      return "the id of a record";
    case FieldType::set:
    case FieldType::list:
      return "additions and removals";
    case FieldType::text:
    case FieldType::picklist:
    case FieldType::phone:
    case FieldType::email:
      return "a text";
  }
  return "a value";
}

class OpCheck {
 public:
  OpCheck(const Schema& schema, const Op& op) : op_(op), collection_(schema.collection(op.record.collection)) {}

  std::vector<Finding> run() {
    if (collection_ == nullptr) {
      add("unknown-collection", "This kind of record is not in the schema; update the schema first.");
      return std::move(findings_);
    }
    if (op_.record.id.is_nil()) add("no-id", "The record has no id.");
    if (!is_scope(op_.scope))
      add("not-a-scope", "The scope must be 1 to 4 parts of a-z, 0-9, '.', '_' and '-', separated by '/'.");
    if (collection_->built_in && op_.kind != OpKind::edit)
      add("built-in", "Records of '" + collection_->label + "' are made and removed by the hub only.");
    if (op_.kind == OpKind::edit && op_.changes.empty()) add("no-changes", "The edit changes nothing.");
    if (op_.kind == OpKind::erase_row && !op_.changes.empty())
      add("unexpected-changes", "A removal cannot change fields as well.");
    changes();
    if (op_.kind == OpKind::create) created();
    return std::move(findings_);
  }

 private:
  void add(std::string code, std::string message) { findings_.push_back({"", std::move(code), std::move(message)}); }
  void add(const Field& field, std::string code, const std::string& message) {
    findings_.push_back({field.name, std::move(code), field.label + " " + message});
  }

  void changes() {
    std::optional<FieldIndex> previous;
    for (const FieldChange& c : op_.changes) {
      if (previous && c.field <= *previous)
        add("field-order", "The changed fields must be in the order of the schema, each once.");
      previous = c.field;
      if (c.field >= collection_->fields.size())
        add("unknown-field", "A changed field is not in the schema; update the schema first.");
      else
        change(collection_->fields[c.field], c);
    }
  }

  void change(const Field& field, const FieldChange& c) {
    if (field.read_only) add(field, "read-only", "is set by the hub only.");
    const bool fixed = collection_->parent == c.field || collection_->natural_key == c.field;
    if (fixed && op_.kind == OpKind::edit)
      add(field, "fixed", "cannot be changed: remove this record and add another.");
    if (has_elements(field.type)) return elements(field, c);
    if (!c.adds.empty() || !c.removes.empty())
      add(field, "unexpected-elements", "takes one value, not additions and removals.");
    base(field, c);
    if (is_null(c.value)) {
      if (field.required) add(field, "required", "is required.");
    } else if (!fits(field.type, c.value)) {
      add(field, "wrong-type", "must be " + std::string(expected(field.type)) + ".");
    } else {
      value(field, c.value);
    }
  }

  void base(const Field& field, const FieldChange& c) {
    const Value* base = std::get_if<Value>(&c.base);
    if (base == nullptr) return;
    if (!is_null(*base) && !fits(field.type, *base))
      add(field, "wrong-type", "was changed from a value of another type.");
    else if (encode_value(*base).size() > base_value_limit)
      add(field, "base-too-long", "must name the long value it was changed from by its hash.");
    else if (const auto* text = std::get_if<std::string>(base); text != nullptr && !is_utf8(*text))
      add(field, "not-text", "was changed from bytes that are not UTF-8 text.");
    else if (field.policy == MergePolicy::transition && !is_step(field, *base, c.value))
      add(field, "not-a-step", "cannot go from its present state to this one.");
  }

  static bool is_step(const Field& field, const Value& from, const Value& to) {
    if (is_null(from) || from == to) return true;
    const auto next = field.transitions.find(std::get<std::string>(from));
    const auto* state = std::get_if<std::string>(&to);
    return state != nullptr && next != field.transitions.end() &&
           std::ranges::find(next->second, *state) != next->second.end();
  }

  void value(const Field& field, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      if (field.required && is_blank(*text)) add(field, "required", "is required.");
      typed_text(field, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      range(field, *number);
    } else if (const auto* id = std::get_if<Id>(&value); id != nullptr && id->is_nil()) {
      add(field, "no-id", "points to no record.");
    }
  }

  void range(const Field& field, std::int64_t number) {
    if (field.minimum && number < *field.minimum)
      add(field, "out-of-range", "must be at least " + std::to_string(*field.minimum) + ".");
    if (field.maximum && number > *field.maximum)
      add(field, "out-of-range", "must be at most " + std::to_string(*field.maximum) + ".");
    if (field.type == FieldType::time && (number < first_ms || number > last_ms))
      add(field, "out-of-range", "must be in the years 1 to 9999.");
  }

  void typed_text(const Field& field, const std::string& text) {
    switch (field.type) {
      case FieldType::picklist:
        return option(field, text);
      case FieldType::phone:
        if (!is_e164(text))
          add(field, "not-a-phone", "must be an international number: '+', country code, 7 to 15 digits, no spaces.");
        return;
      case FieldType::email:
        if (!is_email(text)) add(field, "not-an-email", "must be an email address like name@example.com.");
        break;
      default:
        break;
    }
    free_text(field, text);
  }

  void option(const Field& field, const std::string& text) {
    if (std::ranges::find(field.options, text) == field.options.end())
      add(field, "unknown-option", "must be one of the options listed for it.");
  }

  void free_text(const Field& field, const std::string& text) {
    if (text.size() > field.max_length)
      add(field, "too-long", "may have at most " + std::to_string(field.max_length) + " bytes.");
    if (!is_utf8(text))
      add(field, "not-text", "holds bytes that are not UTF-8 text.");
    else if (has_control_character(text))
      add(field, "control-character", "may hold no control characters but line ends and tabs.");
    if (!is_hash_hex(text) && holds_card_number(text))
      add(field, "card-number", "seems to hold a payment card number; card numbers are never stored, take it out.");
  }

  void elements(const Field& field, const FieldChange& c) {
    if (!is_null(c.value)) add(field, "wrong-type", "must be given as additions and removals.");
    if (c.adds.empty() && c.removes.empty())
      add(field, "no-changes", "is named but neither adds nor removes anything.");
    if (c.adds.size() > limits::elements_per_value || c.removes.size() > limits::elements_per_value)
      return add(field, "too-many-elements",
                 "may add or remove at most " + std::to_string(limits::elements_per_value) + " elements at once.");
    if (field.type == FieldType::list && !c.removes.empty())
      add(field, "append-only", "keeps everything: nothing can be removed from it.");
    for (const std::string& text : c.adds) {
      if (is_blank(text)) add(field, "empty-element", "cannot take an empty element.");
      if (!field.options.empty()) option(field, text);
      free_text(field, text);
    }
  }

  const FieldChange* change_of(FieldIndex field) const {
    const auto at = std::ranges::find(op_.changes, field, &FieldChange::field);
    return at == op_.changes.end() ? nullptr : &*at;
  }

  void created() {
    for (std::size_t i = 0; i < collection_->fields.size(); ++i)
      if (collection_->fields[i].required && change_of(static_cast<FieldIndex>(i)) == nullptr)
        add(collection_->fields[i], "required", "is required.");
    if (!collection_->natural_key) return;
    const FieldChange* parent = change_of(*collection_->parent);
    const FieldChange* key = change_of(*collection_->natural_key);
    const auto* parent_id = parent == nullptr ? nullptr : std::get_if<Id>(&parent->value);
    const auto* key_text = key == nullptr ? nullptr : std::get_if<std::string>(&key->value);
    if (parent_id != nullptr && key_text != nullptr &&
        op_.record.id != natural_id(collection_->no, *parent_id, *key_text))
      add("wrong-id", "The id of the record does not follow from its parent and key.");
  }

  const Op& op_;
  const Collection* collection_;
  std::vector<Finding> findings_;
};

void check_header(const Schema& schema, const ActionHeader& header, std::vector<Finding>& findings) {
  if (header.schema != schema.version())
    findings.push_back({"", "unknown-schema", "The action was written in another version of the schema."});
  if (header.number == 0) findings.push_back({"", "no-number", "The action has no number; numbers begin at 1."});
  if (header.event_ms < first_ms || header.event_ms > last_ms)
    findings.push_back({"", "out-of-range", "The time of the event must be in the years 1 to 9999."});
  if (header.depends_on.size() > limits::dependencies_per_action)
    findings.push_back({"", "too-many-dependencies", "The action names too many earlier ones."});
  for (std::size_t i = 0; i < header.depends_on.size(); ++i) {
    const ActionRef& ref = header.depends_on[i];
    const bool earlier =
        ref.number != 0 && ref.lane < lane_count && (ref.lane != header.lane || ref.number < header.number);
    if (!earlier || (i > 0 && ref <= header.depends_on[i - 1])) {
      findings.push_back({"", "wrong-dependencies", "The action may name only earlier actions, ascending, each once."});
      break;
    }
  }
}

}  // namespace

std::vector<Finding> validate(const Schema& schema, const Op& op) { return OpCheck(schema, op).run(); }

std::vector<Finding> validate(const Schema& schema, const Action& action) {
  std::vector<Finding> findings;
  check_header(schema, action.header, findings);
  if (action.ops.empty()) findings.push_back({"", "no-ops", "The action does nothing."});
  if (action.ops.size() > limits::ops_per_action) {
    findings.push_back(
        {"", "too-many-ops", "An action may have at most " + std::to_string(limits::ops_per_action) + " operations."});
    return findings;
  }
  Lane most_urgent = lane_count;
  bool one_tenant = true;
  for (const Op& op : action.ops) {
    std::ranges::move(validate(schema, op), std::back_inserter(findings));
    if (const Collection* collection = schema.collection(op.record.collection))
      most_urgent = std::min(most_urgent, collection->lane);
    one_tenant = one_tenant && tenant_of(op.scope) == tenant_of(action.ops.front().scope);
  }
  if (!one_tenant) findings.push_back({"", "two-tenants", "An action may touch the records of one tenant only."});
  if (most_urgent < lane_count && action.header.lane != most_urgent)
    findings.push_back({"", "wrong-lane", "The action must travel in the most urgent lane of its records."});
  return findings;
}

}  // namespace holdline::sync
