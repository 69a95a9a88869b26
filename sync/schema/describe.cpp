#include "sync/schema/describe.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "sync/base/timestamp.hpp"
#include "sync/schema/due.hpp"

namespace holdline::sync {

namespace {

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : between).append(text);
  return all;
}

std::string_view leaves_as(Lane lane) {
  static constexpr std::array<std::string_view, lane_count> lanes{"before everything else", "before entries and edits",
                                                                  "behind callbacks, before edits", "last"};
  return lane < lanes.size() ? lanes[lane] : "last";
}

std::string_view decides(const Collection& collection, const Field& field) {
  if (field.read_only || collection.append_only) return "nobody changes it";
  switch (field.policy) {
    case MergePolicy::review:
      return "a conflict: a person decides";
    case MergePolicy::latest:
      return "the later change holds";
    case MergePolicy::central:
      return "only the central database changes it";
    case MergePolicy::transition:
      return "the step that is further on holds";
    case MergePolicy::strictest:
      return "the stricter value holds";
    case MergePolicy::unite:
      return "both changes are taken in";
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
      if (field.format == TextFormat::reference) return "a reference (K7M-4XR-R2M)";
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
      return target ? "one record of " + target->label : "one record";
    }
    case FieldType::set:
      return (field.options.empty() ? "several texts" : "several of: " + joined(field.options, ", ")) +
             (field.options.empty() ? length_of(field) : "");
    case FieldType::list:
      return "a list of texts" + length_of(field);
  }
  return "";
}

// "Street, City, Country": what is one value with the field.
std::string beside(const Collection& collection, const Field& field) {
  std::vector<std::string> others;
  for (const Field& other : collection.fields)
    if (other.merge_group == field.merge_group && other.no != field.no) others.push_back(other.label);
  return joined(others, ", ");
}

std::string steps_of(const Field& field) {
  std::vector<std::string> steps;
  for (const std::string& from : field.options) {
    const auto next = field.transitions.find(from);
    if (next != field.transitions.end()) steps.push_back(from + " to " + joined(next->second, " or "));
  }
  return joined(steps, ", ");
}

std::string remarks_on(const Collection& collection, const Field& field) {
  std::vector<std::string> remarks;
  if (field.form_position != 0) remarks.emplace_back("on the form");
  if (field.retired) remarks.emplace_back("not used any more: what stands in it is shown");
  if (field.required) remarks.emplace_back("required");
  if (field.read_only) remarks.emplace_back("set by the hub");
  if (field.filled_with != Filling::none) remarks.emplace_back("filled in by the desk");
  if (field.unique) remarks.emplace_back("two records with the same value are told as a conflict");
  if (!field.transitions.empty()) remarks.push_back("from " + steps_of(field));
  if (!field.merge_group.empty()) remarks.push_back("one value with " + beside(collection, field));
  if (field.sensitive) remarks.emplace_back("sensitive: not in lists");
  if (field.visibility != 0) remarks.push_back("for workstations with group " + std::to_string(field.visibility));
  if (field.replication == Replication::masked) remarks.emplace_back("its end only, on workstations");
  if (field.replication == Replication::never) remarks.emplace_back("not on workstations");
  if (field.search != SearchKind::none) remarks.emplace_back("searched");
  if (!field.columns.empty()) remarks.push_back("in files also: " + joined(field.columns, ", "));
  if (field.retention_days != 0) remarks.push_back("kept " + std::to_string(field.retention_days) + " days");
  if (collection.natural_key && collection.fields[*collection.natural_key].no == field.no)
    remarks.emplace_back("two that are entered with the same value are one record");
  return joined(remarks, "; ");
}

std::string in_years(std::uint32_t days) {
  constexpr std::uint32_t year = 365;
  if (days % year != 0) return std::to_string(days) + " days";
  return days == year ? "1 year" : std::to_string(days / year) + " years";
}

std::string kept_for(const Retention& kept) {
  const std::string_view after = kept.after == "created"        ? "it was taken down"
                                 : kept.after == "last_contact" ? "the last contact"
                                 : kept.after == "closed"       ? "it was closed"
                                 : kept.after == "withdrawn"    ? "it was withdrawn"
                                                                : "it ended";
  return "Kept " + in_years(kept.days) + " after " + std::string(after) + ", then " +
         (kept.anonymise ? "made anonymous" : "deleted") + ".";
}

// What the register of processing needs to know.
std::string grounds_of(const Collection& collection) {
  std::string text;
  if (!collection.purpose.empty()) text += "For " + collection.purpose + ". ";
  if (!collection.basis.empty()) text += "Lawful basis: " + collection.basis + ". ";
  if (collection.retention.days != 0) text += kept_for(collection.retention);
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string said_of(const Collection& collection, const std::vector<Condition>& when) {
  std::vector<std::string> said;
  for (const Condition& one : when)
    said.push_back(collection.fields[one.field].label + " is " + joined(one.is, " or "));
  return joined(said, " and ");
}

std::string labels(const Collection& collection, const std::vector<FieldIndex>& fields) {
  std::vector<std::string> names;
  for (const FieldIndex field : fields) names.push_back(collection.fields[field].label);
  return joined(names, ", ");
}

void describe(const Schema& schema, const FormTemplate& form, std::string& page) {
  const Collection& collection = *schema.collection(form.collection);
  page += "\n### " + form.label + " (`" + form.name + "`), version " + std::to_string(form.version) + "\n\n";
  page += form.approved_by.empty()
              ? "Not approved yet. "
              : "Approved by " + form.approved_by + (form.approved_on.empty() ? "" : " on " + form.approved_on) + ". ";
  page += "A form of " + collection.label + ".\n\n";
  for (const FormTemplate::Stop& stop : form.stops)
    page += "**First" + (stop.when.empty() ? std::string() : ", when " + said_of(collection, stop.when)) + ":** " +
            stop.text + (stop.call.empty() ? "" : " **" + stop.call + "**") + "\n\n";
  page += "Asks for: " + labels(collection, form.fields) + ".\n";
  if (!form.required.empty()) page += "Needs: " + labels(collection, form.required) + ".\n";
}

std::string clock(std::int32_t minutes) {
  const std::string hour = std::to_string(minutes / 60), minute = std::to_string(minutes % 60);
  return (hour.size() < 2 ? "0" : "") + hour + ":" + (minute.size() < 2 ? "0" : "") + minute;
}

void describe(const CallingHours& hours, std::string& page) {
  static constexpr std::array<std::string_view, CallingHours::days> names{"Mon", "Tue", "Wed", "Thu",
                                                                          "Fri", "Sat", "Sun"};
  page += "- " + (hours.countries.empty() ? "anywhere else" : joined(hours.countries, ", ")) + " (`" + hours.name +
          "`, from " + format_time(std::int64_t{hours.from_day} * 86'400'000).substr(0, 10) + "): ";
  std::vector<std::string> days;
  for (std::size_t day = 0; day < hours.on.size(); ++day) {
    const CallingHours::Span& span = hours.on[day];
    days.push_back(std::string(names[day]) + " " +
                   (span.from == span.until ? "none" : clock(span.from) + "–" + clock(span.until)));
  }
  page += joined(days, ", ") + ". Source: " + hours.source + ".\n";
}

void describe(const Schema& schema, const Collection& collection, std::string& page) {
  page += "\n## " + collection.label + " (`" + collection.name + "`)\n\n";
  page += "Sent by a workstation " + std::string(leaves_as(collection.lane)) + ".";
  if (collection.parent)
    page += " Each belongs to one record of " + schema.collection(collection.fields[*collection.parent].target)->label +
            ".";
  if (collection.append_only) page += " Nothing in it is changed or removed by people.";
  if (collection.sort_by) page += " Lists go by " + collection.fields[*collection.sort_by].label + ", newest first.";
  if (collection.merged_into) page += " Two that are one can be merged; the merged one stays as an alias.";
  if (const std::string grounds = grounds_of(collection); !grounds.empty()) page += "\n\n" + grounds;
  page += "\n\n| field | called | holds | when two people change it at once | remarks |\n|---|---|---|---|---|\n";
  for (const Field& field : collection.fields)
    page += "| `" + field.name + "` | " + field.label + " | " + holds(schema, field) + " | " +
            std::string(decides(collection, field)) + " | " + remarks_on(collection, field) + " |\n";
  // What a form needs is said of the form.
  const auto is_of_form = [&](const Condition& condition) { return collection.form == condition.field; };
  for (const Rule& rule : collection.rules)
    if (std::ranges::none_of(rule.when, is_of_form))
      page += "\nRule `" + rule.name + "`" + (rule.when.empty() ? "" : ", where " + said_of(collection, rule.when)) +
              ": " + rule.text + "\n";
  for (const Due& due : dues_of(schema, collection)) {
    page += "\nThe desk sets " + collection.fields[due.field].label + " " +
            (due.months == 0   ? std::to_string(due.days) + " days"
             : due.months == 1 ? "one month"
                               : std::to_string(due.months) + " months") +
            " after " + collection.fields[due.after].label;
    for (const auto& [option, days] : due.days_of)
      page += ", " + std::to_string(days) + " days where " + collection.fields[*due.by].label + " is " + option;
    page += ".\n";
  }
}

// What is kept of people, at one look: the register of processing.
void describe_register(const Schema& schema, std::string& page) {
  page += "\n| what | for | lawful basis | kept |\n|---|---|---|---|\n";
  for (const Collection& collection : schema.collections()) {
    if (collection.built_in) continue;
    const bool ends = collection.retention.days != 0;
    std::string kept = ends ? kept_for(collection.retention).substr(std::string_view("Kept ").size()) : "no end is set";
    if (kept.ends_with('.')) kept.pop_back();
    page += "| " + collection.label + " | " + collection.purpose + " | " + collection.basis + " | " + kept + " |\n";
  }
}

// "#customer", as viewers of Markdown make it of the heading "Customer (`customer`)".
std::string anchor_of(const std::string& label, const std::string& name) {
  std::string anchor;
  for (const char c : label + " " + name)
    if (c == ' ')
      anchor += '-';
    else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-')
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return anchor;
}

void describe_contents(const Schema& schema, std::string& page) {
  page += "\nContents: ";
  std::vector<std::string> names;
  for (const Collection& collection : schema.collections())
    if (!collection.built_in)
      names.push_back("[" + collection.label + "](#" + anchor_of(collection.label, collection.name) + ")");
  if (!schema.forms().empty()) names.emplace_back("[Forms](#forms)");
  if (!schema.all_calling_hours().empty())
    names.emplace_back("[When people may be called](#when-people-may-be-called)");
  if (!schema.guides().empty()) names.emplace_back("[Guides](#guides)");
  page += joined(names, " · ") + "\n";
}

constexpr std::string_view introduction = R"(
What this centre keeps, field by field, made from its `schema.toml`. Purposes, lawful bases and periods are those of that
file: what ships is a proposal, and whoever answers for the data decides and changes it there.

Words used below:

- **when two people change it at once**: both saved without seeing the other's change, for example in an outage. *A conflict*
  keeps both values and somebody decides; otherwise the table says which one holds. Nothing is thrown away: the history has
  every value.
- **one value with …**: these fields are changed and merged together, as an address is.
- **from … to …**: the steps a state may take.
- **filled in by the desk**: nobody types it; the workstation does when it is saved.
- **Sent … before/behind/last**: when the line is back, what waits at a workstation leaves in this order.
- **in files also**: headings by which an import knows the column, beside the field's own name.
- A rule whose text begins "where …" holds only then.
)";

}  // namespace

std::string described(const Schema& schema) {
  std::string page = "# Data, version " + std::to_string(schema.version()) + "\n";
  page += introduction;
  describe_contents(schema, page);
  page += "\n## At one look\n";
  describe_register(schema, page);
  for (const Collection& collection : schema.collections())
    if (!collection.built_in) describe(schema, collection, page);
  if (!schema.forms().empty()) page += "\n## Forms\n";
  for (const FormTemplate& form : schema.forms()) describe(schema, form, page);
  if (!schema.all_calling_hours().empty())
    page += "\n## When people may be called\n\nBy the clock of who is called.\n\n";
  for (const CallingHours& hours : schema.all_calling_hours()) describe(hours, page);
  if (!schema.guides().empty()) page += "\n## Guides\n";
  for (const Guide& guide : schema.guides()) page += "\n### " + guide.title + "\n\n" + guide.text + "\n";
  return page;
}

}  // namespace holdline::sync
