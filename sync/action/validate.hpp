// Whether an action may be saved: fields, headers, times. The same verdicts on the workstation and at the hub. Pure;
// time comes in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"

namespace holdline::sync {

// What a finding comes to.
enum class Weight : std::uint8_t {
  refused,  // it cannot be saved like this
  asked,    // it is saved when the person says that it is meant so (Acceptance)
  told,     // worth a word; it is saved all the same
};

struct Finding {
  std::string field;    // empty: about the whole op
  std::string code;     // kebab-case and stable, as in validate.cpp: "required", "too-long", "card-number", …
  std::string message;  // for a person, naming the field as the form does; never repeats the value
  Weight weight = Weight::refused;
};

// Checks one op against the schema: types, lengths, ranges, picklists, phone (E.164) and email syntax (WHATWG),
// UTF-8, required fields of a create, parents present and unchanged, ids of natural-key children, read-only and
// built-in things untouched, merge groups named whole, steps between states from the base as displayed, card numbers
// refused in every text. The base of a change is checked for type, size and UTF-8 only, so that what the central
// database holds can always be corrected. All findings, in the order of the fields; empty when all is well. An asked
// finding that nobody accepted counts as refused.
// `header`: what was accepted, of the action it is part of.
std::vector<Finding> validate(const Schema& schema, const Op& op, const ActionHeader* header = nullptr);
// The same for values whose ids are not drawn yet.
std::vector<Finding> validate_fields(const Schema& schema, const Op& op);
// The rules between fields, as far as the op says what they speak of. `event_ms`: when it happened; 0: rules of time
// are left out.
std::vector<Finding> validate_rules(const Schema& schema, const Op& op, std::int64_t event_ms);

// Checks a whole action: 1..max_ops_per_action ops (none when it only gives others up, with a reason), each valid, one
// tenant, the rules between fields kept as far as it says what they speak of, lane is the most urgent of its
// collections, `depends_on` names only earlier numbers of the same lane or other lanes, schema is the version at hand,
// and no create bears an id that is computed from a key but that of a natural-key child. (Imports create such records
// by single ops.)
std::vector<Finding> validate(const Schema& schema, const Action& action);

// Answers a field's value, or null where it is not known.
using ValueOf = std::function<const Value*(FieldIndex)>;
// What a record breaks of a rule between its fields; nothing when it keeps it, or when too little is known. `event_ms`
// 0: a rule of time is left out.
std::optional<Finding> broken_rule(const Collection& collection, const Rule& rule, const ValueOf& value_of,
                                   std::int64_t event_ms);

// Of a rule of kind after_event: the first of its fields that has a value, which is the time that counts. Nothing when
// none has, or that is not known.
std::optional<FieldIndex> deadline_of(const Rule& rule, const ValueOf& value_of);

// Whether a spelling is that of a number, by its last digits: "0176 04069006" of "+4917604069006".
bool spells_phone(std::string_view typed, std::string_view e164);

// True when the text holds what looks like a payment card number: 13 to 19 digits in groups, beginning like a card
// scheme and passing Luhn. Not an IBAN, nor a telephone number with its '+'. Safe on any bytes.
bool holds_card_number(std::string_view text);

}  // namespace holdline::sync
