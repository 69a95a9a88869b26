#include "agent/view/calling_hours.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "platform/time/country_zones.hpp"
#include "sync/form/promise.hpp"
#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

std::string text_at(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  const auto field = collection.field(name);
  const auto* text = field ? std::get_if<std::string>(&record.fields[*field]) : nullptr;
  return text ? *text : std::string();
}

// The zone of the promise is the field's own. Without one it is that of the customer whom it is about; else those of
// the country that the number is of, when all of them say the same.
std::vector<std::string> zones_of(const sync::Schema& schema, const sync::Site& site, PersonView& view,
                                  const sync::Collection& collection, const sync::Record& record) {
  const sync::Collection& customers = *schema.collection("customer");
  const auto about = collection.field("customer");
  if (const auto* id = about ? std::get_if<sync::Id>(&record.fields[*about]) : nullptr)
    if (const auto found = view.find({customers.no, *id}); found && found->shown)
      if (std::string zone = text_at(customers, found->shown->record, "tz"); !zone.empty()) return {std::move(zone)};
  const std::string region = site.region, number = text_at(collection, record, "phone");
  const bool foreign = !number.empty() && sync::phone_for_people(number, region).starts_with('+');
  return foreign ? std::vector<std::string>() : platform::zones_of_country(region);
}

}  // namespace

void hint_at_hours(const sync::Schema& schema, const sync::Site& site, PersonView& view, const sync::Record& record,
                   const std::vector<sync::FieldChange>& changes, std::vector<sync::Finding>& findings) {
  const sync::Collection& collection = *schema.collection(record.key.collection);
  auto zones = zones_of(schema, site, view, collection, record);
  if (zones.empty()) zones.emplace_back();
  std::vector<sync::Finding> first;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    auto said = sync::outside_hours(schema, collection, record, changes, site, zones[i]);
    if (said.size() < first.size() || i == 0) first = std::move(said);
  }
  std::ranges::move(first, std::back_inserter(findings));
}

}  // namespace holdline::agent
