// Where a conflict keeps values that not everybody may see.
#include <array>
#include <set>
#include <utility>

#include "sync/base/limits.hpp"
#include "sync/schema/draft.hpp"

namespace holdline::sync {

namespace {

constexpr std::array<std::string_view, 5> parts{"base", "current", "other", "current_raw", "other_raw"};
// Above what people number their fields with; eight for each group, group 0 standing for what stays at the hub.
constexpr std::uint16_t first_no = 60'000;
constexpr std::uint16_t numbers_per_group = 8;

FieldDraft hidden_field(const CollectionDraft& conflicts, std::size_t part, const Field& of) {
  FieldDraft draft;
  Field& field = draft.field;
  field.name = conflict_value_field(parts[part], of);
  field.no = static_cast<std::uint16_t>(first_no + numbers_per_group * of.visibility + part);
  field.max_length = limits::text_bytes;
  field.read_only = field.sensitive = true;
  field.visibility = of.visibility;
  field.replication = of.replication;
  draft.key = conflicts.key + ".field." + field.name;
  draft.line = conflicts.line;
  draft.lines.emplace("max_length", conflicts.line);
  return draft;
}

}  // namespace

std::string conflict_value_field(std::string_view part, const Field& of) {
  std::string name(part);
  if (of.replication != Replication::full) return name + "_kept";
  return of.visibility == 0 ? name : name + "_g" + std::to_string(of.visibility);
}

void add_hidden_conflict_values(SchemaDraft& draft) {
  CollectionDraft* conflicts = nullptr;
  std::set<std::pair<std::uint8_t, Replication>> used;
  for (CollectionDraft& collection : draft.collections) {
    if (collection.collection.name == "conflict") {
      conflicts = &collection;
      continue;
    }
    for (const FieldDraft& member : collection.fields) {
      const bool kept = member.field.replication != Replication::full;
      if (kept) used.emplace(std::uint8_t{0}, Replication::never);
      if (!kept && member.field.visibility != 0) used.emplace(member.field.visibility, Replication::full);
    }
  }
  // One that people write to is refused for that, and not for what would follow.
  if (conflicts == nullptr || !conflicts->collection.built_in) return;
  for (const auto& [visibility, replication] : used) {
    Field like;
    like.visibility = visibility;
    like.replication = replication;
    for (std::size_t part = 0; part < parts.size(); ++part)
      conflicts->fields.push_back(hidden_field(*conflicts, part, like));
  }
}

}  // namespace holdline::sync
