// The ledger: the hub's own durable store and the truth every replica is compared with. The hub is its only writer.
//
// An implementation keeps and answers; it decides nothing (intake.hpp decides). Its verbs take whole sets, so that a
// PostgreSQL implementation answers each in one round trip. Synchronous, without threads of its own: one thread writes
// (begin), another may read through a LedgerReader.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sync/merge/merge.hpp"
#include "sync/schema/schema.hpp"
#include "sync/wire/message.hpp"

namespace holdline::hub {

using sync::ChangeNumber;
using sync::Cursor;
using sync::Id;
using sync::Lane;

enum class DeviceState : std::uint8_t { active, revoked };

struct Device {
  Id id;
  std::string name;
  std::string certificate;  // SHA-256 fingerprint, hex, of the certificate it may present
  std::vector<std::string> scopes;
  sync::VisibilitySet profile = 0xff;
  std::uint32_t grants = 1;
  DeviceState state = DeviceState::active;
  std::int64_t enrolled_ms = 0;
};

struct EnrollCode {
  sync::Hash hash;  // of the secret; the secret itself is not kept
  std::string device_name;
  std::vector<std::string> scopes;
  sync::VisibilitySet profile = 0xff;
  std::int64_t expires_ms = 0;
};

// A person's account: the key pair that signs sign-ins, its private half wrapped by the person's unlocker.
struct Person {
  Id id;
  std::string name;        // sign-in name, unique
  std::string external;    // subject id elsewhere; may be empty
  sync::Bytes public_key;  // Ed25519, 32 bytes
  sync::Bytes wrapped;     // by password (platform/crypto/password.hpp)
  std::vector<std::string> scopes;
  std::string role;  // agent | supervisor | it
};

struct LaneKey {
  Id device, incarnation;
  Lane lane = 0;
  auto operator<=>(const LaneKey&) const = default;
};
struct Progress {
  std::uint64_t number = 0;
  sync::Hash hash;
};

// A result with what a replay is checked against.
struct KeptResult {
  Id device;
  sync::ActionResult result;
  sync::Hash hash;  // of the action's chain at its number
};

// An action kept whole because it could not take effect.
enum class HeldState : std::uint8_t {
  waiting,      // for what it names in `depends_on`
  quarantined,  // refused; a person decides
  discarded,    // a person gave it up
};
struct HeldAction {
  LaneKey lane;
  sync::StoredAction stored;
  HeldState state = HeldState::waiting;
  std::vector<sync::ActionRef> missing;  // waiting: for these
  std::int64_t corrected_ms = 0;
  std::string code, text;
};

// A re-issued action that took effect, by the hash of its original position (sync::OriginalPosition).
struct AppliedReissue {
  sync::Hash original;
  LaneKey lane;
  std::uint64_t number = 0;
};

struct VersionedRecord {
  sync::StoredRecord stored;
  ChangeNumber cn = 0;
};

// One record's new form at one cn.
struct RecordWrite {
  ChangeNumber cn = 0;
  std::optional<sync::Record> before;  // as it stood; nullopt: not there, or deleted
  sync::StoredRecord next;
  sync::FieldMask changed = 0;  // of an existing record; a new one tells all its fields
  bool fed = true;              // false: only the meta differs; kept, but the feed and the digests do not see it
};

// Everything one group of pushes changes; written as one transaction.
struct ChangeSet {
  std::vector<RecordWrite> records;  // ascending by cn
  std::map<LaneKey, Progress> progress;
  std::vector<KeptResult> results;                         // entry numbers are assigned by the caller, dense per device
  std::vector<HeldAction> hold;                            // inserted or replaced by (lane key, number)
  std::vector<std::pair<LaneKey, std::uint64_t>> release;  // held actions that took effect
  std::vector<AppliedReissue> applied_reissues;
  std::vector<std::pair<LaneKey, sync::Assertion>> assertions;
  ChangeNumber last_cn = 0;  // the feed's head after this
  std::uint64_t salt = 0;    // of this transaction; without meaning when the head stays where it was
};

// One write transaction. Reads see earlier writes of the same transaction. Destroying it without commit rolls back.
class LedgerTransaction {
 public:
  virtual ~LedgerTransaction() = default;
  virtual Cursor head() = 0;
  virtual Result<std::map<LaneKey, Progress>> progress(std::span<const LaneKey> keys) = 0;
  // Last entry number of each device's result stream.
  virtual Result<std::map<Id, std::uint64_t>> result_heads(std::span<const Id> devices) = 0;
  // All entries (usually one) about the actions [first, last] of a lane, in stream order.
  virtual Result<std::vector<KeptResult>> results(const LaneKey& lane, std::uint64_t first, std::uint64_t last) = 0;
  virtual Result<std::map<sync::RecordKey, VersionedRecord>> records(std::span<const sync::RecordKey> keys) = 0;
  // Those that are not deleted.
  virtual Result<std::vector<sync::Record>> children(const sync::RecordKey& parent) = 0;
  // Held actions of these lanes' devices and incarnations.
  virtual Result<std::vector<HeldAction>> held(const Id& device, const Id& incarnation) = 0;
  // Those of a device whose original position had one of these hashes.
  virtual Result<std::vector<AppliedReissue>> applied_reissues(const Id& device,
                                                               std::span<const sync::Hash> originals) = 0;
  virtual Result<std::map<std::uint32_t, sync::Assertion>> assertions(const Id& device, const Id& incarnation) = 0;
  // Durable (synchronous=FULL) when it returns, together with the digests that follow from the records.
  virtual Result<void> commit(const ChangeSet& changes) = 0;
};

// A read snapshot of the ledger; any number of calls, one thread.
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  virtual Result<Cursor> head() = 0;
  // Changes in (from, …] of these scopes as a profile sees them, coalesced per record, whole cns only, at most about
  // `records`; `to` is the last cn contained (the head when all fitted). start_over "log-too-short" when the log no
  // longer reaches back to `from`, "unknown-cursor" when the salt at `from` is another or `from` is above the head.
  virtual Result<sync::Cut> cut(const Cursor& from, std::span<const std::string> scopes, sync::VisibilitySet profile,
                                std::size_t records) = 0;
  virtual Result<std::vector<sync::ActionResult>> results(const Id& device, std::uint64_t after, std::size_t limit) = 0;
  virtual Result<std::uint64_t> result_head(const Id& device) = 0;
  virtual Result<std::map<LaneKey, Progress>> progress(const Id& device, const Id& incarnation) = 0;
  // Chain hash of one action, when the ledger still knows it.
  virtual Result<std::vector<std::optional<sync::Hash>>> hashes(const LaneKey&, std::uint64_t first,
                                                                std::size_t count) = 0;
  // Digests of the head, of these scopes and groups.
  virtual Result<std::map<sync::DigestKey, sync::Leaves>> digests(std::span<const std::string> scopes,
                                                                  sync::VisibilitySet) = 0;
  // Live rows of a leaf; `last_cn` is the latest cn among them and among rows deleted from it.
  struct LeafRows {
    std::vector<sync::Change> rows;
    ChangeNumber last_cn = 0;
  };
  virtual Result<LeafRows> leaf(const sync::DigestKey&, std::uint8_t leaf, sync::VisibilitySet) = 0;
  // Live rows of a collection in id order after `depends_on`, for snapshots, lists and exports.
  virtual Result<std::vector<VersionedRecord>> rows(sync::CollectionNo, std::span<const std::string> scopes,
                                                    const Id& after, std::size_t limit) = 0;
  // Also a deleted one, marked so.
  virtual Result<std::optional<VersionedRecord>> row(const sync::RecordKey&) = 0;
  virtual Result<std::vector<HeldAction>> held(HeldState state, std::size_t limit) = 0;
};

struct LedgerIdentity {
  Id hub;
  Id epoch;
  sync::Bytes dictionary;
};

class Ledger {
 public:
  virtual ~Ledger() = default;
  virtual LedgerIdentity identity() const = 0;
  // The one of identity(), for every message, without a copy of the dictionary.
  virtual Id epoch() const = 0;
  // Compare-and-set: the epoch becomes `next` if it still is `current`; returns the epoch that now holds.
  virtual Result<Id> change_epoch(const Id& current, const Id& next) = 0;
  virtual const sync::Schema& schema() const = 0;

  virtual Result<std::unique_ptr<LedgerTransaction>> begin() = 0;
  virtual Result<std::unique_ptr<LedgerReader>> reader() = 0;

  virtual Result<void> add_code(const EnrollCode& code) = 0;
  // Checks and consumes the code and adds the device in one write transaction: of two concurrent uses exactly one
  // succeeds. ask_person "code-unknown", "code-used", "code-expired".
  virtual Result<Device> enroll(const sync::Hash& code, const Device& device, std::int64_t now_ms) = 0;
  virtual Result<std::optional<Device>> device(const Id&) = 0;
  virtual Result<std::vector<Device>> devices() = 0;
  virtual Result<void> put_person(const Person& person) = 0;
  virtual Result<std::vector<Person>> people(std::span<const std::string> scopes) = 0;
  virtual Result<std::optional<Person>> person(const Id&) = 0;
};

}  // namespace holdline::hub
