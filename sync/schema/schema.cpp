#include "sync/schema/schema.hpp"

#include <algorithm>

#include "sync/schema/draft.hpp"

// Defined in shipped.S.
extern "C" const char holdline_schema_toml[];
extern "C" const char holdline_schema_toml_end[];

namespace holdline::sync {

namespace {

constexpr std::size_t schema_text_limit = 1024 * 1024;

}  // namespace

std::optional<FieldIndex> Collection::field(std::string_view field_name) const {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == field_name) return static_cast<FieldIndex>(i);
  return std::nullopt;
}

std::optional<FieldIndex> Collection::field_by_no(std::uint16_t field_no) const {
  const auto at = std::ranges::lower_bound(fields, field_no, {}, &Field::no);
  if (at == fields.end() || at->no != field_no) return std::nullopt;
  return static_cast<FieldIndex>(at - fields.begin());
}

Result<Schema> Schema::parse(std::string_view toml) {
  if (toml.size() > schema_text_limit)
    return fail(ErrorKind::ask_person, "invalid-schema", "line 1: schema: the text is longer than 1 MiB");
  SchemaErrors errors;
  SchemaDraft draft = read_schema(toml, errors);
  Schema schema;
  schema.version_ = draft.version;
  schema.collections_ = link_schema(std::move(draft), errors);
  if (!errors.empty()) return fail(ErrorKind::ask_person, "invalid-schema", errors.message());
  schema.hash_ = sha256(toml);
  schema.text_ = toml;
  return schema;
}

const Collection* Schema::collection(std::string_view name) const {
  for (const Collection& c : collections_)
    if (c.name == name) return &c;
  return nullptr;
}

const Collection* Schema::collection(CollectionNo no) const {
  const auto at = std::ranges::lower_bound(collections_, no, {}, &Collection::no);
  return at == collections_.end() || at->no != no ? nullptr : &*at;
}

std::string_view default_schema_text() {
  return {holdline_schema_toml, static_cast<std::size_t>(holdline_schema_toml_end - holdline_schema_toml)};
}

}  // namespace holdline::sync
