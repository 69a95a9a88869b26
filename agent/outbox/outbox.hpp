// The outbox: the durable queue of what people did on this workstation. Sacred: nothing here deletes an unsent action;
// accepted ones are kept for as long and as many bytes as Options say, then pruned.
//
// One SQLCipher file, one connection, synchronous=FULL, one lean append-only table. A synchronous class without
// threads; OutboxWorker (worker.hpp) owns the thread and commits for several people at once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/outbox/recent.hpp"
#include "agent/outbox/unsettled.hpp"
#include "platform/database/database.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"
#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

inline constexpr std::size_t idempotency_key_bytes = 64;  // at most

// What a person wants done: an action without the place in the chain, which the outbox gives it.
struct Draft {
  std::string idempotency_key;  // of this person, made by the CLI or console; printable, not empty, at most
                                // idempotency_key_bytes
  sync::Hash fingerprint;       // of the request body: the same key with another body is an error
  sync::Id person;
  std::uint32_t assertion = 0;
  std::int64_t event_ms = 0;
  std::optional<sync::Id> incident;
  // On actions that need attention. The creates of one that replaces another keep the ids of their records.
  std::optional<sync::Decision> decision;
  std::optional<sync::Acceptance> acceptance;  // of what the person was asked about
  // Ops refer to records they create by index: a create's record id is filled in by the outbox; references to it are
  // written as created_here(index).
  std::vector<sync::Op> ops;
};
// Placeholder id for "the record that op `index` of this action creates"; the outbox replaces it.
sync::Id created_here(std::uint32_t index);

struct Saved {
  sync::ActionRef ref;
  std::vector<sync::Id> created;  // ids of the records its creates made, in op order
  bool repeated = false;          // the idempotency key was known: this is the stored action, nothing was added
};

struct PendingAction {
  sync::StoredAction stored;
  sync::Action action;
};

enum class OutboxHealth : std::uint8_t {
  writable,
  read_only,  // the disk could not be trusted, cannot be written or is full: nothing is acknowledged. What is kept can
              // be read, sent and exported, and what the hub says of it is known
};

// What the space set aside is given up for.
enum class SpaceFor : std::uint8_t {
  entries,  // all but a quarter of it
  upkeep,   // the rest as well: results, sign-ins, opening the files
};

struct OutboxStatus {
  OutboxHealth health = OutboxHealth::writable;
  std::string code, advice;  // read_only: what happened and what to do
  std::array<sync::LaneTip, sync::lane_count> lanes;
  std::uint64_t retained = 0;     // acknowledged actions that can still be re-offered
  std::uint64_t pruned = 0;       // accepted actions that are no longer kept
  std::uint64_t lost = 0;         // of those, the ones that the hub did not have any more when it was restored
  std::uint64_t quarantined = 0;  // needing attention
  std::uint64_t bytes = 0;
  sync::Id incarnation;  // of the chains that grow now
};

class Outbox {
 public:
  struct Impl;  // known to its own source files only

  // Synced at every commit, with a small cache (appending needs few pages) and a log of 1.6 MB, which stays in the
  // processor's cache.
  static platform::DatabaseOptions database_options();

  struct Options {
    std::string path;
    platform::DatabaseOptions database = database_options();
    std::uint64_t keep_bytes = 256ull << 20;  // of accepted actions
    std::int64_t keep_ms = 30ll * 24 * 3600 * 1000;
    std::string reserve_path;                   // file that sets disk space aside for a full disk; empty: none
    std::uint64_t reserve_bytes = 32ull << 20;  // given up in 32 portions
    // Which file this is (platform::file_place); empty: not known. The outbox remembers it. Opened as another one, it
    // was copied, or put back from a copy: whoever has the other may save under the same numbers at this moment, so it
    // goes on under a new incarnation before anything is saved. What it keeps is offered again and takes effect once.
    std::function<Result<sync::Hash>()> place;
  };

  // First run of this workstation: draws an incarnation. Fails when the file exists.
  static Result<std::unique_ptr<Outbox>> create(const Options&, const platform::SecretKey&, const sync::Id& device,
                                                platform::Clock&, platform::Entropy&);
  // Every later run. Quick check, then checkpoint: when the checkpoint fails, or the disk cannot be written, the outbox
  // opens read-only (health, advice). "database-missing" is an error of kind stop, never a first run.
  static Result<std::unique_ptr<Outbox>> open(const Options&, const platform::SecretKey&, platform::Clock&,
                                              platform::Entropy&);
  // What a start of the workstation does: the first run or a later one, as `mode` says
  // (platform/database/first_run.hpp). A later one that finds no file goes on with absent(). Error "outbox-of-another"
  // when the file is that of another device.
  static Result<std::unique_ptr<Outbox>> start(platform::OpenMode mode, const Options&, const platform::SecretKey&,
                                               const sync::Id& device, platform::Clock&, platform::Entropy&);
  // In place of an outbox that is gone: health read_only with code "outbox-missing". It is empty, takes results and
  // sign-ins in memory only, and never becomes writable by itself.
  static std::unique_ptr<Outbox> absent(const Options&, const platform::SecretKey&, const sync::Id& device,
                                        platform::Clock&, platform::Entropy&);
  ~Outbox();

  // Somebody decided that the absent outbox is lost: makes a new one, under another incarnation; what is left of the
  // old file is set aside. Durable when it returns. ask_person "outbox-there".
  Result<void> begin_anew();

  const sync::Maker& maker() const;
  // It was opened at another place than before (Options::place), and goes on under a new incarnation.
  bool is_elsewhere() const;

  // Durable when it returns: one transaction for all drafts. Each draft has its own Result (an invalid one does not
  // hold up the others); when the commit fails every draft fails with the same error, nothing is acknowledged, and the
  // outbox is read-only until recover(). `depends_on` is worked out here from actions of the same record that are not
  // yet settled.
  std::vector<Result<Saved>> append(const sync::Schema& schema, std::span<const Draft> drafts);

  // What follows is asked with another schema than before.
  void schema_changed();

  // What append() saved for this person under this key, as an answer to a repeated request; nothing when the key is not
  // known. ask_person "key-reused" when the request had another fingerprint. In health read_only the error that
  // append() gives: what is kept may not be durable, and whoever asks takes the answer for "saved".
  Result<std::optional<Saved>> find_saved(const sync::Id& person, std::string_view idempotency_key,
                                          const sync::Hash& fingerprint);

  // After an I/O error or a full disk: reopen, check, checkpoint(TRUNCATE), write what take_results() kept in memory;
  // writable again only when all succeed. Gives up space set aside for upkeep when that is what it lacks. While the
  // disk cannot be written what is open stays open.
  Result<void> recover();
  // How often the file was read again: what it holds may differ from what was known before.
  std::uint64_t openings() const;
  // Moves what was committed from the log to the main file, so that a later commit does not have to. For idle moments.
  Result<void> checkpoint();
  // Called when the disk is full: gives up one portion of the space set aside. False: none left for this. Entries are
  // refused with "disk-full" before they take what was given up for upkeep.
  bool release_reserve(SpaceFor what);

  // Actions of one lane after `number`, oldest first: at most `count` and about `bytes`. With the hash before the
  // first.
  Result<sync::ActionBatch> read_batch(sync::Lane lane, std::uint64_t after_number, std::size_t count,
                                       std::size_t bytes);
  // The same with the sign-ins that the actions name, and the clock of now.
  Result<sync::Push> push_of(sync::Lane lane, std::uint64_t after_number, std::size_t count, std::size_t bytes);
  // Every action whose effect the ledger at `replica` does not contain yet: unsettled ones, those that need attention,
  // and settled ones above its cn. What the overlay is derived from at start and after a bootstrap. In order of lane
  // and number.
  Result<std::vector<PendingAction>> pending(const sync::Schema& schema, sync::ChangeNumber replica_cn);
  Result<std::optional<PendingAction>> find(const sync::Schema& schema, sync::ActionRef ref);
  // Newest first, for lists, after `before` (the newest when it names none that is kept).
  Result<std::vector<sync::ActionRef>> list(std::size_t limit, std::optional<sync::ActionRef> before = {});
  // As lists show it; nothing when no such action is kept.
  Result<std::optional<RecentActions::Item>> listed(const sync::Schema& schema, sync::ActionRef ref);
  // The newest, and those that need attention, as they can be listed without this thread; it lives as long as the
  // outbox. Not known until derive_recent(), and kept in step from then on.
  const RecentActions& recent() const;
  // Reads what is not known or may not be what the file says: at start, after recover(), a re-issue, results. An action
  // that cannot be read is left out.
  Result<void> derive_recent(const sync::Schema& schema);
  std::optional<sync::ActionResult> result_of(sync::ActionRef ref) const;
  // Refused by the hub and not decided on since: the person who made it corrects it or gives it up. Oldest first.
  std::vector<sync::ActionRef> needing_attention() const;
  // The later action that decides on this one, if any.
  std::optional<sync::ActionRef> decided_by(sync::ActionRef ref) const;
  struct Dependent {
    sync::ActionRef ref;
    bool at_hub = false;  // held there; else still on its way
  };
  // What was made on top of an action and has not taken effect, directly or not. Reads all that is unsettled.
  Result<std::vector<Dependent>> dependents_of(sync::ActionRef ref);
  // All hashes this outbox still knows in [first, first+count) of a lane, oldest first.
  Result<std::vector<sync::Hash>> hashes(sync::Lane lane, std::uint64_t first, std::size_t count);

  // Keeps entries of the result stream and moves its cursor in one transaction (synchronous=FULL, outside the
  // acknowledgement path). Entries of other incarnations only move the cursor. Idempotent.
  Result<void> store_results(std::span<const sync::ActionResult> results, std::uint64_t stream_to);
  // As store_results(); what the disk does not take is known all the same, in memory, until recover() writes it or the
  // hub tells it again to the next process. Success: durable unless the health is read_only.
  Result<void> take_results(std::span<const sync::ActionResult> results, std::uint64_t stream_to);
  // Something that take_results() took is in memory only.
  bool holds_results() const;
  std::uint64_t results_cursor() const;
  // Of all that was told since the stream began, about whatever incarnation. By it the hub tells whether its stream
  // still is that one.
  const sync::LatestResult& latest_result() const;
  // Of the ledger whose results these are; nil before the first.
  const sync::Id& epoch() const;
  // The last number of each lane that was accepted and is no longer kept.
  std::array<std::uint64_t, sync::lane_count> pruned_through() const;
  // How far the hub has each lane, by the latest welcome or results.
  std::array<std::uint64_t, sync::lane_count> acknowledged() const;

  // The hub is another history than the one that acknowledged (restored from an older copy), in this epoch. Results
  // above what it has are void and the actions are offered again; the others stand until the stream, which begins anew,
  // tells them again. Never deletes anything.
  Result<void> void_results(const sync::Id& epoch, const std::array<std::uint64_t, sync::lane_count>& hub_has,
                            std::uint64_t stream_at);
  // Fork or rollback: draws a new incarnation. Every kept action is re-issued under it with its original position,
  // by which the hub knows what it has taken already; so whatever a restored hub may lose later stands in the present
  // lanes. Up to `common` in each lane the hub has this history, and results stand; what follows is open, whatever
  // result it seemed to have. The old actions stay until prune(), marked re-issued. Atomic. Returns old -> new.
  Result<std::vector<std::pair<sync::ActionRef, sync::ActionRef>>> reissue(
      const std::array<std::uint64_t, sync::lane_count>& common);

  // A person's sign-in on this device, durable when it returns; numbers rise per incarnation. The number is part of
  // what is signed: ask next_assertion() before. 0 takes the next; a taken one is ask_person "assertion-number".
  // Re-issue takes all along under their numbers: who is signed in goes on saving.
  Result<std::uint32_t> next_assertion();
  Result<std::uint32_t> add_assertion(sync::Assertion assertion);
  Result<std::vector<sync::Assertion>> assertions(std::span<const std::uint32_t> numbers);

  // How far the rest of the workstation is: what the hub's clock shows, in ms since 1970, and up to which change the
  // replica has the ledger; 0 while it has none, or one of another history. In memory only.
  void reached(std::int64_t hub_wall_ms, sync::ChangeNumber replica_cn);
  // Prunes accepted actions above the size or age of Options; never of one without a final result, and never before
  // the replica has its effect, because until then only the action itself can show it after a start. Counts them. Age
  // counts back from the newest action or from the hub's clock, whichever is earlier, so that no clock that is ahead
  // for a while makes anything old; until reached() was told nothing is pruned.
  Result<std::uint64_t> prune();

  OutboxStatus status() const;

  // Everything that is not settled, as the file has it; works in read-only health too.
  Result<Unsettled> read_unsettled(const sync::Schema& schema);
  // The same without this thread, as recent(): not known until derive_recent(), and where a part cannot be read.
  const UnsettledActions& unsettled() const;

 private:
  explicit Outbox(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::agent
