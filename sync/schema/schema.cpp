#include "sync/schema/schema.hpp"

#include <algorithm>
#include <array>

#include "sync/schema/draft.hpp"

// Defined in shipped.S.
extern "C" const char holdline_schema_toml[];
extern "C" const char holdline_schema_toml_end[];
extern "C" const char holdline_pack_insurance[];
extern "C" const char holdline_pack_insurance_end[];
extern "C" const char holdline_pack_utilities[];
extern "C" const char holdline_pack_utilities_end[];

namespace holdline::sync {

namespace {

constexpr std::size_t schema_text_limit = 1024 * 1024;

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

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
  schema.guides_ = link_guides(draft, errors);
  schema.calling_hours_ = std::move(draft.calling_hours);
  LinkedSchema linked = link_schema(std::move(draft), errors);
  schema.collections_ = std::move(linked.collections);
  schema.forms_ = std::move(linked.forms);
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

const FormTemplate* Schema::form(std::string_view name) const {
  const auto at = std::ranges::find(forms_, name, &FormTemplate::name);
  return at == forms_.end() ? nullptr : &*at;
}

// Of those for the country the latest that has begun, else of those for everywhere.
const CallingHours* Schema::calling_hours(std::string_view country, std::int32_t day) const {
  const auto better = [](const CallingHours& one, const CallingHours* other) {
    if (other == nullptr) return true;
    if (one.countries.empty() != other->countries.empty()) return other->countries.empty();
    return one.from_day > other->from_day;
  };
  const CallingHours* best = nullptr;
  for (const CallingHours& one : calling_hours_) {
    const bool fits = one.countries.empty() || std::ranges::find(one.countries, country) != one.countries.end();
    if (fits && one.from_day <= day && better(one, best)) best = &one;
  }
  return best;
}

std::string_view default_schema_text() { return between(holdline_schema_toml, holdline_schema_toml_end); }

std::span<const SchemaPack> schema_packs() {
  static const std::array<SchemaPack, 2> packs{
      {{"insurance", between(holdline_pack_insurance, holdline_pack_insurance_end)},
       {"utilities", between(holdline_pack_utilities, holdline_pack_utilities_end)}}};
  return packs;
}

}  // namespace holdline::sync
