#include "sync/schema/compare.hpp"

#include <algorithm>
#include <string_view>

#include "sync/schema/due.hpp"

namespace holdline::sync {

namespace {

constexpr std::string_view retire_instead =
    "keep it, with retired = true: stored records and queues still name its number";

class Comparison {
 public:
  std::vector<SchemaChange> run(const Schema& from, const Schema& to) {
    if (from.hash() == to.hash()) return {};
    from_ = &from;
    to_ = &to;
    for (const Collection& old : from.collections())
      if (to.collection(old.no) == nullptr) refuse(old.name, "gone", "keep it, and retire its fields (retired = true)");
    for (const Collection& now : to.collections()) {
      const Collection* old = from.collection(now.no);
      if (old == nullptr)
        take(now.name, "a new collection");
      else if (now.built_in)
        follows(*old, now);
      else
        collections(*old, now);
    }
    if (to.version() <= from.version())
      refuse("", "version " + std::to_string(to.version()) + " after " + std::to_string(from.version()),
             "raise `version`: workstations tell versions apart by it");
    return std::move(changes_);
  }

 private:
  void take(std::string where, std::string what) { changes_.push_back({std::move(where), std::move(what), {}}); }
  void refuse(std::string where, std::string what, std::string_view why_not) {
    changes_.push_back({std::move(where), std::move(what), std::string(why_not)});
  }

  // By their names: the position of a field may be another one.
  static std::string name_of(const Collection& collection, const std::optional<FieldIndex>& field) {
    return field ? collection.fields[*field].name : std::string();
  }

  void collections(const Collection& old, const Collection& now) {
    const std::string& where = old.name;
    if (old.name != now.name)
      refuse(where, "called " + now.name, "keep the name: tables and programs know it; the label may be another one");
    if (old.lane != now.lane) refuse(where, "another lane", "what waits in the old lane would be refused");
    if (name_of(old, old.parent) != name_of(now, now.parent) ||
        name_of(old, old.natural_key) != name_of(now, now.natural_key) || old.folded_key != now.folded_key)
      refuse(where, "another parent or key", "ids of stored records follow from it");
    if (name_of(old, old.sort_by) != name_of(now, now.sort_by)) take(where, "lists in another order");
    if (old.merged_into && name_of(old, old.merged_into) != name_of(now, now.merged_into))
      refuse(where, "another field for merging", "records that were merged would come apart");
    if (!old.append_only && now.append_only) refuse(where, "append-only", "changes of it that wait would be refused");
    if (old.append_only && !now.append_only) take(where, "may be changed by people");
    if (old.purpose != now.purpose || old.basis != now.basis) take(where, "another purpose or lawful basis");
    if (!(old.retention == now.retention)) take(where, "kept for another time");
    for (const Field& field : old.fields)
      if (!now.field_by_no(field.no)) refuse(where + "." + field.name, "gone", retire_instead);
    for (const Field& field : now.fields) {
      const auto before = old.field_by_no(field.no);
      if (before)
        fields(where + "." + old.fields[*before].name, old.fields[*before], field);
      else if (field.no < old.fields.back().no)
        refuse(
            where + "." + field.name, "a new field in between",
            "give it a number above " + std::to_string(old.fields.back().no) + ": stored marks count fields by place");
      else if (!field.merge_group.empty() && has_group(old, field.merge_group))
        refuse(where + "." + field.name, "a new field of merge group " + field.merge_group,
               "give it another group, or none: who does not know it yet would change the group in part");
      else if (field.required)
        refuse(where + "." + field.name, "a new field, required",
               "begin without `required`: workstations of the version before do not know it");
      else
        take(where + "." + field.name, "a new field");
    }
    rules(old, now);
    if (dues(*from_, old) != dues(*to_, now))
      take(where, "other times by which things are due; those that are set stay");
  }

  // Its fields follow from those of the others; what they keep of fields of a new kind needs a place behind the rest.
  void follows(const Collection& old, const Collection& now) {
    for (const Field& field : now.fields)
      if (!old.field_by_no(field.no) && field.no < old.fields.back().no)
        return refuse(now.name, "values of fields that are masked, or of a group below one in use",
                      "give the new field a visibility group above those in use, and replication = \"full\"");
  }

  static bool has_group(const Collection& collection, const std::string& group) {
    return std::ranges::any_of(collection.fields, [&](const Field& field) { return field.merge_group == group; });
  }

  void fields(const std::string& where, const Field& old, const Field& now) {
    if (old.name != now.name)
      refuse(where, "called " + now.name, "keep the name: programs and exports know it; the label may be another one");
    if (old.type != now.type) return refuse(where, "another type", "add a new field and retire this one");
    if (name_of_target(*from_, old) != name_of_target(*to_, now)) refuse(where, "another target", "add a new field");
    if (old.merge_group != now.merge_group)
      refuse(where, "another merge group", "what was typed in parts would be refused as a whole");
    if (old.visibility != now.visibility)
      refuse(where, "another visibility", "workstations would keep what they may not hold any more, or miss it");
    lengths(where, old, now);
    limits(where, old, now);
    options(where, old, now);
    exposure(where, old, now);
    if (!old.required && now.required)
      refuse(where, "required", "records without it are stored already, and others are on their way");
    if (old.required && !now.required) take(where, "not required any more");
    if (old.retired != now.retired)
      take(where,
           now.retired ? "retired: not asked for any more; what stands in it stays and is shown" : "in use again");
    if (!old.read_only && now.read_only)
      refuse(where, "set by the hub only", "changes of it that wait would be refused: add a new field instead");
    if (old.read_only && !now.read_only) take(where, "may be changed by people");
    if (old.format != now.format && now.format != TextFormat::none)
      refuse(where, "of another format", "values that are stored or on their way may not have it");
    if (old.may_look_like_card && !now.may_look_like_card)
      refuse(where, "may not look like a card number any more", "what somebody said is meant so would be refused");
    if (old.unique != now.unique)
      take(where, now.unique ? "the same value in two records is a conflict; those that are stored are not looked at"
                             : "the same value in two records is no conflict any more");
    if (old.sensitive != now.sensitive) take(where, now.sensitive ? "left out of lists" : "shown in lists");
    if (old.filled_with != now.filled_with) take(where, "filled in by the desk in another way");
    if (old.policy != now.policy) take(where, "another policy for what two people change at once");
    if (old.search != now.search) take(where, "searched in another way; each workstation makes its index anew");
    if (old.transitions != now.transitions) steps(where, old, now);
  }

  static std::string name_of_target(const Schema& schema, const Field& field) {
    const Collection* target = schema.collection(field.target);
    return target ? target->name : std::string();
  }

  void lengths(const std::string& where, const Field& old, const Field& now) {
    const std::string what =
        std::to_string(now.max_length) + " characters instead of " + std::to_string(old.max_length);
    if (now.max_length < old.max_length)
      refuse(where, "shorter: " + what, "longer values may be stored, and more be on their way");
    if (now.max_length > old.max_length) take(where, "longer: " + what);
  }

  void limits(const std::string& where, const Field& old, const Field& now) {
    if (old.minimum == now.minimum && old.maximum == now.maximum) return;
    const bool wider = (!now.minimum || (old.minimum && *now.minimum <= *old.minimum)) &&
                       (!now.maximum || (old.maximum && *now.maximum >= *old.maximum));
    if (wider)
      take(where, "wider limits");
    else
      refuse(where, "narrower limits", "values beyond them may be stored, and more be on their way");
  }

  void options(const std::string& where, const Field& old, const Field& now) {
    for (const std::string& option : old.options)
      if (std::ranges::count(now.options, option) == 0)
        refuse(where, "without the option " + option, "keep it: records may have it");
    for (const std::string& option : now.options)
      if (std::ranges::count(old.options, option) == 0) take(where, "a new option " + option);
    std::vector<std::string> kept;
    std::ranges::copy_if(now.options, std::back_inserter(kept),
                         [&](const std::string& option) { return std::ranges::count(old.options, option) != 0; });
    if (kept == old.options || kept.size() != old.options.size()) return;
    if (now.policy == MergePolicy::strictest)
      refuse(where, "options in another order", "the order says which is stricter");
    else
      take(where, "options in another order");
  }

  void exposure(const std::string& where, const Field& old, const Field& now) {
    if (old.replication != now.replication)
      refuse(where, "on workstations in another form",
             "add a new field and retire this one (retired = true): workstations hold its values already");
  }

  void steps(const std::string& where, const Field& old, const Field& now) {
    bool fewer = false;
    for (const auto& [state, next] : old.transitions)
      for (const std::string& to : next) {
        const auto kept = now.transitions.find(state);
        fewer = fewer || kept == now.transitions.end() || std::ranges::count(kept->second, to) == 0;
      }
    take(where,
         fewer ? "fewer steps between states; such steps that wait become conflicts" : "more steps between states");
  }

  // By names: the position of a field may be another one.
  static std::vector<std::string> dues(const Schema& schema, const Collection& collection) {
    std::vector<std::string> all;
    for (const Due& due : dues_of(schema, collection)) {
      all.push_back(collection.fields[due.field].name + "=" + collection.fields[due.after].name + "+" +
                    std::to_string(due.days) + "+" + std::to_string(due.months) + "/" + name_of(collection, due.by));
      for (const auto& [option, days] : due.days_of) all.push_back(option + "+" + std::to_string(days));
    }
    return all;
  }

  // A new rule binds who types under it. One that changes under its name is asked of what was typed before, too.
  void rules(const Collection& old, const Collection& now) {
    const auto find = [](const Collection& in, const std::string& name) {
      const auto at = std::ranges::find(in.rules, name, &Rule::name);
      return at == in.rules.end() ? nullptr : &*at;
    };
    const auto numbers = [](const Collection& in, const Rule& rule) {
      std::vector<std::uint16_t> all;
      for (const FieldIndex field : rule.fields) all.push_back(in.fields[field].no);
      return all;
    };
    const auto conditions = [](const Collection& in, const Rule& rule) {
      std::vector<std::pair<std::uint16_t, std::vector<std::string>>> all;
      for (const Condition& one : rule.when) all.emplace_back(in.fields[one.field].no, one.is);
      return all;
    };
    for (const Rule& rule : now.rules) {
      const Rule* before = find(old, rule.name);
      if (before == nullptr)
        take(old.name, "a new rule " + rule.name);
      else if (before->kind != rule.kind || numbers(old, *before) != numbers(now, rule) ||
               conditions(old, *before) != conditions(now, rule))
        refuse(old.name, "another rule " + rule.name,
               "give it another name: what was typed under the old one still waits");
    }
    for (const Rule& rule : old.rules)
      if (find(now, rule.name) == nullptr) take(old.name, "without the rule " + rule.name);
  }

  const Schema *from_ = nullptr, *to_ = nullptr;
  std::vector<SchemaChange> changes_;
};

}  // namespace

std::vector<SchemaChange> compare(const Schema& from, const Schema& to) { return Comparison().run(from, to); }

bool fits_after(const std::vector<SchemaChange>& changes) {
  return std::ranges::all_of(changes, [](const SchemaChange& change) { return change.why_not.empty(); });
}

}  // namespace holdline::sync
