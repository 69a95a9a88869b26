// Intake: from pushed batches to the ledger. Several pushes share one transaction; each action takes effect exactly
// once, in the order of its lane, or is kept whole with the reason why it could not. A refused action never holds up
// another.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "platform/os/entropy.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/wire/message.hpp"

namespace holdline::hub {

// One pushed action, read and checked; what is wrong with it is part of the value.
struct ReadAction {
  sync::StoredAction stored;
  Result<sync::Action> action;
  std::vector<sync::Finding> findings;  // of sync::validate
};

// A push as intake takes it. Made by read_push() on any thread, outside the ledger's transaction.
struct IncomingPush {
  Device device;
  sync::Maker maker;
  Lane lane = 0;
  sync::TimeReading clock;
  sync::Hash predecessor;
  std::vector<ReadAction> actions;  // consecutive numbers, at least one
  std::vector<sync::Assertion> assertions;
  bool unknown_schema = false;  // the batch is written in a version the hub does not speak
};
// Pure. ask_person "wrong-device" when the batch names another maker than the device that sent it; "empty-batch".
Result<IncomingPush> read_push(const sync::Schema& schema, const Device& device, sync::Push push);

class Intake {
 public:
  Intake(Ledger& ledger, platform::Entropy& entropy) : ledger_(ledger), entropy_(entropy) {}

  // Takes a group of pushes in one transaction; durable when it returns. One reply per push, in the order given. When
  // the commit fails every push gets that error and nothing of the group is stored.
  std::vector<Result<sync::PushReply>> take(std::span<const IncomingPush> pushes, std::int64_t now_ms);

  // The hub's own changes (imports): ops that create or edit, applied as one action of the hub itself. Returns where
  // the last of them took effect. Conflicts go the ordinary way. ask_person "record-full" when a list or set would grow
  // beyond what a record may hold; nothing is stored then.
  Result<Cursor> take_own(std::span<const sync::Op> ops, std::int64_t now_ms);

 private:
  Ledger& ledger_;
  platform::Entropy& entropy_;
};

}  // namespace holdline::hub
