// What must hold between the values of a schema, and the names resolved to positions.
#include <algorithm>
#include <array>
#include <optional>

#include "sync/base/limits.hpp"
#include "sync/schema/draft.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t collection_limit = 100;
constexpr std::size_t field_limit = 64;  // FieldMask has a bit for each
constexpr std::size_t name_limit = 32;
constexpr std::size_t phone_bytes = 16;   // '+' and at most 15 digits (E.164)
constexpr std::size_t email_bytes = 254;  // RFC 5321 §4.5.3.1.3, without the angle brackets
constexpr std::size_t errors_shown = 100;
// They stand beside a record's fields in every store and interface.
constexpr std::array<std::string_view, 4> reserved_names{"id", "scope", "deleted", "deletion_asked"};

struct Fixed {
  std::string_view name;
  FieldType type;
};
// The hub writes these fields of the built-in collection itself.
constexpr std::array<Fixed, 22> conflict_fields{
    {{"collection", FieldType::integer},  {"record", FieldType::reference},      {"unit", FieldType::text},
     {"state", FieldType::picklist},      {"policy", FieldType::text},           {"about_deletion", FieldType::boolean},
     {"base", FieldType::text},           {"current", FieldType::text},          {"other", FieldType::text},
     {"base_raw", FieldType::text},       {"current_raw", FieldType::text},      {"other_raw", FieldType::text},
     {"by_device", FieldType::reference}, {"by_person", FieldType::reference},   {"at", FieldType::time},
     {"of_device", FieldType::reference}, {"of_lane", FieldType::integer},       {"of_number", FieldType::integer},
     {"resolution", FieldType::text},     {"resolved_by", FieldType::reference}, {"resolved_at", FieldType::time},
     {"joined", FieldType::list}}};
constexpr std::array<std::string_view, 3> conflict_states{"open", "decided", "resolved"};

bool is_name(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= name_limit && lower(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

bool holds_text(FieldType type) {
  return type == FieldType::text || type == FieldType::phone || type == FieldType::email;
}

bool has_elements(FieldType type) { return type == FieldType::set || type == FieldType::list; }

class FieldCheck {
 public:
  FieldCheck(FieldDraft& draft, bool built_in, SchemaErrors& errors)
      : draft_(draft), field_(draft.field), built_in_(built_in), errors_(errors) {}

  void run() {
    if (!is_name(field_.name) || std::ranges::find(reserved_names, field_.name) != reserved_names.end())
      errors_.add(draft_.line, draft_.key,
                  "a name has 1 to 32 of a-z, 0-9 and _, begins with a letter and is not id, scope, deleted or "
                  "deletion_asked");
    if (field_.label.empty()) field_.label = words(field_.name);
    lengths();
    ranges();
    options();
    policy();
    transitions();
    filling();
    exposure();
  }

 private:
  void refuse(std::string_view attribute, std::string_view text) {
    errors_.add(draft_.line_of(attribute), draft_.key + "." + std::string(attribute), text);
  }
  bool states(std::string_view attribute) const { return draft_.lines.contains(attribute); }

  void lengths() {
    const bool takes = field_.type == FieldType::text || has_elements(field_.type);
    if (takes && !states("max_length"))
      refuse("max_length", "is missing: a text states its longest length in characters");
    if (!takes && states("max_length")) refuse("max_length", "only text, set and list fields have one");
    if (field_.format != TextFormat::none && field_.type != FieldType::text)
      refuse("format", "only text fields have one");
    if (field_.may_look_like_card && field_.type != FieldType::text)
      refuse("may_look_like_card", "only text fields are looked at for card numbers");
    if (field_.unique && (field_.type != FieldType::text || field_.visibility != 0 ||
                          field_.replication != Replication::full || !field_.merge_group.empty()))
      refuse("unique", "only a text that merges alone, of visibility 0 and of replication full, can be");
    if (field_.type == FieldType::phone) field_.max_length = phone_bytes;
    if (field_.type == FieldType::email) field_.max_length = email_bytes;
  }

  void ranges() {
    const bool takes = field_.type == FieldType::integer || field_.type == FieldType::time;
    for (const std::string_view attribute : {"minimum", "maximum"})
      if (!takes && states(attribute)) refuse(attribute, "only integer and time fields have one");
    if (field_.minimum && field_.maximum && *field_.minimum > *field_.maximum)
      refuse("minimum", "is above the maximum");
  }

  void options() {
    const bool may = field_.type == FieldType::picklist || field_.type == FieldType::set;
    if (!may && states("options")) refuse("options", "only picklist and set fields have options");
    if (field_.type == FieldType::picklist && field_.options.empty())
      refuse("options", "is missing: a picklist lists its options");
  }

  void policy() {
    const MergePolicy natural = field_.type == FieldType::set    ? MergePolicy::unite
                                : field_.type == FieldType::list ? MergePolicy::append
                                                                 : MergePolicy::review;
    if (!draft_.states_policy) field_.policy = natural;
    const bool of_elements = field_.policy == MergePolicy::unite || field_.policy == MergePolicy::append;
    if ((has_elements(field_.type) || of_elements) && field_.policy != natural)
      refuse("policy", "a set merges by union and a list by append, and nothing else does");
    const bool by_option = field_.policy == MergePolicy::transition || field_.policy == MergePolicy::strictest;
    if (by_option && field_.type != FieldType::picklist)
      refuse("policy", "transition and strictest decide between options: only a picklist can have them");
    if (!field_.merge_group.empty() && (by_option || has_elements(field_.type)))
      refuse("merge_group", "a field that merges by transition, strictest, union or append merges alone");
    if (!field_.merge_group.empty() && !is_name(field_.merge_group))
      refuse("merge_group", "a name has 1 to 32 of a-z, 0-9 and _ and begins with a letter");
  }

  void transitions() {
    const bool wanted = field_.policy == MergePolicy::transition;
    if (wanted && field_.transitions.empty()) refuse("transitions", "is missing: policy transition needs the table");
    if (!wanted && states("transitions")) refuse("transitions", "only policy transition has a state table");
    const auto known = [&](const std::string& state) {
      return std::ranges::find(field_.options, state) != field_.options.end();
    };
    for (const auto& [state, next] : field_.transitions) {
      if (!known(state)) refuse("transitions", "'" + state + "' is not one of the options");
      for (const std::string& target : next)
        if (!known(target)) refuse("transitions", "'" + target + "' (after '" + state + "') is not one of the options");
    }
  }

  void filling() {
    const FieldType wanted = field_.filled_with == Filling::event_time     ? FieldType::time
                             : field_.filled_with == Filling::first_option ? FieldType::picklist
                             : field_.filled_with == Filling::form_version ? FieldType::integer
                             : field_.filled_with == Filling::drill        ? FieldType::boolean
                                                                           : FieldType::text;
    if (field_.filled_with != Filling::none && field_.type != wanted)
      refuse("filled_with",
             "needs a text for person, workstation, reference and incident, a time for event_time, a picklist for "
             "first_option, an integer for form_version, yes or no for drill");
  }

  void exposure() {
    if (field_.replication == Replication::masked && !holds_text(field_.type))
      refuse("replication", "only text, phone and email fields can be masked");
    if (field_.required && has_elements(field_.type)) refuse("required", "a set or list may always be empty");
    if (field_.required && field_.retired) refuse("retired", "what is not asked for any more cannot be required");
    if (field_.type != FieldType::reference && states("target")) refuse("target", "only reference fields have one");
    if (field_.type == FieldType::reference && draft_.target.empty() && !built_in_)
      refuse("target", "is missing: a reference names the collection it points to");
    if (field_.search != SearchKind::none && !holds_text(field_.type))
      refuse("search", "only text, phone and email fields are searched");
  }

  FieldDraft& draft_;
  Field& field_;
  bool built_in_;
  SchemaErrors& errors_;
};

void check_fields(CollectionDraft& draft, SchemaErrors& errors) {
  if (draft.fields.empty()) errors.add(draft.line, draft.key + ".field", "a collection needs at least one field");
  if (draft.fields.size() > field_limit) {
    errors.add(draft.line, draft.key + ".field", "a collection has at most 64 fields");
    draft.fields.resize(field_limit);
  }
  for (FieldDraft& field : draft.fields) FieldCheck(field, draft.collection.built_in, errors).run();
  std::ranges::stable_sort(draft.fields, {}, [](const FieldDraft& f) { return f.field.no; });
  for (std::size_t i = 1; i < draft.fields.size(); ++i)
    if (draft.fields[i].field.no != 0 && draft.fields[i].field.no == draft.fields[i - 1].field.no)
      errors.add(draft.fields[i].line_of("no"), draft.fields[i].key + ".no",
                 "field '" + draft.fields[i - 1].field.name + "' has the same number");
}

// Groups the fields into units; every member of a group must be alike in what the unit is handled by.
void make_units(CollectionDraft& draft, SchemaErrors& errors) {
  Collection& c = draft.collection;
  c.unit_of.resize(draft.fields.size());
  std::vector<std::size_t> text_bytes;
  for (std::size_t i = 0; i < draft.fields.size(); ++i) {
    const FieldDraft& member = draft.fields[i];
    const std::string& name = member.field.merge_group.empty() ? member.field.name : member.field.merge_group;
    auto unit = std::ranges::find(c.units, name, &MergeUnit::name);
    if (unit == c.units.end()) {
      c.units.push_back({name, member.field.policy, {}});
      text_bytes.push_back(0);
      unit = c.units.end() - 1;
    } else {
      const Field& first = draft.fields[unit->fields.front()].field;
      if (first.merge_group != member.field.merge_group)
        errors.add(member.line, member.key, "a merge group and a field cannot both be called '" + name + "'");
      else if (first.policy != member.field.policy || first.visibility != member.field.visibility ||
               first.replication != member.field.replication)
        errors.add(member.line_of("merge_group"), member.key + ".merge_group",
                   "all fields of group '" + name + "' must have the same policy, visibility and replication");
    }
    const auto at = static_cast<std::size_t>(unit - c.units.begin());
    unit->fields.push_back(static_cast<FieldIndex>(i));
    c.unit_of[i] = static_cast<std::uint8_t>(at);
    if (!c.built_in && !has_elements(member.field.type)) text_bytes[at] += member.field.max_length;
    if (text_bytes[at] > unit_text_limit)
      errors.add(member.line_of("max_length"), member.key + ".max_length",
                 "the texts that merge as one value may have " + std::to_string(unit_text_limit) +
                     " characters together, so that a conflict can keep them");
  }
}

class Linker {
 public:
  Linker(std::vector<CollectionDraft>& drafts, SchemaErrors& errors) : drafts_(drafts), errors_(errors) {}

  void run() {
    for (CollectionDraft& draft : drafts_) targets(draft);
    for (CollectionDraft& draft : drafts_) parent(draft);
    for (CollectionDraft& draft : drafts_) order(draft);
    for (CollectionDraft& draft : drafts_) merging(draft);
    for (CollectionDraft& draft : drafts_) reference(draft);
    conflict();
  }

 private:
  const CollectionDraft* find(std::string_view name) const {
    for (const CollectionDraft& d : drafts_)
      if (d.collection.name == name) return &d;
    return nullptr;
  }

  static std::optional<FieldIndex> position(const CollectionDraft& draft, std::string_view name) {
    for (std::size_t i = 0; i < draft.fields.size(); ++i)
      if (draft.fields[i].field.name == name) return static_cast<FieldIndex>(i);
    return std::nullopt;
  }

  void targets(CollectionDraft& draft) {
    for (FieldDraft& field : draft.fields) {
      if (field.target.empty()) continue;
      const CollectionDraft* target = find(field.target);
      if (target != nullptr)
        field.field.target = target->collection.no;
      else
        errors_.add(field.line_of("target"), field.key + ".target", "there is no collection '" + field.target + "'");
    }
  }

  void parent(CollectionDraft& draft) {
    const auto refuse = [&](std::string_view attribute, std::string_view text) {
      errors_.add(draft.line_of(attribute), draft.key + "." + std::string(attribute), text);
    };
    // Every workstation that holds a child needs these two to place it.
    const auto anchor = [&](std::string_view attribute, const Field& field) {
      if (!field.required || field.visibility != 0 || field.replication != Replication::full)
        refuse(attribute, "field '" + field.name + "' must be required, of visibility 0 and of replication full");
    };
    if (!draft.parent.empty()) {
      draft.collection.parent = position(draft, draft.parent);
      if (!draft.collection.parent) return refuse("parent", "there is no field '" + draft.parent + "'");
      const FieldDraft& field = draft.fields[*draft.collection.parent];
      if (field.field.type != FieldType::reference) return refuse("parent", "must name a reference field");
      anchor("parent", field.field);
      const CollectionDraft* root = find(field.target);
      if (root != nullptr && (root == &draft || !root->parent.empty()))
        refuse("parent", "must point to a collection that has no parent itself");
    }
    if (draft.natural_key.empty()) return;
    draft.collection.natural_key = position(draft, draft.natural_key);
    if (!draft.collection.natural_key) return refuse("natural_key", "there is no field '" + draft.natural_key + "'");
    const Field& key = draft.fields[*draft.collection.natural_key].field;
    if (!holds_text(key.type) && key.type != FieldType::picklist)
      return refuse("natural_key", "must name a text, phone, email or picklist field");
    anchor("natural_key", key);
    if (draft.collection.folded_key && key.type != FieldType::email && key.type != FieldType::text)
      refuse("folded_key", "only a text or an email address is folded");
  }

  void order(CollectionDraft& draft) {
    if (draft.sort_by.empty()) return;
    const auto refuse = [&](std::string_view text) {
      errors_.add(draft.line_of("sort_by"), draft.key + ".sort_by", text);
    };
    if (!draft.parent.empty() || draft.collection.built_in)
      return refuse("lists are of records that people make and that hang on no other");
    draft.collection.sort_by = position(draft, draft.sort_by);
    if (!draft.collection.sort_by) return refuse("there is no field '" + draft.sort_by + "'");
    const Field& field = draft.fields[*draft.collection.sort_by].field;
    if (field.type != FieldType::time || !field.read_only || field.visibility != 0 ||
        field.replication != Replication::full)
      refuse("field '" + field.name + "' must be a time, read_only, of visibility 0 and of replication full");
  }

  void merging(CollectionDraft& draft) {
    if (draft.merged_into.empty()) return;
    const auto refuse = [&](std::string_view text) {
      errors_.add(draft.line_of("merged_into"), draft.key + ".merged_into", text);
    };
    if (!draft.parent.empty() || draft.collection.built_in)
      return refuse("only records that people make and that hang on no other can be merged");
    draft.collection.merged_into = position(draft, draft.merged_into);
    if (!draft.collection.merged_into) return refuse("there is no field '" + draft.merged_into + "'");
    const Field& field = draft.fields[*draft.collection.merged_into].field;
    if (field.type != FieldType::reference || field.target != draft.collection.no || field.required ||
        field.visibility != 0 || field.replication != Replication::full || field.policy != MergePolicy::review)
      refuse("field '" + field.name +
             "' must be a reference to the same collection, not required, of visibility 0, of replication full and of "
             "policy review");
  }

  // What is read out is the same everywhere, or two people would speak of two things.
  void reference(CollectionDraft& draft) {
    draft.collection.form = position(draft, draft.form);
    for (std::size_t i = 0; i < draft.fields.size(); ++i) {
      const FieldDraft& field = draft.fields[i];
      if (field.field.filled_with != Filling::reference) continue;
      if (draft.collection.reference || field.field.format != TextFormat::reference || field.field.visibility != 0 ||
          field.field.replication != Replication::full || field.field.required)
        errors_.add(field.line_of("filled_with"), field.key + ".filled_with",
                    "reference is said of one text of a collection, of format reference, of visibility 0, of "
                    "replication full and not required");
      draft.collection.reference = static_cast<FieldIndex>(i);
    }
  }

  void conflict() {
    const CollectionDraft* draft = find("conflict");
    if (draft == nullptr) return errors_.add(1, "collection.conflict", "is missing: the hub keeps losing values in it");
    if (!draft->collection.built_in)
      errors_.add(draft->line_of("built_in"), draft->key + ".built_in", "must be true: only the hub makes conflicts");
    for (const Fixed& fixed : conflict_fields) {
      const auto at = position(*draft, fixed.name);
      if (!at)
        errors_.add(draft->line, draft->key + ".field." + std::string(fixed.name), "is missing: the hub writes it");
      else if (draft->fields[*at].field.type != fixed.type)
        errors_.add(draft->fields[*at].line_of("type"), draft->fields[*at].key + ".type",
                    "is another type than the hub writes");
    }
    const auto state = position(*draft, "state");
    for (const std::string_view option : conflict_states)
      if (state &&
          std::ranges::find(draft->fields[*state].field.options, option) == draft->fields[*state].field.options.end())
        errors_.add(draft->fields[*state].line_of("options"), draft->fields[*state].key + ".options",
                    "'" + std::string(option) + "' is missing: the hub sets it");
  }

  std::vector<CollectionDraft>& drafts_;
  SchemaErrors& errors_;
};

}  // namespace

std::string words(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

void SchemaErrors::add(Line line, std::string_view key, std::string_view text) {
  lines_.emplace(line, "line " + std::to_string(line) + ": " + std::string(key) + ": " + std::string(text));
}

std::string SchemaErrors::message() const {
  std::string all;
  std::size_t shown = 0;
  for (const auto& [line, text] : lines_) {
    if (shown == errors_shown) return all + "\nand " + std::to_string(lines_.size() - shown) + " more";
    all += (shown++ == 0 ? "" : "\n") + text;
  }
  return all;
}

Line FieldDraft::line_of(std::string_view attribute) const {
  const auto at = lines.find(attribute);
  return at == lines.end() ? line : at->second;
}

Line CollectionDraft::line_of(std::string_view attribute) const {
  const auto at = lines.find(attribute);
  return at == lines.end() ? line : at->second;
}

LinkedSchema link_schema(SchemaDraft&& draft, SchemaErrors& errors) {
  std::vector<CollectionDraft>& drafts = draft.collections;
  // Nothing was read: the reader has said why, and every check between collections would only repeat it.
  if (drafts.empty() && !errors.empty()) return {};
  if (drafts.size() > collection_limit) {
    errors.add(1, "collection", "a schema has at most 100 collections");
    drafts.resize(collection_limit);
  }
  std::ranges::stable_sort(drafts, {}, [](const CollectionDraft& d) { return d.collection.no; });
  add_hidden_conflict_values(draft);
  announce_forms(draft, errors);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Collection& c = drafts[i].collection;
    if (!is_name(c.name))
      errors.add(drafts[i].line, drafts[i].key, "a name has 1 to 32 of a-z, 0-9 and _ and begins with a letter");
    if (c.label.empty()) c.label = words(c.name);
    if (i > 0 && c.no != 0 && c.no == drafts[i - 1].collection.no)
      errors.add(drafts[i].line_of("no"), drafts[i].key + ".no",
                 "collection '" + drafts[i - 1].collection.name + "' has the same number");
    check_fields(drafts[i], errors);
    make_units(drafts[i], errors);
    link_fields(drafts[i], errors);
    limit_bytes(drafts[i]);
  }
  Linker(drafts, errors).run();
  LinkedSchema linked{{}, link_forms(draft, errors)};
  for (CollectionDraft& d : drafts) {
    for (FieldDraft& field : d.fields) d.collection.fields.push_back(std::move(field.field));
    linked.collections.push_back(std::move(d.collection));
  }
  return linked;
}

}  // namespace holdline::sync
