// Whether a customer who is about to be added, or changed, is here already under another record.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/view/sight.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// By what others are looked for: by the numbers and addresses that are being added, or by the postcode as well.
enum class Compared : std::uint8_t { keys, all };

struct Duplicate {
  sync::Id id;
  std::string name, city, ref;
  std::string field, label;  // what both have, as the form names it: "e164", "Phone number"
  int similarity = 0;        // of the names, from 0 to 100
};

// Others with the same telephone number, e-mail address or postcode and a similar name, the most similar first; at most
// ten. `children`: the phones and e-mail addresses that are being added, as creating ops. Only what the person may see
// is compared. A search that fails finds none: adding goes on.
std::vector<Duplicate> duplicates_of(const sync::Schema& schema, PersonView& view, const sync::Record& customer,
                                     Compared compared, std::span<const sync::Op> children);

// Asked about the first of them ("same-customer").
void ask_about(const std::vector<Duplicate>& duplicates, std::vector<sync::Finding>& findings);

// Asked about somebody new who has the number of somebody who was deleted here ("deleted-customer").
void ask_about_deleted(PersonView& view, const sync::Schema& schema, const sync::Record& customer,
                       std::vector<sync::Finding>& findings);
// Of an op that gives a customer another number: the same one once more says nothing new; with another extension it
// would go over the one that stands.
void refuse_other_extension(PersonView& view, const sync::Schema& schema, const sync::Id& customer, const sync::Op& op,
                            std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
