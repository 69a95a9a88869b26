// The same verdicts on the workstation and at the hub. Pure; time comes in.
#pragma once

#include <string>
#include <vector>

#include "sync/action.hpp"
#include "sync/record.hpp"

namespace holdline::sync {

struct Finding {
  std::string field;    // empty: about the whole op
  std::string code;     // "required", "too-long", "not-a-phone", "card-number", "unknown-option", "wrong-type", …
  std::string message;  // for a person; never repeats the value
};

// Checks one op against the schema: types, lengths, ranges, picklists, phone (E.164) and email syntax (WHATWG),
// UTF-8, required fields of a create, parents present, read-only and built-in things untouched, card numbers
// (13..19 digits that pass Luhn, with separators) refused in every text. Empty when all is well.
std::vector<Finding> validate(const Schema& schema, const Op& op);

// Checks a whole action: 1..max_ops_per_action ops, each valid, one tenant, lane is the most urgent of its collections,
// `after` names only earlier numbers of the same lane or other lanes.
std::vector<Finding> validate(const Schema& schema, const Action& action);

// True when the text holds something that looks like a payment card number.
bool holds_card_number(std::string_view text);

}  // namespace holdline::sync
