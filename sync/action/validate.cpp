#include "sync/action/validate.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "sync/action/checks.hpp"
#include "sync/action/format.hpp"
#include "sync/action/groups.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"
#include "sync/reference/reference.hpp"
#include "sync/text/postcode.hpp"
#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t hash_hex_length = 64;

// A SHA-256 in hexadecimal: its digits mean nothing, and one in some hundred would look like a card number.
bool is_hash_hex(std::string_view text) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'f'; };
  return text.size() == hash_hex_length && std::ranges::any_of(text, letter) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

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
  // `header`: what was accepted, and when it happened; null: nothing was, and nobody knows.
  OpCheck(const Schema& schema, const Op& op, const ActionHeader* header)
      : op_(op), header_(header), collection_(schema.collection(op.record.collection)) {}

  std::vector<Finding> whole() && {
    place();
    look_at_fields();
    if (collection_ && op_.kind == OpKind::create) natural_key();
    return std::move(findings_);
  }

  std::vector<Finding> fields() && {
    look_at_fields();
    return std::move(findings_);
  }

  // An edit says nothing of the fields it does not change, and what stands may stay as it is.
  std::vector<Finding> rules() && {
    if (!collection_ || op_.kind == OpKind::erase_row) return {};
    static const Value none = Null{};
    const auto value_of = [&](FieldIndex field) -> const Value* {
      if (const FieldChange* change = change_of(field)) return &change->value;
      return op_.kind == OpKind::create ? &none : nullptr;
    };
    const auto changes = [&](FieldIndex field) {
      const FieldChange* change = change_of(field);
      return change && !base_matches(change->base, change->value);
    };
    for (const Rule& rule : collection_->rules) {
      // An edit may bring back what was promised in time, as when a conflict is resolved.
      const bool of_time = rule.kind == Rule::Kind::after_event;
      const bool decides =
          std::ranges::any_of(rule.when, [&](const Condition& condition) { return changes(condition.field); });
      if (op_.kind == OpKind::edit && (of_time || (std::ranges::none_of(rule.fields, changes) && !decides))) continue;
      if (auto found = broken_rule(*collection_, rule, value_of, header_ ? header_->event_ms : 0))
        findings_.push_back(*std::move(found));
    }
    postcodes(value_of, changes);
    return std::move(findings_);
  }

 private:
  // What stands may stay as it is, until the postcode or its country is another one.
  template <class ValueOf, class Changes>
  void postcodes(const ValueOf& value_of, const Changes& changes) {
    for (std::size_t i = 0; i < collection_->fields.size(); ++i) {
      const auto field = static_cast<FieldIndex>(i);
      const auto country = country_beside(*collection_, field);
      if (!country || (op_.kind == OpKind::edit && !changes(field) && !changes(*country))) continue;
      const auto text_of = [&](FieldIndex at) {
        const Value* value = value_of(at);
        return value ? std::get_if<std::string>(value) : nullptr;
      };
      const auto *postcode = text_of(field), *code = text_of(*country);
      if (postcode && code && read_postcode(*code, *postcode).reading == PostcodeReading::not_of_it)
        add(collection_->fields[i], "not-a-postcode", "is none of " + postcode_example(*code) + ".");
    }
  }

  void place() {
    if (!collection_) return;
    if (op_.record.id.is_nil()) add("no-id", "The record has no id.");
    if (!is_scope(op_.scope))
      add("not-a-scope", "The scope must be 1 to 4 parts of a-z, 0-9, '.', '_' and '-', separated by '/'.");
  }

  void look_at_fields() {
    if (!collection_)
      return add("unknown-collection", "This kind of record is not in the schema; update the schema first.");
    if (collection_->built_in && op_.kind != OpKind::edit)
      add("built-in", "Records of '" + collection_->label + "' are made and removed by the hub only.");
    if (collection_->append_only && op_.kind != OpKind::create)
      add("append-only",
          collection_->label + " stays as it was taken down. Take down another one that says what is right.");
    if (op_.kind == OpKind::edit && op_.changes.empty()) add("no-changes", "The edit changes nothing.");
    if (op_.kind == OpKind::erase_row && !op_.changes.empty())
      add("unexpected-changes", "A removal cannot change fields as well.");
    changes();
    if (op_.kind == OpKind::create) created();
    if (op_.kind == OpKind::edit) groups();
  }

  void add(std::string code, std::string message) { findings_.push_back({"", std::move(code), std::move(message)}); }
  void add(const Field& field, std::string code, const std::string& message) {
    findings_.push_back({field.name, std::move(code), field.label + " " + message, Weight::refused});
  }
  bool is_accepted(std::string_view code) const {
    return header_ && header_->acceptance &&
           std::ranges::find(header_->acceptance->hints, code) != header_->acceptance->hints.end();
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

  void groups() {
    if (const auto missing = missing_of_group(*collection_, op_.changes))
      add(collection_->fields[*missing], "partial-group",
          "belongs to what was changed with it: name all of these fields, also those that stay.");
  }

  void change(const Field& field, const FieldChange& c) {
    if (field.read_only) add(field, "read-only", "is set by the hub only.");
    const bool fixed = collection_->parent == c.field || collection_->natural_key == c.field;
    if (fixed && op_.kind == OpKind::edit)
      add(field, "fixed", "cannot be changed: remove this record and add another.");
    if (is_given_by_desk(field.filled_with) && op_.kind == OpKind::edit && !base_matches(c.base, c.value))
      add(field, "fixed",
          field.filled_with == Filling::reference ? "stays what was read out to the caller."
                                                  : "stays what held when it was taken down.");
    if (has_elements(field.type)) return elements(field, c);
    if (!c.adds.empty() || !c.removes.empty())
      add(field, "unexpected-elements", "takes one value, not additions and removals.");
    base(field, c);
    if (is_null(c.value)) {
      if (field.required) add(field, "required", "is required.");
    } else if (!fits(field.type, c.value)) {
      add(field, "wrong-type", "must be " + std::string(expected(field.type)) + ".");
    } else if (op_.kind != OpKind::edit || !base_matches(c.base, c.value)) {  // what stands may stay as it is
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
    if (field.type == FieldType::time && (number < first_time_ms || number > last_time_ms))
      add(field, "out-of-range", "must be in the years 1 to 9999.");
    const bool typed = field.type == FieldType::integer && field.form_position != 0;
    if (const std::string text = std::to_string(number); typed && holds_card_number(text)) card(field, text);
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
      add(field, "unknown-option", "must be one of: " + listed(field.options) + ".");
  }

  static std::string listed(const std::vector<std::string>& options) {
    constexpr std::size_t most = 40;
    std::string all;
    for (std::size_t i = 0; i < std::min(most, options.size()); ++i) all += (i == 0 ? "" : ", ") + options[i];
    return options.size() > most ? all + ", …" : all;
  }

  void free_text(const Field& field, const std::string& text) {
    if (!is_utf8(text))
      add(field, "not-text", "holds bytes that are not UTF-8 text.");
    else if (text.size() > field.max_bytes || !is_short(text, field.max_length))
      add(field, "too-long", "may have at most " + std::to_string(field.max_length) + " characters.");
    else if (has_control_character(text))
      add(field, "control-character", "may hold no control characters but line ends and tabs.");
    format(field, text);
    if (!is_hash_hex(text) && holds_card_number(text)) card(field, text);
  }

  // As people count; whoever has no more bytes than that needs no counting.
  static bool is_short(const std::string& text, std::size_t characters) {
    return text.size() <= characters || count_characters(text) <= characters;
  }

  // Which countries there are, and which zones, is looked up where they are typed: it changes with the years.
  void format(const Field& field, const std::string& text) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (field.format == TextFormat::country && (text.size() != 2 || !std::ranges::all_of(text, capital)))
      add(field, "no-such-country", "must be the code of a country, two capital letters like GB.");
    if (field.format == TextFormat::reference && !is_reference(text))
      add(field, "not-a-reference", "must be a reference as it is read out, and its check character does not fit.");
  }

  void card(const Field& field, const std::string& text) {
    if (field.spelling_of) {
      const FieldChange* phone = change_of(*field.spelling_of);
      const auto* e164 = phone ? std::get_if<std::string>(&phone->value) : nullptr;
      if (e164 && is_e164(*e164) && spells_phone(text, *e164)) return;
    }
    if (!field.may_look_like_card)
      return add(field, "card-number",
                 "seems to hold a payment card number; card numbers are never stored, take it out.");
    if (!is_accepted("card-number"))
      findings_.push_back({field.name, "card-number",
                           field.label +
                               " looks like the number of a payment card. Card numbers are never stored: take "
                               "it out, or say what number it is.",
                           Weight::asked});
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
  }

  void natural_key() {
    const auto id = action_format::natural_id_of(*collection_, op_);
    if (id && op_.record.id != *id) add("wrong-id", "The id of the record does not follow from its parent and key.");
  }

  const Op& op_;
  const ActionHeader* header_;
  const Collection* collection_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> validate(const Schema& schema, const Op& op, const ActionHeader* header) {
  return OpCheck(schema, op, header).whole();
}

std::vector<Finding> validate_fields(const Schema& schema, const Op& op) {
  return OpCheck(schema, op, nullptr).fields();
}

std::vector<Finding> validate_rules(const Schema& schema, const Op& op, std::int64_t event_ms) {
  ActionHeader header;
  header.event_ms = event_ms;
  return OpCheck(schema, op, &header).rules();
}

}  // namespace holdline::sync
