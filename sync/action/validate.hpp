// Whether an action may be saved: fields, headers, times. The same verdicts on the workstation and at the hub. Pure;
// time comes in.
#pragma once

#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"

namespace holdline::sync {

struct Finding {
  std::string field;    // empty: about the whole op
  std::string code;     // kebab-case and stable, as in validate.cpp: "required", "too-long", "card-number", …
  std::string message;  // for a person; never repeats the value
};

// Checks one op against the schema: types, lengths, ranges, picklists, phone (E.164) and email syntax (WHATWG),
// UTF-8, required fields of a create, parents present and unchanged, ids of natural-key children, read-only and
// built-in things untouched, steps between states from the base as displayed, card numbers refused in every text. The
// base of a change is checked for type, size and UTF-8 only, so that what the central database holds can always be
// corrected. All findings, in the order of the fields; empty when all is well.
std::vector<Finding> validate(const Schema& schema, const Op& op);

// Checks a whole action: 1..max_ops_per_action ops, each valid, one tenant, lane is the most urgent of its collections,
// `depends_on` names only earlier numbers of the same lane or other lanes, schema is the version at hand.
std::vector<Finding> validate(const Schema& schema, const Action& action);

// True when the text holds what looks like a payment card number: 13 to 19 digits in groups, beginning like a card
// scheme and passing Luhn. Not an IBAN, nor a telephone number with its '+'. Safe on any bytes.
bool holds_card_number(std::string_view text);

}  // namespace holdline::sync
