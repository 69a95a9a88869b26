// The messages of the sync protocol, one struct each, and their encodings. Control messages are small JSON; whatever
// grows with the data (actions, changes, results, leaves) is binary in compressed frames. PROTOCOL.md is the byte-exact
// page. Decoders check every bound before allocating and report ask_person "malformed-message".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/digest.hpp"
#include "sync/action/record.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/time.hpp"
#include "sync/wire/batch.hpp"

namespace holdline::sync {

inline constexpr std::uint32_t protocol_version = 3;

// A position in the feed of one epoch. The salt is the random mark of the ledger transaction that made it: the same cn
// with another salt is another history.
struct Cursor {
  ChangeNumber cn = 0;
  std::uint64_t salt = 0;
  bool operator==(const Cursor&) const = default;
};

// --- hello / welcome ---

struct LaneTip {
  std::uint64_t number = 0;  // last action of the lane; 0: none yet
  Hash hash;
  std::uint64_t waiting = 0;  // not yet acknowledged by the hub
  std::uint64_t bytes = 0;
  std::int64_t oldest_ms = 0;  // wall time of the oldest waiting one; 0: none
  bool operator==(const LaneTip&) const = default;
};

// The latest entry of the result stream that a workstation was told, and what it said: the hub may since have been put
// back, and have told others under the same numbers.
struct LatestResult {
  std::uint64_t entry = 0;  // 0: none was told
  Hash hash;                // result_hash() of it
  bool operator==(const LatestResult&) const = default;
};

struct Hello {
  std::uint32_t protocol = protocol_version;
  Maker maker;
  Id epoch;  // nil: never connected
  Hash schema;
  Cursor cursor;
  std::uint64_t results = 0;  // last entry of the result stream that is kept durably
  LatestResult latest;        // may lie beyond `results`, with a gap between them
  std::uint32_t grants = 0;   // for which the replica was filled; 0: never
  std::array<LaneTip, lane_count> lanes;
  TimeReading clock;
  std::int64_t outbox_lost_ms = 0;  // wall time when this workstation lost the outbox it had before; 0: never
  bool operator==(const Hello&) const = default;
};

struct LaneAck {
  std::uint64_t number = 0;  // last action of this incarnation and lane that the ledger has
  Hash hash;
  std::uint32_t credit = 0;  // actions that may be in flight
  bool operator==(const LaneAck&) const = default;
};

enum class Resume : std::uint8_t {
  follow,     // the cursor is good: pull from it
  bootstrap,  // no cursor, one this ledger never told, the log no longer reaches back, or scopes or profile changed
};

struct Welcome {
  std::uint32_t protocol = protocol_version;
  Id hub;
  Id epoch;
  Resume resume = Resume::bootstrap;
  std::array<LaneAck, lane_count> lanes;
  std::vector<std::string> scopes;
  VisibilitySet profile = 0;
  std::uint32_t grants = 0;  // version of scopes and profile
  std::uint32_t schema_version = 0;
  Hash schema;
  Hash dictionary;
  std::int64_t hub_wall_ms = 0;
  std::uint64_t results = 0;  // last entry of this device's result stream; below hello.results: the hub went backwards
  bool results_differ = false;  // the stream holds another entry than `latest` of the hello, or none
  std::uint64_t roster = 0;     // mark of what `people` answers now
  bool operator==(const Welcome&) const = default;
};

// Finds where two chains part: hashes of consecutive own actions, oldest first, at most 500.
struct Compare {
  Id incarnation;
  Lane lane = 0;
  std::uint64_t first = 0;
  std::vector<Hash> hashes;
  bool operator==(const Compare&) const = default;
};
struct Compared {
  std::uint64_t common = 0;  // the last number whose hash is the same here; first-1 when none of them is
  bool operator==(const Compared&) const = default;
};

// --- push ---

enum class Verdict : std::uint8_t {
  applied,
  merged,
  conflict,
  quarantined,
  waiting,
  discarded,  // it was refused, and a person decided that it never takes effect: replaced by another, or given up
};

// One entry of a device's result stream. An action can have several: waiting, then what became of it.
struct ActionResult {
  std::uint64_t entry = 0;  // dense per device from 1
  Id incarnation;
  Lane lane = 0;
  std::uint64_t number = 0;
  Verdict verdict = Verdict::applied;
  Cursor at;                  // where it took effect; an action without effect has the cn that stood
  std::vector<Id> conflicts;  // records of the conflict collection
  std::string code, text;     // quarantined, waiting, discarded: why, and what to do; released: by whom
  bool operator==(const ActionResult&) const = default;
};
// Of everything that it says, its place in the stream included.
Hash result_hash(const ActionResult& result);

// A person's sign-in on this device: signed with the person's key, referenced by number from each action.
struct Assertion {
  std::uint32_t number = 0;  // per device, from 1; a new incarnation takes them over
  Id person;
  std::int64_t at_ms = 0;
  Bytes signature;  // Ed25519 over assertion_text()
  bool operator==(const Assertion&) const = default;
};
// What is signed: domain-separated, binds person, device, number and time.
Bytes assertion_text(const Id& device, const Assertion& assertion);

// Which text a version's number means at the workstation: a hub that was put back may have given it to another one.
struct SchemaName {
  std::uint32_t version = 0;
  Hash hash;
  bool operator==(const SchemaName&) const = default;
};

struct Push {
  TimeReading clock;  // of the agent, when it sent this: what action times are corrected by
  ActionBatch batch;
  std::vector<Assertion> assertions;  // those the batch references, and the hub may not have yet
  std::vector<SchemaName> schemas =
      {};  // in which the batch was made, as far as the workstation knows; each number once
};

enum class PushAnswer : std::uint8_t {
  results,  // an early copy of the stream's entries for these actions; actions already known have their stored result
  gap,      // the batch came too early, nothing of it is stored: send from `expected`
  fork,     // `expected` is a number known with another hash: nothing stored; compare, then re-issue
};
struct PushReply {
  PushAnswer answer = PushAnswer::results;
  std::uint64_t expected = 0;
  std::vector<ActionResult> results;
  bool operator==(const PushReply&) const = default;
};

// --- pull ---

struct PullRequest {
  Id epoch;
  Id incarnation;
  Cursor cursor;
  std::uint64_t results = 0;  // told after this entry
  std::uint32_t grants = 0;
  std::uint64_t roster = 0;  // the mark told last; another one now is told at once
  std::int64_t wait_ms = 0;  // how long the hub may hold the request when there is nothing to tell
  Hash schema = {};          // of the replica: rows of another one are not told
  LatestResult latest = {};  // as in the greeting: the hub may have been put back since, and refusals move no cursor
  bool operator==(const PullRequest&) const = default;
};

struct DigestRoot {
  DigestKey key;
  Hash root;
  bool operator==(const DigestRoot&) const = default;
};

// A range (from, to] of the feed over all scopes of the device, applied in one transaction.
struct Cut {
  ChangeNumber from = 0;
  Cursor to;
  std::vector<Change> changes;
  std::vector<DigestRoot> digests;  // of the ledger at `to`; empty when the ledger has moved on
  bool operator==(const Cut&) const = default;
};

enum class PullAnswer : std::uint8_t {
  cut,    // possibly empty; also carries results
  reset,  // epoch, salt, log, grants or schema do not fit the cursor: say hello again
};
struct PullReply {
  PullAnswer answer = PullAnswer::cut;
  Cut cut;
  std::vector<ActionResult> results;  // everything that took effect up to cut.to, as far as there was room
  bool more = false;                  // pull again at once
  std::int64_t hub_wall_ms = 0;
  std::uint64_t roster = 0;  // mark of what `people` answers now: asked again when it is another than is kept
  bool operator==(const PullReply&) const = default;
};

// --- bootstrap ---

struct ChunkInfo {
  Hash hash;                                            // of the compressed bytes
  std::uint64_t bytes = 0, raw_bytes = 0, records = 0;  // of each one at least
  CollectionNo collection = 0;
  bool operator==(const ChunkInfo&) const = default;
};
// A snapshot of everything the device may hold at one cn, in chunks that may be fetched in any order.
struct Manifest {
  Id epoch;
  Cursor at;
  std::uint32_t grants = 0;  // for which the copy was made; they may have changed since the welcome
  std::int64_t hub_wall_ms = 0;
  std::uint32_t schema_version = 0;
  std::vector<ChunkInfo> chunks;  // small urgent collections first
  std::vector<DigestRoot> digests;
  bool operator==(const Manifest&) const = default;
};

// --- digest and repair ---

// A part of a chunk: `bytes` of it, or what there is, after the first `from`; the whole as it stands here.
struct ChunkRequest {
  std::uint64_t from = 0, bytes = limits::message_bytes;
  bool operator==(const ChunkRequest&) const = default;
};

struct LeavesRequest {
  DigestKey key;
  Cursor cursor;
  Hash schema = {};  // of the replica
  bool operator==(const LeavesRequest&) const = default;
};
struct RepairRequest {
  DigestKey key;
  std::uint8_t leaf = 0;
  Cursor cursor;
  Hash schema = {};
  bool operator==(const RepairRequest&) const = default;
};
// `moved`: the asked part of the ledger changed after the cursor, or the ledger is at another schema; pull and ask
// again.
struct LeavesReply {
  bool moved = false;
  Leaves leaves{};
};
struct RepairReply {
  bool moved = false;
  std::vector<Change> rows;  // every live row of the leaf, whole; what the replica has beyond them is to go
};

// Encodings. JSON for control messages, binary (not yet compressed) for the rest.
std::string encode_json(const Hello&);
std::string encode_json(const Welcome&);
std::string encode_json(const Compare&);
std::string encode_json(const Compared&);
std::string encode_json(const PullRequest&);
std::string encode_json(const Manifest&);
std::string encode_json(const ChunkRequest&);
std::string encode_json(const LeavesRequest&);
std::string encode_json(const RepairRequest&);
std::string encode_json(const Error&);  // {"code","message"}: the body of every answer that is not 200
Result<Hello> decode_hello(std::string_view json);
Result<Welcome> decode_welcome(std::string_view json);
Result<Compare> decode_compare(std::string_view json);
Result<Compared> decode_compared(std::string_view json);
Result<PullRequest> decode_pull_request(std::string_view json);
Result<Manifest> decode_manifest(std::string_view json);
Result<ChunkRequest> decode_chunk_request(std::string_view json);  // no text at all: the whole
Result<LeavesRequest> decode_leaves_request(std::string_view json);
Result<RepairRequest> decode_repair_request(std::string_view json);
// What an answer with this HTTP status means: 401 403 404 413 422 ask a person, 409 start over, all else retry later.
// The body's code and message are taken when it is one of ours.
Error decode_error(int status, std::string_view json);

Bytes encode_push(const Push&);
Result<Push> decode_push(std::string_view);
Bytes encode_push_reply(const PushReply&);
Result<PushReply> decode_push_reply(std::string_view);
Bytes encode_pull_reply(const Schema&, const PullReply&);
Result<PullReply> decode_pull_reply(const Schema&, std::string_view);
Bytes encode_leaves(const LeavesReply&);
Result<LeavesReply> decode_leaves(std::string_view);
Bytes encode_repair(const Schema&, const RepairReply&);
Result<RepairReply> decode_repair(const Schema&, std::string_view);
// The error of all of these that decode.
tl::unexpected<Error> malformed_message();

// Paths of the hub's sync interface: POST, bodies as above.
namespace path {
inline constexpr std::string_view hello = "/sync/v1/hello", compare = "/sync/v1/compare", push = "/sync/v1/push",
                                  pull = "/sync/v1/pull", snapshot = "/sync/v1/snapshot", chunk = "/sync/v1/chunk/",
                                  schema = "/sync/v1/schema/", dictionary = "/sync/v1/dictionary/",
                                  leaves = "/sync/v1/leaves", repair = "/sync/v1/repair", people = "/sync/v1/people",
                                  history = "/sync/v1/history", report = "/sync/v1/report", fleet = "/sync/v1/fleet",
                                  callbacks = "/sync/v1/callbacks", incident_report = "/sync/v1/incident-report",
                                  enroll = "/enroll", renew = "/renew";
}  // namespace path

}  // namespace holdline::sync
