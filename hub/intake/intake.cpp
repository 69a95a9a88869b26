#include "hub/intake/intake.hpp"

#include <algorithm>
#include <numeric>

#include "hub/intake/group.hpp"

namespace holdline::hub {

Result<IncomingPush> read_push(const sync::Schema& schema, const Device& device, sync::Push push) {
  if (push.batch.maker.device != device.id)
    return fail(ErrorKind::ask_person, "wrong-device", "The batch names another workstation than the certificate.");
  if (push.batch.actions.empty()) return fail(ErrorKind::ask_person, "empty-batch", "The batch holds no action.");
  if (push.batch.actions.front().number == 0)
    return fail(ErrorKind::ask_person, "malformed-batch", "Actions are numbered from 1.");
  IncomingPush incoming{
      device, push.batch.maker, push.batch.lane, push.clock, push.batch.predecessor, {}, std::move(push.assertions),
      false};
  incoming.actions.reserve(push.batch.actions.size());
  for (sync::StoredAction& stored : push.batch.actions) {
    auto action = sync::read_action(schema, push.batch.maker, stored);
    if (!action && action.error().code == "unknown-schema") incoming.unknown_schema = true;
    std::vector<sync::Finding> findings;
    if (action) findings = sync::validate(schema, *action);
    incoming.actions.push_back({std::move(stored), std::move(action), std::move(findings)});
  }
  return incoming;
}

namespace {

// Lane by lane in the order of the numbers, so that two pushes of one lane that arrived in the wrong order need no gap.
std::vector<std::size_t> working_order(std::span<const IncomingPush> pushes) {
  std::vector<std::size_t> order(pushes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto place = [&](std::size_t i) {
    const IncomingPush& push = pushes[i];
    return std::tuple(push.lane, push.maker.device, push.maker.incarnation, push.actions.front().stored.number);
  };
  std::ranges::stable_sort(order, {}, place);
  return order;
}

}  // namespace

std::vector<Result<sync::PushReply>> Intake::take(std::span<const IncomingPush> pushes, std::int64_t now_ms) {
  std::vector<Result<sync::PushReply>> replies(pushes.size());
  const auto work = [&]() -> Result<void> {
    Authority authority([this](const Id& id) { return ledger_.person(id); });
    HOLDLINE_ASSIGN(auto transaction, ledger_.begin());
    IntakeGroup group(*transaction, ledger_.schema(), authority, now_ms, entropy_.u64());
    HOLDLINE_TRY(group.load(pushes));
    for (const std::size_t i : working_order(pushes)) {
      HOLDLINE_ASSIGN(replies[i], group.take(pushes[i]));
    }
    if (!group.empty()) HOLDLINE_TRY(transaction->commit(group.changes()));
    return {};
  };
  if (auto done = work(); !done)
    for (auto& reply : replies) reply = tl::unexpected<Error>(done.error());
  return replies;
}

Result<Cursor> Intake::take_own(std::span<const sync::Op> ops, std::int64_t now_ms) {
  const sync::Maker hub{ledger_.identity().hub, ledger_.identity().epoch};
  Authority authority([this](const Id& id) { return ledger_.person(id); });
  HOLDLINE_ASSIGN(auto transaction, ledger_.begin());
  IntakeGroup group(*transaction, ledger_.schema(), authority, now_ms, entropy_.u64());
  HOLDLINE_TRY(group.load({}));
  sync::ActionHeader header;
  header.schema = ledger_.schema().version();
  header.event_ms = header.made.wall_ms = header.hybrid.ms = now_ms;
  HOLDLINE_TRY(group.take_own(hub, header, ops));
  if (!group.empty()) HOLDLINE_TRY(transaction->commit(group.changes()));
  return group.head();
}

}  // namespace holdline::hub
