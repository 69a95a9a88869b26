#include "hub/intake/intake.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "hub/intake/group.hpp"

namespace holdline::hub {

namespace {

// A number may have been given to another text since this hub was put back: it is not read by that.
Result<sync::KnownAction> read_pushed(const sync::SchemaVersions& schemas, const sync::Push& push,
                                      const sync::StoredAction& stored) {
  if (const auto header = sync::read_header(stored.header)) {
    const auto told = std::ranges::find(push.schemas, header->schema, &sync::SchemaName::version);
    const sync::Schema* known = schemas.numbered(header->schema);
    if (known != nullptr && told != push.schemas.end() && told->hash != known->hash())
      return fail(ErrorKind::ask_person, "other-schema",
                  "It was made under another version " + std::to_string(header->schema) +
                      " of the forms than the hub has. Look at it, and enter it again.");
  }
  return sync::read_known(schemas, push.batch.maker, stored);
}

ReadAction read(const sync::SchemaVersions& schemas, const sync::Push& push, const sync::StoredAction& stored) {
  auto known = read_pushed(schemas, push, stored);
  if (known) return {stored, std::move(known->action), std::move(known->findings)};
  return {stored, fail(std::move(known)), {}};
}

}  // namespace

Result<IncomingPush> read_push(const sync::SchemaVersions& schemas, const Device& device, sync::Push push) {
  if (push.batch.maker.device != device.id)
    return fail(ErrorKind::ask_person, "wrong-device", "The batch names another workstation than the certificate.");
  if (push.batch.actions.empty()) return fail(ErrorKind::ask_person, "empty-batch", "The batch holds no action.");
  if (push.batch.actions.front().number == 0)
    return fail(ErrorKind::ask_person, "malformed-batch", "Actions are numbered from 1.");
  IncomingPush incoming{device, push.batch.maker, push.batch.lane, push.clock, push.batch.predecessor, {}, {}, {}};
  incoming.actions.reserve(push.batch.actions.size());
  for (const sync::StoredAction& stored : push.batch.actions) incoming.actions.push_back(read(schemas, push, stored));
  incoming.assertions = std::move(push.assertions);
  incoming.schemas = std::move(push.schemas);
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
    Authority authority = this->authority();
    HOLDLINE_ASSIGN(auto transaction, ledger_.begin());
    IntakeGroup group(*transaction, ledger_.schemas(), authority, now_ms, entropy_.u64());
    HOLDLINE_TRY(group.load(pushes));
    for (const std::size_t i : working_order(pushes)) {
      if (auto granted = still_granted(pushes[i].device); !granted) {
        replies[i] = fail(std::move(granted));
        continue;
      }
      HOLDLINE_ASSIGN(replies[i], group.take(pushes[i]));
    }
    if (!group.empty()) HOLDLINE_TRY(transaction->commit(group.changes()));
    return {};
  };
  if (auto done = work(); !done)
    for (auto& reply : replies) reply = tl::unexpected<Error>(done.error());
  return replies;
}

Result<sync::ActionResult> Intake::decide(const HeldDecision& decision, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const auto device, ledger_.device(decision.device));
  if (!device) return fail(ErrorKind::ask_person, "unknown-device", "The hub knows no such workstation.");
  Authority authority = this->authority();
  HOLDLINE_ASSIGN(auto transaction, ledger_.begin());
  IntakeGroup group(*transaction, ledger_.schemas(), authority, now_ms, entropy_.u64());
  HOLDLINE_TRY(group.load_held({decision.device, decision.incarnation}));
  HOLDLINE_ASSIGN(auto result, group.decide(*device, decision));
  HOLDLINE_TRY(transaction->commit(group.changes()));
  return result;
}

Authority Intake::authority() {
  return Authority([this](const Id& id) { return ledger_.person(id); }, sign_in_ms_, site_key_);
}

Result<void> Intake::still_granted(const Device& device) {
  HOLDLINE_ASSIGN(const auto now, ledger_.device(device.id));
  if (!now) return {};  // it was never enrolled by a code; whoever read the push has judged it
  if (now->state != DeviceState::active)
    return fail(ErrorKind::ask_person, "device-revoked", "This workstation was revoked.");
  if (now->grants != device.grants)
    return fail(ErrorKind::start_over, "grants-changed", "The workstation's scopes have changed. Say hello again.");
  return {};
}

Result<void> Intake::settle_waiting(std::int64_t now_ms) {
  constexpr std::size_t every = 1'000'000'000;
  std::set<std::pair<Id, Id>> outboxes;
  {
    HOLDLINE_ASSIGN(auto reader, ledger_.reader());
    HOLDLINE_ASSIGN(const auto held, reader->held(HeldState::waiting, every));
    for (const HeldAction& action : held)
      if (action.code == unknown_person || action.code == unknown_schema)
        outboxes.emplace(action.lane.device, action.lane.incarnation);
  }
  for (const auto& [id, incarnation] : outboxes) {
    HOLDLINE_ASSIGN(const auto device, ledger_.device(id));
    if (!device || device->state != DeviceState::active) continue;  // it goes on waiting
    Authority authority = this->authority();
    HOLDLINE_ASSIGN(auto transaction, ledger_.begin());
    IntakeGroup group(*transaction, ledger_.schemas(), authority, now_ms, entropy_.u64());
    HOLDLINE_TRY(group.settle_waiting(*device, {id, incarnation}));
    if (!group.empty()) HOLDLINE_TRY(transaction->commit(group.changes()));
  }
  return {};
}

Result<std::vector<RowOutcome>> Intake::take_own(OwnWork work, std::int64_t now_ms) {
  const LedgerIdentity identity = ledger_.identity();
  const sync::Maker hub{identity.hub, identity.epoch};
  Authority authority = this->authority();
  HOLDLINE_ASSIGN(auto transaction, ledger_.begin());
  IntakeGroup group(*transaction, ledger_.schemas(), authority, now_ms, entropy_.u64());
  HOLDLINE_TRY(group.load({}));
  sync::ActionHeader header;
  header.schema = ledger_.schema().version();
  header.event_ms = header.made.wall_ms = header.hybrid.ms = now_ms;
  header.acceptance = std::move(work.acceptance);
  HOLDLINE_ASSIGN(std::vector<OwnRow> rows, work.rows(*transaction));
  group.name_import(std::move(work.name));
  HOLDLINE_ASSIGN(auto outcomes, group.take_own(hub, header, std::move(rows)));
  if (work.run && !work.dry_run) group.note(work.run(outcomes));
  if (!work.dry_run && !group.empty()) HOLDLINE_TRY(transaction->commit(group.changes()));
  return outcomes;
}

Result<std::vector<RowOutcome>> Intake::take_own(std::span<const OwnRow> rows, std::int64_t now_ms) {
  const auto given = [rows](LedgerTransaction&) -> Result<std::vector<OwnRow>> {
    return std::vector<OwnRow>(rows.begin(), rows.end());
  };
  return take_own(OwnWork{given}, now_ms);
}

}  // namespace holdline::hub
