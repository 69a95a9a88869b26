// The inside of Outbox, shared by its source files: outbox.cpp (opening, status), health.cpp, append.cpp, read.cpp,
// recent.cpp, unsettled.cpp, results.cpp, reissue.cpp, absent.cpp.
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
  std::unique_ptr<OutboxStore> store;  // null after a recovery that could not open the file, and while it is absent
  // There is no file: results and sign-ins are taken in memory, so that people can go on reading.
  struct Absent {
    std::uint32_t sign_ins;
  };
  std::optional<Absent> absent;
  OutboxState state;
  sync::Maker maker;
  std::optional<Error> suspended;  // why nothing is acknowledged: the health `read_only`
  std::optional<Error> full;       // why no entry is taken, though all else can be written: likewise
  bool reserve_low = false;        // what is left of the reserve is not for entries
  std::uint64_t openings = 0;
  // What take_results() could not write.
  struct Held {
    std::map<sync::ActionRef, sync::ActionResult> results;
    std::uint64_t to = 0;
    sync::LatestResult latest;
  } held;
  struct Reached {
    std::int64_t hub_wall_ms;
    sync::ChangeNumber replica_cn;
  };
  std::optional<Reached> reached;
  bool is_elsewhere = false;  // since it was opened

  RecentActions recent;
  UnsettledActions unsettled;
  bool recent_known = false, attention_known = false;

  std::optional<DependencyIndex> earlier;  // nullopt: to be derived again, for `earlier_schema`
  std::uint32_t earlier_schema = 0;
  std::map<std::uint32_t, sync::Schema> old_schemas;

  // Quick check, checkpoint, scan. What fails suspends; an error only when nothing of the file is usable.
  Result<void> trust();
  // Everything that is derived from the file, anew. A part that cannot be read suspends; an error leaves all as it was.
  Result<void> load();
  // A file at another place than the one it was written at gets a new incarnation. Not while suspended: then nothing
  // can be saved, and recover() comes back to it. What fails suspends.
  void settle_in();
  void suspend(const Error& why);
  // The reason of the health, as the error of a call that needs to write.
  tl::unexpected<Error> refuse() const;
  // Reads and proves the file anew. Success: it can be written.
  Result<void> reopen();
  bool is_read_only_disk() const;
  std::optional<platform::ReserveFile> reserve() const;
  void refill_reserve();
  void look_at_reserve();
  std::uint64_t reserve_portion() const { return options.reserve_bytes / 32; }
  std::uint64_t reserve_for_upkeep() const { return options.reserve_bytes / 4; }
  // What is free now is what was given up for upkeep.
  bool is_full_for_entries() const;
  // Makes what is held known in memory, on top of what the file says.
  void know_held();
  // Into `recent` and `unsettled`, what is known to be kept.
  void show_saved(const Saved& saved, std::shared_ptr<const sync::Action> action, Unsettled::Item item);
  void show_result(const sync::ActionResult& result);

  Result<OutboxStore*> readable();
  // One transaction around `change`. After an error that is not about the request nobody knows what the disk has, so
  // the outbox is suspended.
  Result<void> write(const std::function<Result<void>()>& change);

  // An action of any kept version, its fields as `schema` numbers them.
  Result<sync::Action> read(const sync::Schema& schema, LaneId lane_id, const sync::StoredAction& stored);
  // The schema an action was written in, from the file.
  Result<const sync::Schema*> kept_schema(std::uint32_t version);
  Result<ActionRow> row(std::int64_t seq);
  Result<std::optional<Saved>> find_saved(const sync::Id& person, std::string_view request_key,
                                          const sync::Hash& fingerprint);
  Result<PendingAction> pending_action(const sync::Schema& schema, const Entry& entry);
  Result<sync::Hash> hash_before(const LaneChain& chain, std::uint64_t number);
  // Unsettled actions of the current incarnation that the start could not reach: behind a page that cannot be read, or
  // out of line. One that cannot be read itself is known by the numbers around it.
  std::map<sync::ActionRef, std::optional<ActionRow>> out_of_reach();
  Unsettled::Item unsettled_item(const sync::Schema& schema, sync::ActionRef ref, Result<ActionRow> row);
  // Every unsettled action of the current incarnation, lane by lane.
  std::vector<const Entry*> entries(const std::function<bool(const Entry&)>& wanted) const;

  Result<std::uint32_t> add(sync::Assertion assertion);

  Result<void> derive_earlier(const sync::Schema& schema);
  DependencyIndex::SettlementOf settlements() const;
};

}  // namespace holdline::agent
