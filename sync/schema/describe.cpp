#include "sync/schema/describe.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace holdline::sync {

namespace {

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : between).append(text);
  return all;
}

std::string_view leaves_as(Lane lane) {
  static constexpr std::array<std::string_view, lane_count> lanes{"first of all", "after do-not-call",
                                                                  "after callbacks", "after entries"};
  return lane < lanes.size() ? lanes[lane] : "last";
}

std::string_view decides(MergePolicy policy) {
  switch (policy) {
    case MergePolicy::review:
      return "a person decides";
    case MergePolicy::latest:
      return "the later one decides";
    case MergePolicy::central:
      return "the central database decides";
    case MergePolicy::transition:
      return "the later step decides";
    case MergePolicy::strictest:
      return "the stricter one decides";
    case MergePolicy::unite:
      return "both count";
    case MergePolicy::append:
      return "both are kept";
  }
  return "";
}

std::string length_of(const Field& field) { return " of at most " + std::to_string(field.max_length) + " characters"; }

std::string limits_of(const Field& field) {
  std::string limits;
  if (field.minimum) limits += " from " + std::to_string(*field.minimum);
  if (field.maximum) limits += " to " + std::to_string(*field.maximum);
  return limits;
}

std::string holds(const Schema& schema, const Field& field) {
  switch (field.type) {
    case FieldType::text:
      if (field.format == TextFormat::country) return "a country (GB, DE, …)";
      if (field.format == TextFormat::time_zone) return "a time zone (Europe/London)";
      return "text" + length_of(field);
    case FieldType::integer:
      return "a whole number" + limits_of(field);
    case FieldType::boolean:
      return "yes or no";
    case FieldType::time:
      return "a time";
    case FieldType::picklist:
      return "one of: " + joined(field.options, ", ");
    case FieldType::phone:
      return "a telephone number";
    case FieldType::email:
      return "an e-mail address";
    case FieldType::reference: {
      const Collection* target = schema.collection(field.target);
      return target ? "which " + target->name : "which record";
    }
    case FieldType::set:
      return (field.options.empty() ? "several texts" : "several of: " + joined(field.options, ", ")) +
             (field.options.empty() ? length_of(field) : "");
    case FieldType::list:
      return "a list of texts" + length_of(field);
  }
  return "";
}

std::string remarks_on(const Collection& collection, const Field& field) {
  std::vector<std::string> remarks;
  if (field.required) remarks.emplace_back("required");
  if (field.read_only) remarks.emplace_back("set by the hub");
  if (field.filled_with != Filling::none) remarks.emplace_back("filled in by the desk");
  if (!field.merge_group.empty()) remarks.push_back("one value with the others of " + field.merge_group);
  if (field.sensitive) remarks.emplace_back("sensitive: not in lists");
  if (field.visibility != 0) remarks.push_back("for workstations with group " + std::to_string(field.visibility));
  if (field.replication == Replication::masked) remarks.emplace_back("its end only, on workstations");
  if (field.replication == Replication::never) remarks.emplace_back("not on workstations");
  if (field.search != SearchKind::none) remarks.emplace_back("searched");
  if (field.retention_days != 0) remarks.push_back("kept " + std::to_string(field.retention_days) + " days");
  if (collection.natural_key && collection.fields[*collection.natural_key].no == field.no)
    remarks.emplace_back("the same value is the same record");
  return joined(remarks, "; ");
}

void describe(const Schema& schema, const Collection& collection, std::string& page) {
  page += "\n## " + collection.label + " (`" + collection.name + "`)\n\n";
  page += "Leaves a workstation " + std::string(leaves_as(collection.lane)) + ".";
  if (collection.parent)
    page += " Belongs to a " + schema.collection(collection.fields[*collection.parent].target)->name + ".";
  if (collection.sort_by) page += " Lists go by " + collection.fields[*collection.sort_by].label + ", newest first.";
  if (collection.merged_into) page += " Two that are one can be merged; the merged one stays as an alias.";
  page += "\n\n| field | as the form names it | holds | when two people change it at once | |\n|---|---|---|---|---|\n";
  for (const Field& field : collection.fields)
    page += "| `" + field.name + "` | " + field.label + " | " + holds(schema, field) + " | " +
            std::string(decides(field.policy)) + " | " + remarks_on(collection, field) + " |\n";
  for (const Rule& rule : collection.rules) page += "\nRule `" + rule.name + "`: " + rule.text + "\n";
}

}  // namespace

std::string described(const Schema& schema) {
  std::string page = "# Data, version " + std::to_string(schema.version()) + "\n";
  for (const Collection& collection : schema.collections())
    if (!collection.built_in) describe(schema, collection, page);
  return page;
}

}  // namespace holdline::sync
