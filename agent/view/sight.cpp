#include "agent/view/sight.hpp"

#include <algorithm>

namespace holdline::agent {

std::optional<sync::Action> permitted(const sync::Schema& schema, const sync::Rights& who, const sync::Id& person,
                                      sync::Action action) {
  const bool own = action.header.person == person;
  for (sync::Op& op : action.ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (!collection || (!own && !sync::may_read(who, *collection, op.scope))) return std::nullopt;
    if (own) continue;
    const sync::FieldMask seen = sync::readable_fields(who, *collection, sync::Reading::one);
    std::erase_if(op.changes, [&](const sync::FieldChange& change) { return (seen >> change.field & 1) == 0; });
  }
  return action;
}

bool may_export(const sync::Rights& who, const sync::Id& person, const sync::Action& action) {
  return sync::may_decide(who, action.header.person == person, action.ops);
}

std::optional<Shown> Sight::permitted(const sync::Schema& schema, std::optional<Shown> shown) const {
  if (who == nullptr || !shown) return shown;
  const sync::Collection& collection = *schema.collection(shown->record.key.collection);
  if (!sync::may_read(*who, collection, shown->record.scope)) return std::nullopt;
  const sync::FieldMask seen = sync::readable_fields(*who, collection, reading);
  for (std::size_t i = 0; i < shown->record.fields.size(); ++i)
    if ((seen >> i & 1) == 0) shown->record.fields[i] = sync::Null{};
  shown->own &= seen;
  return shown;
}

}  // namespace holdline::agent
