#include "agent/view/merging.hpp"

#include <algorithm>

#include "sync/action/merged.hpp"
#include "sync/merge/merge.hpp"

namespace holdline::agent {

namespace {

sync::Op edit_of(const Shown& shown) {
  return {sync::OpKind::edit, shown.record.key, shown.record.scope, shown.cn, {}, {}};
}

Result<void> merge_children(PersonView& view, const sync::Collection& kind, const sync::Id& from, const sync::Id& into,
                            std::vector<sync::Op>& ops) {
  HOLDLINE_ASSIGN(const auto given, view.children(kind, from));
  HOLDLINE_ASSIGN(const auto kept, view.children(kind, into));
  for (const Shown& child : given.shown) {
    const auto* key = std::get_if<std::string>(&child.record.fields[*kind.natural_key]);
    if (key == nullptr) continue;
    const auto same = std::ranges::find(kept.shown, sync::child_id(kind, into, *key),
                                        [](const Shown& one) { return one.record.key.id; });
    if (same == kept.shown.end()) continue;
    if (auto op = sync::stricter_op(kind, child.record, same->record)) {
      op->seen = same->cn;
      ops.push_back(*std::move(op));
    }
  }
  return {};
}

// Into which live record this one was merged.
Result<std::optional<sync::Id>> live_survivor(PersonView& view, const sync::Collection& collection,
                                              const sync::Record& record) {
  const auto into = sync::merged_into(collection, record);
  if (!into) return into;
  HOLDLINE_ASSIGN(const auto found, view.find({collection.no, *into}));
  return found.shown && !found.shown->record.deleted ? into : std::nullopt;
}

Result<void> add_erasing(View& view, const Shown& shown, std::vector<sync::Op>& ops) {
  const sync::Schema& schema = view.schema();
  const sync::RecordKey& key = shown.record.key;
  std::vector<sync::Record> children;
  for (const sync::Collection& kind : schema.collections()) {
    if (!kind.parent || kind.fields[*kind.parent].target != key.collection) continue;
    HOLDLINE_ASSIGN(const auto many, view.children(kind, key.id));
    for (const Shown& child : many.shown) children.push_back(child.record);
  }
  sync::Op op{sync::OpKind::erase_row, key, shown.record.scope, shown.cn, {}, {}};
  op.seen_digest = sync::seen_digest(*schema.collection(key.collection), shown.record, children);
  ops.push_back(std::move(op));
  return {};
}

}  // namespace

Result<std::vector<sync::Op>> erasing_ops(View& view, PersonView& own, const Shown& shown) {
  std::vector<sync::Op> ops;
  HOLDLINE_TRY(add_erasing(view, shown, ops));
  HOLDLINE_ASSIGN(const auto aliases, own.aliases(shown.record.key));
  for (const Shown& alias : aliases) {
    HOLDLINE_ASSIGN(const auto whole, view.find(alias.record.key));
    if (whole.shown && !whole.shown->record.deleted) HOLDLINE_TRY(add_erasing(view, *whole.shown, ops));
  }
  return ops;
}

Result<std::vector<sync::Op>> merging_ops(PersonView& view, const sync::Schema& schema, const Shown& from,
                                          const Shown& into) {
  const sync::Collection& collection = *schema.collection(from.record.key.collection);
  if (from.record.key == into.record.key)
    return fail(ErrorKind::ask_person, "same-record", "A record cannot be merged into itself: name another one.");
  if (from.record.scope != into.record.scope)
    return fail(ErrorKind::ask_person, "other-scope",
                "Records of two scopes cannot be merged: what one of them may show, the other may not.");
  HOLDLINE_ASSIGN(const auto merged_before, live_survivor(view, collection, from.record));
  if (merged_before)
    return fail(ErrorKind::ask_person, "merged-already",
                "The record was merged before. Part it from that one first, or merge that one.");
  HOLDLINE_ASSIGN(const auto elsewhere, live_survivor(view, collection, into.record));
  if (elsewhere)
    return fail(ErrorKind::ask_person, "merged-already",
                "The record was itself merged into " + elsewhere->text() + ": name that one.");
  std::vector<sync::Op> ops;
  if (auto filling = sync::filling_op(collection, from.record, into.record, sync::Filled::values)) {
    filling->seen = into.cn;
    ops.push_back(*std::move(filling));
  }
  for (const sync::Collection& kind : schema.collections())
    if (kind.natural_key && kind.parent && kind.fields[*kind.parent].target == collection.no)
      HOLDLINE_TRY(merge_children(view, kind, from.record.key.id, into.record.key.id, ops));
  sync::Op merged = edit_of(from);
  merged.changes.push_back({*collection.merged_into,
                            sync::make_base(from.record.fields[*collection.merged_into]),
                            into.record.key.id,
                            {},
                            {}});
  ops.push_back(std::move(merged));
  return ops;
}

Result<sync::Op> parting_op(const sync::Schema& schema, const Shown& alias) {
  const sync::Collection& collection = *schema.collection(alias.record.key.collection);
  const auto into = sync::merged_into(collection, alias.record);
  if (!into) return fail(ErrorKind::ask_person, "not-merged", "The record stands for itself already.");
  sync::Op op = edit_of(alias);
  op.changes.push_back({*collection.merged_into, sync::make_base(sync::Value(*into)), sync::Null{}, {}, {}});
  return op;
}

}  // namespace holdline::agent
