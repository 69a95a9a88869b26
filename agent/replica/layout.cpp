#include "agent/replica/layout.hpp"

#include <algorithm>
#include <iterator>

#include "sync/base/hash.hpp"
#include "sync/text/text.hpp"

namespace holdline::agent {

namespace {

// The beginning of a word is looked up in an index of its own for 1 to 5 letters; longer ones are rare enough to walk
// the words. detail=none and columnsize=0 leave out positions and lengths, which only ranking and phrases need.
constexpr std::string_view names_options =
    "words, content='', columnsize=0, detail=none, tokenize='ascii', prefix='1 2 3 4 5'";

Shape shape_of(const sync::Schema& schema, const sync::Collection& collection) {
  Shape shape;
  shape.collection = &collection;
  shape.table = '"' + collection.name + '"';
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const auto index = static_cast<sync::FieldIndex>(i);
    const sync::Collection* target = schema.collection(collection.fields[i].target);
    if (target != nullptr && !target->parent && collection.parent != index && !collection.built_in)
      shape.about_fields.push_back(index);
    switch (collection.fields[i].search) {
      case sync::SearchKind::none:
        break;
      case sync::SearchKind::name:
        shape.name_fields.push_back(index);
        break;
      case sync::SearchKind::phone:
        shape.phone_fields.push_back(index);
        break;
      case sync::SearchKind::reference:
        shape.reference_fields.push_back(index);
        break;
      case sync::SearchKind::place:
        shape.place_fields.push_back(index);
        break;
    }
  }
  if (!shape.name_fields.empty() || !shape.place_fields.empty()) shape.names = "\"_names_" + collection.name + "\"";
  return shape;
}

const std::string* text_of(const sync::Record& record, sync::FieldIndex field) {
  return field < record.fields.size() ? std::get_if<std::string>(&record.fields[field]) : nullptr;
}

// Calls `take(field, text, words)` for each field whose words are in the index.
template <class Take>
void each_indexed(const Shape& shape, const NameNormalizer& normalizer, const sync::Record& record, const Take& take) {
  for (const sync::FieldIndex field : shape.name_fields)
    if (const std::string* text = text_of(record, field)) take(field, *text, normalizer.index_words(*text));
  for (const sync::FieldIndex field : shape.place_fields)
    if (const std::string* text = text_of(record, field)) take(field, *text, place_words(normalizer, *text));
}

std::optional<Match> match_words(const Shape& shape, const NameNormalizer& normalizer, const SearchQuery::Words& words,
                                 const sync::Record& record) {
  std::vector<bool> found(words.size());
  std::optional<sync::FieldIndex> first;
  std::string shown;
  each_indexed(shape, normalizer, record, [&](sync::FieldIndex field, const std::string& text, const auto& indexed) {
    bool here = false;
    for (const std::string& word : indexed) {
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (!word.starts_with(words[i])) continue;
        found[i] = true;
        here = true;
      }
    }
    if (!here) return;
    if (!first) first = field;
    if (!shown.empty()) shown += ' ';
    shown += text;
  });
  if (!first || std::find(found.begin(), found.end(), false) != found.end()) return std::nullopt;
  return Match{shape.collection->fields[*first].search, *first, std::move(shown), false};
}

std::string table_sql(const Shape& shape) {
  return "CREATE TABLE " + shape.table + "(seq INTEGER PRIMARY KEY, id BLOB, scope TEXT, cn INTEGER, body BLOB" +
         (shape.collection->parent    ? ", parent BLOB);"
          : shape.collection->sort_by ? ", time INTEGER NOT NULL);"
                                      : ");");
}

std::string names_sql(const Shape& shape) {
  if (shape.names.empty()) return {};
  return "CREATE VIRTUAL TABLE " + shape.names + " USING fts5(" + std::string(names_options) + ");";
}

std::string index_sql(const Shape& shape) {
  const std::string& name = shape.collection->name;
  std::string sql = "CREATE UNIQUE INDEX \"_" + name + "_id\" ON " + shape.table + "(id);";
  if (shape.collection->parent) sql += "CREATE INDEX \"_" + name + "_parent\" ON " + shape.table + "(parent);";
  if (shape.collection->sort_by) sql += "CREATE INDEX \"_" + name + "_time\" ON " + shape.table + "(time, id);";
  return sql;
}

// What was there has its place, its kind and its way to be found; what came has no values yet.
bool is_extended(const Shape& was, const Shape& now) {
  const auto& before = was.collection->fields;
  const auto& after = now.collection->fields;
  if (was.table != now.table || was.collection->parent != now.collection->parent ||
      was.collection->sort_by != now.collection->sort_by || before.size() > after.size())
    return false;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i].no != after[i].no || before[i].type != after[i].type || before[i].search != after[i].search ||
        before[i].replication != after[i].replication)
      return false;
  return true;
}

}  // namespace

std::optional<sync::Id> Shape::parent_of(const sync::Record& record) const {
  if (!collection->parent || *collection->parent >= record.fields.size()) return std::nullopt;
  const auto* id = std::get_if<sync::Id>(&record.fields[*collection->parent]);
  return id == nullptr ? std::nullopt : std::optional(*id);
}

bool Shape::is_about(const sync::Record& record, const sync::Id& root) const {
  return std::ranges::any_of(about_fields, [&](sync::FieldIndex field) {
    return field < record.fields.size() && record.fields[field] == sync::Value(root);
  });
}

ListPlace Shape::place_of(const sync::Id& id) const { return {collection->sort_by ? id.made_ms() : 0, id}; }

ListPlace Shape::place_of(const sync::Record& record) const {
  ListPlace place = place_of(record.key.id);
  if (collection->sort_by && *collection->sort_by < record.fields.size())
    if (const auto* ms = std::get_if<std::int64_t>(&record.fields[*collection->sort_by])) place.ms = *ms;
  return place;
}

std::string about_key(const sync::Id& id) { return sync::to_hex(id.view()); }

std::string deleted_key(const std::string& scope, const std::string& value) {
  return sync::to_hex(sync::sha256({scope, "\n", sync::fold_key(value)}).view());
}

SearchKeys search_keys(const Shape& shape, const NameNormalizer& normalizer, const sync::Record& record) {
  SearchKeys keys;
  each_indexed(shape, normalizer, record, [&](sync::FieldIndex, const std::string&, std::vector<std::string> words) {
    std::ranges::move(words, std::back_inserter(keys.words));
  });
  const auto add = [&](LookupKind kind, std::string key) {
    if (!key.empty()) keys.lookups.push_back({kind, std::move(key)});
  };
  for (const sync::FieldIndex field : shape.phone_fields)
    if (const std::string* text = text_of(record, field)) {
      add(LookupKind::phone, reversed_digits(*text));
      add(LookupKind::phone_start, national_digits(*text));
    }
  for (const sync::FieldIndex field : shape.reference_fields)
    if (const std::string* text = text_of(record, field)) add(LookupKind::reference, fold_reference(*text));
  for (const sync::FieldIndex field : shape.about_fields)
    if (const auto* id = field < record.fields.size() ? std::get_if<sync::Id>(&record.fields[field]) : nullptr)
      add(LookupKind::about, about_key(*id));
  std::sort(keys.lookups.begin(), keys.lookups.end());
  keys.lookups.erase(std::unique(keys.lookups.begin(), keys.lookups.end()), keys.lookups.end());
  return keys;
}

std::optional<Match> match(const Shape& shape, const NameNormalizer& normalizer, const SearchQuery& query,
                           const sync::Record& record) {
  if (!query.reference.empty()) {
    for (const sync::FieldIndex field : shape.reference_fields) {
      const std::string* text = text_of(record, field);
      if (text != nullptr && fold_reference(*text).starts_with(query.reference))
        return Match{sync::SearchKind::reference, field, *text, false};
    }
  }
  for (const sync::FieldIndex field : shape.phone_fields) {
    const std::string* text = text_of(record, field);
    if (text == nullptr) continue;
    const auto extension = shape.collection->fields[field].extension;
    const std::string* has = extension ? text_of(record, *extension) : nullptr;
    const auto fits = [&](const PhoneQuery& phone) {
      // "12 or 14" has both; where none is kept it may be any.
      if (!phone.extension.empty() && has != nullptr && has->find(phone.extension) == has->npos) return false;
      return (!phone.end.empty() && reversed_digits(*text).starts_with(phone.end)) ||
             (!phone.start.empty() && national_digits(*text).starts_with(phone.start));
    };
    if (fits({query.phone, query.phone_start, {}}) || std::ranges::any_of(query.phones, fits))
      return Match{sync::SearchKind::phone, field, *text, false};
  }
  for (const SearchQuery::Words& words : query.names())
    if (auto found = words.empty() ? std::nullopt : match_words(shape, normalizer, words, record)) {
      found->near = query.near;
      return found;
    }
  return std::nullopt;
}

Layout::Layout(const sync::Schema& schema) : schema_(&schema) {
  for (const sync::Collection& collection : schema.collections()) shapes_.push_back(shape_of(schema, collection));
}

const Shape* Layout::shape(sync::CollectionNo collection) const {
  const auto at = std::lower_bound(shapes_.begin(), shapes_.end(), collection,
                                   [](const Shape& shape, sync::CollectionNo no) { return shape.collection->no < no; });
  return at == shapes_.end() || at->collection->no != collection ? nullptr : &*at;
}

std::string Layout::tables_sql() const {
  std::string sql =
      "CREATE TABLE _meta(one INTEGER PRIMARY KEY CHECK(one = 1), layout INTEGER, fold INTEGER, schema BLOB, epoch "
      "BLOB,"
      " cn INTEGER, salt INTEGER, grants INTEGER, as_of INTEGER, state INTEGER, manifest BLOB);"
      "CREATE TABLE _digest(scope TEXT, collection INTEGER, leaf INTEGER, sums BLOB,"
      " PRIMARY KEY(scope, collection, leaf)) WITHOUT ROWID;"
      "CREATE TABLE _lookup(kind INTEGER, key TEXT, collection INTEGER, seq INTEGER,"
      " PRIMARY KEY(kind, key, collection, seq)) WITHOUT ROWID;"
      "CREATE TABLE _word(word TEXT PRIMARY KEY) WITHOUT ROWID;";
  for (const Shape& shape : shapes_) sql += table_sql(shape) + names_sql(shape);
  return sql;
}

std::string Layout::indexes_sql() const {
  std::string sql;
  for (const Shape& shape : shapes_) sql += index_sql(shape);
  return sql;
}

bool Layout::extends(const Layout& before) const {
  return std::ranges::all_of(before.shapes_, [this](const Shape& was) {
    const Shape* now = shape(was.collection->no);
    return now != nullptr && is_extended(was, *now);
  });
}

std::string Layout::added_sql(const Layout& before) const {
  std::string sql;
  for (const Shape& now : shapes_) {
    const Shape* was = before.shape(now.collection->no);
    if (was == nullptr) sql += table_sql(now) + index_sql(now);
    if (was == nullptr || was->names.empty()) sql += names_sql(now);
  }
  return sql;
}

}  // namespace holdline::agent
