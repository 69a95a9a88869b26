// A schema while it is read: what the text says, with the lines to point at, before names are resolved (link.cpp).
// Internal to sync/schema.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/limits.hpp"
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
  bool states_policy = false;       // the text names a policy; otherwise the type decides
  std::string key;                  // "collection.customer.field.ref"
  Line line = 0;
  std::map<std::string, Line, std::less<>> lines;  // of each attribute
  Line line_of(std::string_view attribute) const;
};

struct RuleDraft {
  Rule rule;                        // without fields
  std::vector<std::string> fields;  // by name
  std::string key;                  // "collection.customer.rule.named"
  Line line = 0;
};

struct CollectionDraft {
  Collection collection;  // without fields, units, rules, parent and natural key
  std::string parent, natural_key, sort_by, merged_into;
  std::vector<RuleDraft> rules;
  std::vector<FieldDraft> fields;
  std::string key;
  Line line = 0;
  std::map<std::string, Line, std::less<>> lines;
  Line line_of(std::string_view attribute) const;
};

struct SchemaDraft {
  std::uint32_t version = 0;
  std::vector<CollectionDraft> collections;
};

// Reads the text: TOML syntax, unknown keys, types and ranges of each value alone.
SchemaDraft read_schema(std::string_view toml, SchemaErrors& errors);
// Adds the fields of conflict_value_field() that the other collections need.
void add_hidden_conflict_values(SchemaDraft& draft);
// What fields of one collection say of each other: where a number's spelling and extension go, and the rules. `fields`
// are in their final order.
void link_fields(CollectionDraft& draft, SchemaErrors& errors);
// How many bytes each text may have, by how many a conflict can keep of those it merges with.
void limit_bytes(CollectionDraft& draft);
// Resolves names and checks what holds between values. The collections are usable when `errors` stayed empty.
std::vector<Collection> link_schema(SchemaDraft&& draft, SchemaErrors& errors);

}  // namespace holdline::sync
