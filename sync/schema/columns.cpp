#include "sync/schema/columns.hpp"

#include <algorithm>
#include <string>

namespace holdline::sync {

namespace {

// Small letters and digits; letters beyond ASCII as they are.
std::string folded(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) plain += c;
  }
  return plain;
}

// At most two digits at the end count the columns of one kind.
std::string_view without_number(std::string_view name) {
  std::size_t digits = 0;
  while (digits < 2 && digits < name.size() && name[name.size() - 1 - digits] >= '0' &&
         name[name.size() - 1 - digits] <= '9')
    ++digits;
  return name.substr(0, name.size() - digits);
}

bool is_called(const Field& field, const std::string& heading) {
  const auto same = [&](std::string_view name) { return folded(name) == heading; };
  return same(field.name) || same(field.label) || std::ranges::any_of(field.columns, same);
}

bool takes_several(const Field& field) { return field.type == FieldType::set || field.type == FieldType::list; }

bool hangs_on(const Collection& collection, const Collection& root) {
  return collection.parent && collection.natural_key && collection.fields[*collection.parent].target == root.no;
}

}  // namespace

std::optional<ColumnMatch> match_column(const Schema& schema, const Collection& root, std::string_view heading) {
  if (const auto field = root.field(heading)) return ColumnMatch{&root, *field, false};
  if (const auto field = root.field(without_number(heading)); field && takes_several(root.fields[*field]))
    return ColumnMatch{&root, *field, false};
  for (const Collection& child : schema.collections())
    if (hangs_on(child, root) && without_number(heading) == child.name)
      return ColumnMatch{&child, *child.natural_key, false};
  const std::string plain = folded(heading);
  for (std::size_t i = 0; i < root.fields.size(); ++i)
    if (is_called(root.fields[i], plain)) return ColumnMatch{&root, static_cast<FieldIndex>(i), true};
  const std::string unnumbered(without_number(plain));
  for (const Collection& child : schema.collections())
    if (hangs_on(child, root) &&
        (unnumbered == folded(child.name) || is_called(child.fields[*child.natural_key], unnumbered)))
      return ColumnMatch{&child, *child.natural_key, true};
  return std::nullopt;
}

}  // namespace holdline::sync
