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

#include "hub/ledger/feed_news.hpp"
#include "hub/ledger/import_leases.hpp"
#include "sync/merge/merge.hpp"
#include "sync/reference/stock.hpp"
#include "sync/schema/versions.hpp"
#include "sync/wire/message.hpp"

namespace holdline::hub {

using sync::ChangeNumber;
using sync::Cursor;
using sync::Id;
using sync::Lane;

enum class DeviceState : std::uint8_t { active, revoked };

// Which certificates a device may present. There is one line of them: the holder of the current one is granted the
// next, and what was current ends when that is first presented (hub/people/admission.hpp).
struct DeviceCertificates {
  std::string current;           // SHA-256 fingerprint, hex
  std::int64_t until_ms = 0;     // its end; 0: not known
  std::string key;               // SHA-256 of its public key, hex; empty: not known
  std::string next;              // granted, not yet presented; empty: none
  std::int64_t issued = 0;       // serial of the latest grant of this device
  std::int64_t approved_ms = 0;  // until then an operator lets it renew however long it was away
  bool operator==(const DeviceCertificates&) const = default;
};

struct Device {
  Id id;
  std::string name;
  DeviceCertificates certificates;
  std::vector<std::string> scopes;
  sync::VisibilitySet profile = 0xff;
  std::uint32_t grants = 1;  // grants_of() these (hub/ledger/grants.hpp)
  DeviceState state = DeviceState::active;
  std::int64_t enrolled_ms = 0;
  std::int64_t readmitted_ms = 0;   // known by its certificate only, because the ledger is older than it; 0: never
  std::int64_t outbox_lost_ms = 0;  // the workstation lost its outbox then, with what it had not sent; 0: never
};

struct EnrollCode {
  sync::Hash hash;  // of the secret; the secret itself is not kept
  std::string device_name;
  std::vector<std::string> scopes;
  sync::VisibilitySet profile = 0xff;
  std::int64_t expires_ms = 0;
  std::optional<Id> device = std::nullopt;  // the known device it is for; name, scopes and profile are then that one's
  std::optional<Id> used_by = std::nullopt;
};

enum class PersonState : std::uint8_t { active, disabled };

// A person's account: the key pair that signs sign-ins, its private half wrapped by the person's unlocker.
struct Person {
  Id id;
  std::string name;        // sign-in name, unique
  std::string external;    // subject id elsewhere; may be empty
  sync::Bytes public_key;  // Ed25519, 32 bytes
  sync::Bytes wrapped;     // by password (platform/crypto/password.hpp)
  std::vector<std::string> scopes;
  std::string role;  // agent | supervisor | it
  PersonState state = PersonState::active;
  std::int64_t disabled_ms = 0;          // when, by the hub's clock
  std::vector<sync::Bytes> former_keys;  // public keys of earlier passwords: sign-ins made with them may still arrive
};

// A person whom a workstation knows and the ledger does not, because it was put back to a moment before the person was
// added. A claim gives no right; an operator recalls the person from it.
struct PersonClaim {
  Person person;
  Id device;  // who told first
  std::int64_t told_ms = 0;
};
inline constexpr std::size_t max_claims = 1'000;

// What a workstation told of itself last (contingency/readiness/report.hpp), by the hub's clock.
struct DeviceReport {
  Id device;
  std::int64_t heard_ms = 0, reported_ms = 0;  // 0: never
  std::string report;                          // JSON, as it came; empty: none
};

// A sign-in that actions refer to. One that is not verified is of a person nobody knows here yet.
struct SignIn {
  sync::Assertion assertion;
  bool verified = false;
  bool operator==(const SignIn&) const = default;
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
  ChangeNumber before_cn = 0;   // of the form it had, deleted or not; 0: it is new
  std::optional<sync::Record> deleted_before = {};  // as it stood when it comes back from deletion
};

// What was out of the ordinary when an action took effect; bits.
enum ActionMark : std::uint8_t {
  made_before_disabling = 1,  // it arrived after its person was disabled
  sign_in_too_old = 2,        // its sign-in was older than workstations should let it become
  released_at_hub = 4,        // an operator let it take effect, whatever its person's rights
};

// Who did what took effect at the change numbers [first, last].
struct AppliedAction {
  ChangeNumber first = 0, last = 0;
  LaneKey lane;              // device and incarnation; the hub's own id for imports
  std::uint64_t number = 0;  // 0: the hub's own
  Id person;                 // nil: the hub's own
  std::uint32_t sign_in = 0;
  std::int64_t at_ms = 0;  // when it was done, corrected
  std::uint8_t marks = 0;
  std::optional<sync::Acceptance> acceptance = {};  // what was asked about it, and answered
  bool operator==(const AppliedAction&) const = default;
};

// What a source outside said last of a record and of what hangs on it, as its import encodes it: what the next import
// of the same source is compared with.
struct ImportedRow {
  std::string source;
  Id root;
  sync::Bytes told;
};

// Everything one group of pushes changes; written as one transaction.
struct ChangeSet {
  std::vector<RecordWrite> records;  // ascending by cn
  std::map<LaneKey, Progress> progress;
  std::vector<KeptResult> results;                         // entry numbers are assigned by the caller, dense per device
  std::vector<HeldAction> hold;                            // inserted or replaced by (lane key, number)
  std::vector<std::pair<LaneKey, std::uint64_t>> release;  // held actions that took effect
  std::vector<AppliedReissue> applied_reissues;
  std::vector<std::pair<LaneKey, SignIn>> sign_ins;
  std::vector<AppliedAction> applied;
  std::vector<ImportedRow> imported;      // inserted or replaced by (source, root)
  std::optional<ImportRun> run = {};      // inserted or replaced by id
  std::vector<sync::SchemaName> awaited;  // versions that actions wait for
  ChangeNumber last_cn = 0;               // the feed's head after this
  std::uint64_t salt = 0;                 // of this transaction; without meaning when the head stays where it was
};

// What a unique field of a record says, in one scope (sync::Field::unique); `value` as sync::fold_key() has it.
struct UniqueValue {
  sync::CollectionNo collection = 0;
  sync::FieldIndex field = 0;
  std::string scope, value;
  auto operator<=>(const UniqueValue&) const = default;
};

enum class Bearing : std::uint8_t { live, deleted };

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
  // Who has these values, merged ones with them, or had them when they were deleted; of each at most `limit` in the
  // order of their ids. As committed.
  virtual Result<std::map<UniqueValue, std::vector<Id>>> bearers(std::span<const UniqueValue> values, std::size_t limit,
                                                                 Bearing bearing) = 0;
  // Held actions of these lanes' devices and incarnations.
  virtual Result<std::vector<HeldAction>> held(const Id& device, const Id& incarnation) = 0;
  // Those of a device whose original position had one of these hashes.
  virtual Result<std::vector<AppliedReissue>> applied_reissues(const Id& device,
                                                               std::span<const sync::Hash> originals) = 0;
  virtual Result<std::map<std::uint32_t, SignIn>> sign_ins(const Id& device, const Id& incarnation) = 0;
  // A number for the reference of a record that came without one; taken for good once the transaction is committed.
  virtual Result<std::uint64_t> next_reference() = 0;
  // What the source said of these roots; those it said something of.
  virtual Result<std::map<Id, sync::Bytes>> imported(std::string_view source, std::span<const Id> roots) = 0;
  // Durable (synchronous=FULL) when it returns, together with the digests that follow from the records.
  virtual Result<void> commit(const ChangeSet& changes) = 0;
};

// What a workstation sent in all, as the ledger counts it.
struct SentByDevice {
  std::map<Id, std::uint64_t> received;             // actions, by incarnation: a lane's numbers are dense
  std::map<sync::Verdict, std::uint64_t> verdicts;  // of each action the latest
};

// One step of a record's life.
struct PastChange {
  sync::RecordKey key;
  ChangeNumber cn = 0;
  std::optional<AppliedAction> by;  // nothing: it happened before the ledger kept this
  bool created = false;
  sync::FieldMask changed = 0;
  sync::Record before, after;  // `before` of a created one has no values
};

// A read snapshot of the ledger; any number of calls, one thread.
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  // The one that held when the snapshot was taken; it lives as long as the ledger.
  virtual const sync::Schema& schema() const = 0;
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
  // All that a source ever said, in the order of the roots after `after`.
  virtual Result<std::vector<ImportedRow>> all_imported(std::string_view source, const Id& after,
                                                        std::size_t limit) = 0;
  // The imports that began last, latest first.
  virtual Result<std::vector<ImportRun>> import_runs(std::size_t limit) = 0;
  virtual Result<std::optional<ImportRun>> import_run(const Id& id) = 0;
  // The latest of the same file from the same source into the same scope.
  virtual Result<std::optional<ImportRun>> last_import_of(const sync::Hash& hash, std::string_view source,
                                                          std::string_view scope) = 0;
  // Of the whole files of a source into a scope, without that of this hash, the one that says what is newest.
  virtual Result<std::optional<ImportRun>> newest_import_beside(const sync::Hash& hash, std::string_view source,
                                                                std::string_view scope) = 0;
  // Those in which records were ever written, and those of add_scope(); in their order.
  virtual Result<std::vector<std::string>> scopes() = 0;
  // Live rows of a collection in id order after `depends_on`, for snapshots, lists and exports.
  virtual Result<std::vector<VersionedRecord>> rows(sync::CollectionNo, std::span<const std::string> scopes,
                                                    const Id& after, std::size_t limit) = 0;
  // A number that is higher for every record of a collection that is made later.
  virtual Result<std::int64_t> last_made(sync::CollectionNo) = 0;
  // As rows(), of those that were made when last_made() was `until`, and before.
  virtual Result<std::vector<VersionedRecord>> rows_made(sync::CollectionNo, std::span<const std::string> scopes,
                                                         const Id& after, std::size_t limit, std::int64_t until) = 0;
  // Also a deleted one, marked so.
  virtual Result<std::optional<VersionedRecord>> row(const sync::RecordKey&) = 0;
  virtual Result<std::vector<HeldAction>> held(HeldState state, std::size_t limit) = 0;
  virtual Result<std::size_t> held_count(HeldState state) = 0;
  // Of every device that sent something. Looks at each result that was ever given.
  virtual Result<std::map<Id, SentByDevice>> sent_by_device() = 0;
  // What happened to a record, and to its children when it is a root, latest first; at most about `limit` steps of
  // each.
  virtual Result<std::vector<PastChange>> history(const sync::RecordKey&, std::size_t limit) = 0;
};

// A version of the schema that the ledger keeps.
struct KeptSchema {
  std::uint32_t version = 0;
  sync::Hash hash;
  std::int64_t since_ms = 0;  // when it was applied, by the hub's clock; 0: the ledger began with it
};

struct LedgerIdentity {
  Id hub;
  Id epoch;
  sync::Bytes dictionary;
  sync::Bytes suppression_key;  // 32 bytes, as old as the ledger: of the keyed hashes in its do-not-call list
  sync::Bytes site_key;         // 32 bytes: of the short codes by which incidents are declared without a network
};

inline constexpr std::int64_t reference_pause_ms = 30'000;

class Ledger {
 public:
  virtual ~Ledger() = default;
  // Any thread.
  ImportLeases& import_leases() { return import_leases_; }
  virtual LedgerIdentity identity() const = 0;
  // The one of identity(), for every message, without a copy of the dictionary.
  virtual Id epoch() const = 0;
  // Compare-and-set: the epoch becomes `next` if it still is `current`; returns the epoch that now holds.
  virtual Result<Id> change_epoch(const Id& current, const Id& next) = 0;
  // The present one; it lives as long as the ledger. Changed on the thread of begin() only; who reads rows asks its
  // reader.
  virtual const sync::Schema& schema() const = 0;
  // All that are known, the present one with them. Any thread.
  virtual std::shared_ptr<const sync::SchemaVersions> schemas() const = 0;
  virtual Result<std::vector<KeptSchema>> kept_schemas() = 0;
  // Versions that held actions wait for, and the ledger does not know.
  virtual Result<std::vector<sync::SchemaName>> awaited_schemas() = 0;
  // Keeps another version for good: the present one from then on when its number is the highest, else one whose actions
  // can be read. Durable when it returns. On the thread of begin(), outside a transaction. The caller has compared it
  // (sync::compare). ask_person "schema-number" when a version has this number.
  virtual Result<void> add_schema(std::shared_ptr<const sync::Schema> schema, std::int64_t now_ms) = 0;

  virtual Result<std::unique_ptr<LedgerTransaction>> begin() = 0;
  // Work that commits leave behind, for a turn of its own on the thread of begin(), outside a transaction: nobody's
  // commit takes longer for it. An error leaves it to be done; after io-error as after that of a commit.
  virtual bool upkeep_due() const { return false; }
  virtual Result<void> upkeep() { return {}; }
  virtual Result<std::unique_ptr<LedgerReader>> reader() = 0;
  // That it takes and keeps writes: this mark is stored, durably, and read back over another connection. Changes
  // nothing that anybody is told. On the thread of begin(), outside a transaction. The error of a commit, or stop
  // "write-not-read-back".
  virtual Result<void> prove_writes(std::string_view mark) = 0;

  virtual Result<void> add_code(const EnrollCode& code) = 0;
  virtual Result<std::optional<EnrollCode>> code(const sync::Hash& hash) = 0;
  // Checks and consumes the code in one write transaction, and adds the device; when the code is for a known one, or
  // was used by this one, only gives that its certificates. Of two concurrent uses exactly one succeeds. ask_person
  // "code-unknown", "code-used", "code-expired", "device-known".
  virtual Result<Device> enroll(const sync::Hash& code, const Device& device, std::int64_t now_ms) = 0;
  // Compare-and-set; false: they were others.
  virtual Result<bool> change_certificates(const Id& device, const DeviceCertificates& from,
                                           const DeviceCertificates& to) = 0;
  // Adds a device as it stands. ask_person "device-known".
  virtual Result<void> add_device(const Device& device) = 0;
  virtual Result<void> note_outbox_loss(const Id& device, std::int64_t lost_ms) = 0;
  virtual Result<std::optional<Device>> device(const Id&) = 0;
  virtual Result<std::vector<Device>> devices() = 0;
  // Name, scopes, profile, grants and state of a device that is there. ask_person "unknown-device".
  virtual Result<void> put_device(const Device& device) = 0;
  // A block of numbers for references that nobody else was given or will be, for one incarnation of a device's outbox.
  // Durable when it returns. Nothing when this device was given one less than `reference_pause_ms` ago, or when all
  // numbers are used up. After change_epoch() numbers go on far above the last, because a ledger that was put back does
  // not know what it gave before.
  virtual Result<std::optional<sync::ReferenceBlock>> reference_block(const Id& device, const Id& incarnation,
                                                                      std::int64_t now_ms) = 0;
  // Another number after every change of a device or a person that has become durable; of this process. Any thread, at
  // no cost: who keeps what it asked of them asks again when this moved.
  virtual std::uint64_t directory_version() const = 0;
  // See FeedNews::of. Any thread.
  virtual News news(const Id& device, const std::vector<std::string>& scopes) const = 0;
  virtual Result<void> put_person(const Person& person) = 0;
  virtual Result<std::vector<Person>> people(std::span<const std::string> scopes) = 0;
  virtual Result<std::optional<Person>> person(const Id&) = 0;
  virtual Result<std::vector<Person>> all_people() = 0;
  // Of the same person with the same key the first one stays. retry_later "too-many-claims" above `max_claims`.
  virtual Result<void> add_claim(const PersonClaim& claim) = 0;
  virtual Result<std::vector<PersonClaim>> claims() = 0;
  // All of this person.
  virtual Result<void> drop_claims(const Id& person) = 0;
  // In place of what was kept of these devices; in one transaction.
  virtual Result<void> keep_device_reports(std::span<const DeviceReport> reports) = 0;
  virtual Result<std::vector<DeviceReport>> device_reports() = 0;
  // One without records yet: LedgerReader::scopes() names it from then on.
  virtual Result<void> add_scope(std::string_view scope) = 0;

 private:
  ImportLeases import_leases_;
};

}  // namespace holdline::hub
