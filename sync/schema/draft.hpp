// A schema while it is read: what the text says, with the lines to point at, before names are resolved (link.cpp).
// Internal to sync/schema.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/base/limits.hpp"
#include "sync/schema/due.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

using Line = std::uint32_t;  // from 1

// A conflict keeps the values of a unit as hexadecimal text; beyond this they would not fit into one field.
inline constexpr std::size_t unit_text_limit = limits::text_bytes / 2 - 512;

// Collects every error of a text, so that whoever edits it fixes them in one go.
class SchemaErrors {
 public:
  void add(Line line, std::string_view key, std::string_view text);
  bool empty() const { return lines_.empty(); }
  // Ascending by line; a hopeless text is cut after the first hundred.
  std::string message() const;

 private:
  std::multimap<Line, std::string> lines_;
};

struct FieldDraft {
  Field field;
  std::string target;               // reference: name of the collection; empty: any (built-in collections only)
  std::string as_typed, extension;  // phone: names of fields
  std::string zone;                 // time: name of a field
  bool states_policy = false;       // the text names a policy; otherwise the type decides
  std::string key;                  // "collection.customer.field.ref"
  Line line = 0;
  std::map<std::string, Line, std::less<>> lines;  // of each attribute
  Line line_of(std::string_view attribute) const;
};

// Field -> what it says.
using ConditionDraft = std::map<std::string, std::vector<std::string>>;

struct RuleDraft {
  Rule rule;                        // without fields and conditions
  std::vector<std::string> fields;  // by name
  ConditionDraft when;
  bool of_form = false;  // follows from a form
  std::string key;       // "collection.customer.rule.named"
  Line line = 0;
};

struct DueDraft {
  Due due;  // without fields
  std::string field, after, by;
  std::string key;  // "collection.complaint.due.answer_by"
  Line line = 0;
};

struct CollectionDraft {
  Collection collection;  // without fields, units, rules, parent and natural key
  std::string parent, natural_key, sort_by, merged_into, form;
  std::vector<RuleDraft> rules;
  std::vector<DueDraft> dues;
  std::vector<FieldDraft> fields;
  std::string key;
  Line line = 0;
  std::map<std::string, Line, std::less<>> lines;
  Line line_of(std::string_view attribute) const;
};

struct FormDraft {
  FormTemplate form;  // without collection, fields and conditions
  std::string collection;
  std::vector<std::string> fields, required;  // by name
  std::map<std::string, std::string> sets;
  std::vector<std::pair<std::size_t, ConditionDraft>> whens;  // of which stop
  std::string key;
  Line line = 0;
};

struct GuideDraft {
  Guide guide;
  std::string key;  // "guide.missing_parcel"
  Line line = 0;
};

struct SchemaDraft {
  std::uint32_t version = 0;
  std::vector<CollectionDraft> collections;
  std::vector<FormDraft> forms;
  std::vector<CallingHours> calling_hours;
  std::vector<GuideDraft> guides;
};

// "given_name" as people write it: "Given name".
std::string words(std::string_view name);

// Reads the text: TOML syntax, unknown keys, types and ranges of each value alone.
SchemaDraft read_schema(std::string_view toml, SchemaErrors& errors);
// Adds the fields of conflict_value_field() that the other collections need.
void add_hidden_conflict_values(SchemaDraft& draft);
// What fields of one collection say of each other: where a number's spelling and extension go, and the rules. `fields`
// are in their final order.
void link_fields(CollectionDraft& draft, SchemaErrors& errors);
// Conditions by name, resolved; errors are of `key`.
std::vector<Condition> link_conditions(const CollectionDraft& draft, const ConditionDraft& when, std::string_view key,
                                       Line line, SchemaErrors& errors);
// The form templates, and what they add to their collections: the options of the field that names the form, and the
// rules for what has to be given. Before link_fields(); collections in their final order.
void announce_forms(SchemaDraft& draft, SchemaErrors& errors);
std::vector<FormTemplate> link_forms(const SchemaDraft& draft, SchemaErrors& errors);
// How many bytes each text may have, by how many a conflict can keep of those it merges with.
void limit_bytes(CollectionDraft& draft);
// The guides, whose forms and kinds have to be there.
std::vector<Guide> link_guides(const SchemaDraft& draft, SchemaErrors& errors);
struct LinkedSchema {
  std::vector<Collection> collections;
  std::vector<FormTemplate> forms;
};
// Resolves names and checks what holds between values. Usable when `errors` stayed empty.
LinkedSchema link_schema(SchemaDraft&& draft, SchemaErrors& errors);

}  // namespace holdline::sync
