#include "agent/view/open_conflicts.hpp"

#include <algorithm>

namespace holdline::agent {

namespace {

constexpr std::size_t conflicts_at_once = 250;

}  // namespace

bool OpenConflicts::count_some(View& view, bool practised) {
  const sync::Collection& collection = *view.schema().collection("conflict");
  const sync::FieldIndex state = *collection.field("state");
  const auto many = view.list(collection, before_, conflicts_at_once);
  const bool more = many && many->shown.size() == conflicts_at_once;
  if (many)
    so_far_ += static_cast<std::uint64_t>(std::ranges::count_if(many->shown, [&](const Shown& shown) {
      return shown.record.fields[state] == sync::Value(std::string("open")) &&
             !(practised && is_about_practice(view, view.schema(), shown.record));
    }));
  if (more) {
    before_ = many->shown.back().record.key.id;
    return true;
  }
  if (many) last_ = static_cast<std::int64_t>(so_far_);
  before_ = {};
  so_far_ = 0;
  return false;
}

std::optional<std::uint64_t> OpenConflicts::last() const {
  const std::int64_t last = last_;
  return last < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(last));
}

}  // namespace holdline::agent
