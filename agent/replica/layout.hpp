// How records lie in replica.db: one table per collection, named after it, and beside them the search indexes.
//
//   "customer"(seq INTEGER PRIMARY KEY, id, scope, cn, body [, parent | time])   seq is local and links the search
//                 indexes; parent of children, time of collections whose lists go by one
//   "_names_customer"   FTS5 over the folded words of fields searched by name or place; rowid = seq
//   _word(word)   each of these words once, in which a mistyped one is looked for; words that are gone may stay
//   _lookup(kind, key, collection, seq)   phone numbers, forward and reversed, and folded references, found by their
//                                         beginning; ids of the records that others are about
//   _digest(scope, collection, leaf, sums)   one row per leaf with rows, so that a changed record rewrites few bytes
//   _meta
//
// Collection names start with a letter, so they never meet the tables that start with an underscore.
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/replica/search.hpp"
#include "sync/action/record.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

inline constexpr int layout_version = 4;  // of the tables of this page; another one means a new bootstrap

// Where a record stands in lists, which go from the highest place down.
struct ListPlace {
  std::int64_t ms = 0;  // by the clock of the hub; 0 where lists of the collection go by id alone
  sync::Id id;
  auto operator<=>(const ListPlace&) const = default;
};

// One collection as a table.
struct Shape {
  const sync::Collection* collection = nullptr;
  std::string table;  // quoted for SQL
  std::string names;  // its FTS5 table, quoted; empty when nothing is searched by name
  std::vector<sync::FieldIndex> name_fields, phone_fields, reference_fields, place_fields;
  std::vector<sync::FieldIndex> about_fields;  // which root record it is about, without hanging on it

  // The id of the record this one hangs on; nullopt for a root.
  std::optional<sync::Id> parent_of(const sync::Record& record) const;
  bool is_about(const sync::Record& record, const sync::Id& root) const;
  ListPlace place_of(const sync::Record& record) const;
  // Of a record that is not here any more, as far as its id tells.
  ListPlace place_of(const sync::Id& id) const;
};

enum class LookupKind : std::uint8_t {
  phone = 1,
  reference = 2,
  phone_start = 3,
  about = 4,
  deleted = 5,  // of no row: a unique value of one that people deleted
};

struct LookupKey {
  LookupKind kind = LookupKind::phone;
  std::string key;
  auto operator<=>(const LookupKey&) const = default;
};

// What a record is found by.
struct SearchKeys {
  std::vector<std::string> words;
  std::vector<LookupKey> lookups;  // ascending, unique
  bool operator==(const SearchKeys&) const = default;
};
// Of LookupKind::about.
std::string about_key(const sync::Id& id);
// Of LookupKind::deleted: a hash, so that nothing of who was deleted stays.
std::string deleted_key(const std::string& scope, const std::string& value);
SearchKeys search_keys(const Shape& shape, const NameNormalizer& normalizer, const sync::Record& record);

// Why a record matches a query, and the value that did, as stored.
struct Match {
  sync::SearchKind kind = sync::SearchKind::none;
  sync::FieldIndex field = 0;
  std::string text;
  bool near = false;  // by a guess at what was mistyped
  bool operator==(const Match&) const = default;
};
std::optional<Match> match(const Shape& shape, const NameNormalizer& normalizer, const SearchQuery& query,
                           const sync::Record& record);

// The tables of one schema, which must outlive it.
class Layout {
 public:
  explicit Layout(const sync::Schema& schema);
  const sync::Schema& schema() const { return *schema_; }
  std::span<const Shape> shapes() const { return shapes_; }
  // Null when the schema has no such collection.
  const Shape* shape(sync::CollectionNo collection) const;

  std::string tables_sql() const;
  std::string indexes_sql() const;  // apart, because a bulk load makes them last

  // Whether tables made for `before` do for this schema, once what added_sql() makes is there: rows and indexes of what
  // was there stay as they are.
  bool extends(const Layout& before) const;
  std::string added_sql(const Layout& before) const;

 private:
  const sync::Schema* schema_;
  std::vector<Shape> shapes_;  // ascending by number
};

}  // namespace holdline::agent
