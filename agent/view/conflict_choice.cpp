#include "agent/view/conflict_choice.hpp"

#include <algorithm>
#include <utility>

namespace holdline::agent {

namespace {

sync::Op op_on(const Shown& shown) {
  return {sync::OpKind::edit, shown.record.key, shown.record.scope, shown.cn, {}, {}};
}

sync::Op close(const sync::Schema& schema, const Shown& conflict, const std::string& reason) {
  const sync::Collection& collection = *schema.collection("conflict");
  sync::Op op = op_on(conflict);
  const auto set = [&](std::string_view name, std::string value) {
    const auto field = *collection.field(name);
    op.changes.push_back({field, sync::make_base(conflict.record.fields[field]), std::move(value), {}, {}});
  };
  set("state", "resolved");
  set("resolution", reason);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

}  // namespace

std::vector<sync::Op> ops_of_choice(const sync::Schema& schema, const Shown& conflict,
                                    const sync::ConflictValues& values, const std::optional<Shown>& subject,
                                    bool take_other, const std::string& reason) {
  std::vector<sync::Op> ops;
  if (take_other && subject) {
    sync::Op op = op_on(*subject);
    const auto& unit = schema.collection(values.record.collection)->units[values.unit].fields;
    bool differs = false;
    for (std::size_t i = 0; i < unit.size(); ++i) differs |= subject->record.fields[unit[i]] != values.other[i];
    const sync::Collection& collection = *schema.collection(values.record.collection);
    for (std::size_t i = 0; i < unit.size() && differs; ++i)
      if (collection.parent != unit[i] && collection.natural_key != unit[i])
        op.changes.push_back({unit[i], sync::make_base(values.current[i]), values.other[i], {}, {}});
    std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
    if (!op.changes.empty()) ops.push_back(std::move(op));
  }
  ops.push_back(close(schema, conflict, reason));
  return ops;
}

}  // namespace holdline::agent
