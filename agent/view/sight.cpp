#include "agent/view/sight.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "sync/action/merged.hpp"
#include "sync/merge/merge.hpp"
#include "sync/table/practice.hpp"

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

bool Sight::lists(const sync::Schema& schema, const std::optional<Shown>& shown) const {
  if (!shown || shown->record.deleted) return false;
  if (practice == Practice::with) return true;
  const bool practised = sync::is_practice(*schema.collection(shown->record.key.collection), shown->record);
  return practised == (practice == Practice::only);
}

Result<std::vector<Shown>> PersonView::aliases(const sync::RecordKey& survivor) {
  std::vector<Shown> found;
  const sync::Collection* collection = view_.schema().collection(survivor.collection);
  if (!collection || !collection->merged_into) return found;
  std::vector<sync::Id> open{survivor.id};
  while (!open.empty() && found.size() < most_aliases) {
    const sync::Id into = open.back();
    open.pop_back();
    HOLDLINE_ASSIGN(auto many, view_.about(*collection, into, most_aliases, sight(sync::Reading::many)));
    for (Shown& one : many.shown) {
      const sync::Id id = one.record.key.id;
      const bool known = id == survivor.id ||
                         std::ranges::any_of(found, [&](const Shown& other) { return other.record.key.id == id; });
      if (known || sync::merged_into(*collection, one.record) != into) continue;
      open.push_back(id);
      found.push_back(std::move(one));
    }
  }
  return found;
}

Result<View::RecordList> PersonView::children(const sync::Collection& collection, const sync::Id& parent) {
  const Sight eyes = sight(sync::Reading::one);
  HOLDLINE_ASSIGN(auto many, view_.children(collection, parent, eyes));
  if (!collection.parent) return many;
  HOLDLINE_ASSIGN(const auto merged, aliases({collection.fields[*collection.parent].target, parent}));
  std::set<sync::Id> same;  // ids that the record's own children have, or would have
  for (const Shown& own : many.shown) same.insert(own.record.key.id);
  for (const Shown& alias : merged) {
    HOLDLINE_ASSIGN(auto more, view_.children(collection, alias.record.key.id, eyes));
    for (Shown& child : more.shown) {
      const auto* key =
          collection.natural_key ? std::get_if<std::string>(&child.record.fields[*collection.natural_key]) : nullptr;
      if (key == nullptr || same.insert(sync::child_id(collection, parent, *key)).second)
        many.shown.push_back(std::move(child));
    }
  }
  return many;
}

Result<View::RecordList> PersonView::about(const sync::Collection& collection, const sync::Id& root,
                                           std::size_t limit) {
  const Sight eyes = sight(sync::Reading::many);
  HOLDLINE_ASSIGN(auto many, view_.about(collection, root, limit, eyes));
  const auto target = std::ranges::find_if(collection.fields, [&](const sync::Field& field) {
    const sync::Collection* pointed = view_.schema().collection(field.target);
    return field.type == sync::FieldType::reference && pointed && pointed->merged_into;
  });
  if (target == collection.fields.end() || target->target == collection.no) return many;
  HOLDLINE_ASSIGN(const auto merged, aliases({target->target, root}));
  if (merged.empty()) return many;
  for (const Shown& alias : merged) {
    HOLDLINE_ASSIGN(auto more, view_.about(collection, alias.record.key.id, limit, eyes));
    std::ranges::move(more.shown, std::back_inserter(many.shown));
  }
  view_.sort_as_listed(collection, many.shown);
  many.shown.resize(std::min(limit, many.shown.size()));
  return many;
}

void refuse_unknown_targets(PersonView& view, const sync::Schema& schema, std::span<const sync::Op> ops,
                            std::vector<sync::Finding>& findings) {
  const auto is_made_here = [&](const sync::Id& id) {
    return std::ranges::any_of(ops, [&](const sync::Op& op) { return op.record.id == id; });
  };
  for (const sync::Op& op : ops) {
    const sync::Collection& collection = *schema.collection(op.record.collection);
    for (const sync::FieldChange& change : op.changes) {
      const sync::Field& field = collection.fields[change.field];
      const auto* id = std::get_if<sync::Id>(&change.value);
      const sync::Collection* target = schema.collection(field.target);
      if (field.type != sync::FieldType::reference || id == nullptr || target == nullptr || is_made_here(*id) ||
          sync::base_matches(change.base, change.value))
        continue;
      const auto found = view.find({target->no, *id});
      if (!found || found->as_of.cursor == sync::Cursor{}) continue;
      if (found->shown && !found->shown->record.deleted) continue;
      findings.push_back({field.name, "unknown-record", field.label + " names no " + target->label + " that is here."});
    }
  }
}

}  // namespace holdline::agent
