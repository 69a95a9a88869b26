#include "sync/table/mapping.hpp"

#include <cstdint>

#include "sync/base/timestamp.hpp"
#include "sync/base/toml.hpp"

namespace holdline::sync {

namespace {

tl::unexpected<Error> not_a_mapping(const toml::source_region& where, std::string text) {
  return fail(ErrorKind::ask_person, "not-a-mapping",
              "Line " + std::to_string(where.begin.line) + " of the mapping: " + std::move(text));
}

Result<void> take_texts(const toml::node& node, std::string_view name, std::map<std::string, std::string>& texts) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return not_a_mapping(node.source(), "[" + std::string(name) + "] must be a table.");
  for (const auto& [key, value] : *table) {
    const auto text = value.value_exact<std::string>();
    if (!text)
      return not_a_mapping(value.source(), "what stands beside " + std::string(key.str()) +
                                               " must be a text in quotes; no text (\"\") leaves a column out.");
    texts.insert_or_assign(std::string(key.str()), *text);
  }
  return {};
}

}  // namespace

Result<Mapping> parse_mapping(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) return not_a_mapping(parsed.error().source(), std::string(parsed.error().description()) + ".");
  Mapping mapping;
  for (const auto& [key, value] : parsed.table()) {
    const std::string_view name = key.str();
    std::string* single = name == "source" ? &mapping.source : name == "obtained" ? &mapping.obtained : nullptr;
    if (single != nullptr) {
      const auto told = value.value_exact<std::string>();
      if (!told) return not_a_mapping(value.source(), std::string(name) + " must be a text in quotes.");
      *single = *told;
    } else if (name == "columns" || name == "constants") {
      HOLDLINE_TRY(take_texts(value, name, name == "columns" ? mapping.columns : mapping.constants));
    } else {
      return not_a_mapping(value.source(),
                           std::string(name) + " is none of source, obtained, [columns] and [constants].");
    }
  }
  if (!mapping.obtained.empty() && !obtained_ms(mapping.obtained))
    return fail(ErrorKind::ask_person, "not-a-mapping", "obtained must be a day like 2026-11-28, or a time.");
  return mapping;
}

std::optional<std::int64_t> obtained_ms(const std::string& obtained) {
  const bool day = obtained.size() == std::string_view("2026-11-28").size();
  return parse_time(day ? obtained + "T00:00:00Z" : obtained);
}

}  // namespace holdline::sync
