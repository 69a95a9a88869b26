// Pending actions and results, as an outbox and a hub would tell them.
#pragma once

#include <vector>

#include "agent/view/overlay.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {

inline const sync::Maker test_maker{id_of(0xd0000001), id_of(0xd0000002)};

// The number is also the hybrid time: what is numbered later was made later.
inline PendingAction pending_of(std::uint64_t number, std::vector<sync::Op> ops, sync::Lane lane = 3) {
  PendingAction pending;
  pending.action.header.lane = lane;
  pending.action.header.number = number;
  pending.action.header.hybrid = {static_cast<std::int64_t>(number), 0};
  pending.action.ops = std::move(ops);
  return pending;
}

inline sync::Op op_of(sync::OpKind kind, std::string_view name, std::uint32_t number, Fields fields) {
  const auto& collection = collection_of(name);
  sync::Op op;
  op.kind = kind;
  op.record = {collection.no, id_of(number)};
  op.scope = test_scope;
  for (const auto& [field, value] : fields) op.changes.push_back({collection.field(field).value(), {}, value, {}, {}});
  return op;
}
inline sync::Op edit_of(std::string_view collection, std::uint32_t number, Fields fields) {
  return op_of(sync::OpKind::edit, collection, number, fields);
}
inline sync::Op create_of(std::string_view collection, std::uint32_t number, Fields fields) {
  return op_of(sync::OpKind::create, collection, number, fields);
}

inline sync::ActionResult result_of(std::uint64_t number, sync::Verdict verdict, sync::ChangeNumber cn,
                                    sync::Lane lane = 3) {
  sync::ActionResult result;
  result.incarnation = test_maker.incarnation;
  result.lane = lane;
  result.number = number;
  result.verdict = verdict;
  result.at = {cn, 1};
  return result;
}

}  // namespace holdline::agent
