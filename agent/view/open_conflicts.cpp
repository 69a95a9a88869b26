#include "agent/view/open_conflicts.hpp"

#include <algorithm>

namespace holdline::agent {

namespace {

constexpr std::size_t conflicts_at_once = 250;

}  // namespace

bool OpenConflicts::count_some(View& view, bool practised) {
  const sync::Collection& collection = *view.schema().collection("conflict");
  const sync::FieldIndex state = *collection.field("state"), subject = *collection.field("record");
  const auto many = view.list(collection, before_, conflicts_at_once);
  const bool more = many && many->shown.size() == conflicts_at_once;
  if (many)
    for (const Shown& shown : many->shown) {
      if (shown.record.fields[state] != sync::Value(std::string("open"))) continue;
      if (practised && is_about_practice(view, view.schema(), shown.record)) continue;
      const auto* id = std::get_if<sync::Id>(&shown.record.fields[subject]);
      so_far_.emplace_back(id != nullptr ? *id : sync::Id{}, shown.record.key.id);
    }
  if (more) {
    before_ = many->shown.back().record.key.id;
    return true;
  }
  if (many) {
    last_ = static_cast<std::int64_t>(so_far_.size());
    std::ranges::sort(so_far_);
    open_ = std::move(so_far_);
  }
  before_ = {};
  so_far_ = {};
  return false;
}

std::vector<sync::Id> OpenConflicts::about(const sync::Id& record) const {
  std::vector<sync::Id> conflicts;
  for (const auto& [of, conflict] : std::ranges::equal_range(open_, record, {}, &Open::value_type::first))
    conflicts.push_back(conflict);
  return conflicts;
}

std::optional<std::uint64_t> OpenConflicts::last() const {
  const std::int64_t last = last_;
  return last < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(last));
}

}  // namespace holdline::agent
