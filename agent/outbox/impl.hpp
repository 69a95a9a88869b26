// The inside of Outbox, shared by its source files: outbox.cpp (opening, health, status), append.cpp, read.cpp,
// results.cpp, reissue.cpp.
// Internal to agent/outbox.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/dependencies.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/outbox/state.hpp"
#include "agent/outbox/store.hpp"
#include "platform/os/files.hpp"

namespace holdline::agent {

struct Outbox::Impl {
  Impl(const Options& how, const platform::SecretKey& secret, platform::Clock& time, platform::Entropy& random)
      : options(how), key(secret.clone()), clock(time), entropy(random) {}

  Options options;
  platform::SecretKey key;
  platform::Clock& clock;
  platform::Entropy& entropy;
  std::unique_ptr<OutboxStore> store;  // null only after a recovery that could not open the file
  OutboxState state;
  sync::Maker maker;
  std::optional<Error> suspended;  // why nothing is acknowledged: the health `read_only`
  struct Reached {
    std::int64_t hub_wall_ms;
    sync::ChangeNumber replica_cn;
  };
  std::optional<Reached> reached;

  std::optional<DependencyIndex> earlier;  // nullopt: to be derived again, for `earlier_schema`
  std::uint32_t earlier_schema = 0;
  std::map<std::uint32_t, sync::Schema> old_schemas;

  // Quick check, checkpoint, scan. What fails suspends; an error only when nothing of the file is usable.
  Result<void> trust();
  // Everything that is derived from the file, anew. A part that cannot be read suspends; an error leaves all as it was.
  Result<void> load();
  void suspend(const Error& why);
  // The reason of the health, as the error of a call that needs to write.
  tl::unexpected<Error> refuse() const;
  std::optional<platform::ReserveFile> reserve() const;
  void refill_reserve();

  Result<OutboxStore*> readable();
  // One transaction around `change`. After an error that is not about the request nobody knows what the disk has, so
  // the outbox is suspended.
  Result<void> write(const std::function<Result<void>()>& change);

  // An action of any kept version, its fields as `schema` numbers them.
  Result<sync::Action> read(const sync::Schema& schema, LaneId lane_id, const sync::StoredAction& stored);
  // The schema an action was written in, from the file.
  Result<const sync::Schema*> kept_schema(std::uint32_t version);
  Result<ActionRow> row(std::int64_t seq);
  Result<std::optional<Saved>> find_saved(std::string_view request_key, const sync::Hash& fingerprint);
  Result<PendingAction> pending_action(const sync::Schema& schema, const Entry& entry);
  Result<sync::Hash> hash_before(const LaneChain& chain, std::uint64_t number);
  // Unsettled actions of the current incarnation that the start could not reach: behind a page that cannot be read, or
  // out of line. One that cannot be read itself is known by the numbers around it.
  std::map<sync::ActionRef, std::optional<ActionRow>> out_of_reach();
  // Every unsettled action of the current incarnation, lane by lane.
  std::vector<const Entry*> entries(const std::function<bool(const Entry&)>& wanted) const;

  Result<void> derive_earlier(const sync::Schema& schema);
  DependencyIndex::SettlementOf settlements() const;
};

}  // namespace holdline::agent
