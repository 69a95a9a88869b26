#include "agent/api/records/near_number.hpp"

#include <algorithm>
#include <string>

#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

std::vector<std::string> numbers_of(PersonView& view, const sync::Collection& phones, const sync::Id& customer,
                                    const sync::RecordKey& but) {
  std::vector<std::string> numbers;
  const auto e164 = phones.field("e164");
  const auto known = view.children(phones, customer);
  if (!known || !e164) return numbers;
  for (const Shown& shown : known->shown)
    if (const auto* number = std::get_if<std::string>(&shown.record.fields[*e164]); number && shown.record.key != but)
      numbers.push_back(*number);
  return numbers;
}

}  // namespace

void ask_about_exchanged_digits(PersonView& view, const sync::Schema& schema, const sync::Id& customer,
                                const sync::RecordKey& record, std::span<const sync::FieldChange> changes,
                                std::string_view region, std::vector<sync::Finding>& findings) {
  const sync::Collection& collection = *schema.collection(record.collection);
  const sync::Collection* phones = schema.collection("phone");
  if (!phones) return;
  for (const sync::FieldChange& change : changes) {
    const sync::Field& field = collection.fields[change.field];
    const auto* typed = std::get_if<std::string>(&change.value);
    if (field.type != sync::FieldType::phone || !typed) continue;
    const auto known = numbers_of(view, *phones, customer, record);
    if (std::ranges::find(known, *typed) != known.end()) continue;
    const auto near = std::ranges::find_if(
        known, [&](const std::string& number) { return sync::has_digits_exchanged(*typed, number); });
    if (near == known.end()) continue;
    findings.push_back({field.name, "digits-exchanged",
                        field.label + ": " + sync::phone_for_people(*typed, region) + " is the customer's " +
                            sync::phone_for_people(*near, region) +
                            " with two digits exchanged. Read it back to the caller.",
                        sync::Weight::asked});
  }
}

}  // namespace holdline::agent
