// The agent's sync session as a state machine: step(event, now, random_bits) -> commands. It decides when to greet,
// push, pull, fetch a snapshot, repair leaf by leaf, or rest; the driver (agent/engine) does what the commands say and
// feeds back what happened. It holds no bytes, reads no clock and draws no random numbers.
//
//   resting --wake--> greeting --welcome--> [comparing -> reissuing] -> [preparing] -> bootstrapping | following
//        ^                                                                                      |
//        +---------------------- any failure: rest for a jittered while ------------------------+
//
// Uploads run beside every state after the greeting and never wait for downloads, nor for another schema (a missing
// dictionary they need themselves), nor downloads for them: while pushes
// are in flight a download begins at most Options::pull_distance_ms after the last one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sync/base/backoff.hpp"
#include "sync/base/limits.hpp"
#include "sync/session/upload.hpp"
#include "sync/wire/message.hpp"

namespace holdline::sync {

enum class SessionState : std::uint8_t {
  resting,        // no conversation; the next begins at wake time
  greeting,       // hello is on its way
  comparing,      // the chains differ: looking for the last common action, lane by lane
  reissuing,      // the driver re-issues what follows under a new incarnation
  preparing,      // fetching the hub's schema or dictionary
  bootstrapping,  // fetching a snapshot; uploads go on
  repairing,      // a digest differed: comparing leaves and repairing rows; uploads go on
  following,      // pulling from the cursor; uploads go on
};
std::string_view name_of(SessionState state);

// How the hub's last action of a lane stands to our own chain.
enum class ChainCheck : std::uint8_t {
  same,     // the same hash here, or the hub has nothing of it
  differs,  // another hash at that number, one we never reached, or one behind what was pruned: fork or rollback
};

namespace event {
struct Wake {};  // the time asked for has come, or something makes trying now worthwhile
struct OutboxGrew {
  std::array<std::uint64_t, lane_count> tips{};
};
struct Welcomed {
  Welcome welcome;
  std::array<ChainCheck, lane_count> chain{};
  bool have_schema = false, have_dictionary = false;  // the hub's, by hash
  // The hub has less of a lane, or of the result stream, than it once acknowledged, or is in another epoch.
  bool hub_went_back = false;
};
struct CommonFound {
  Lane lane = 0;
  std::uint64_t first = 0;   // of the compared range
  std::uint64_t common = 0;  // first-1: none of the range
};
struct Reissued {};
struct Prepared {};
struct ManifestKept {
  std::vector<Hash> missing;  // chunks not stored yet
};
struct ChunkKept {
  Hash hash;
  bool slow = false;  // it took so long that a second one beside it would only make both late
};
struct Bootstrapped {};
struct PushStarted {
  Lane lane = 0;
  std::uint64_t from = 0, to = 0;
};
struct PushAnswered {
  Lane lane = 0;
  std::uint64_t from = 0, to = 0;
  PushAnswer answer = PushAnswer::results;
  std::uint64_t expected = 0;
};
struct Pulled {
  bool reset = false;
  bool more = false;
  std::vector<DigestKey> differing;
};
struct LeavesCompared {
  DigestKey key;
  bool moved = false;
  std::vector<std::uint8_t> differing;
};
struct Repaired {
  DigestKey key;
  std::uint8_t leaf = 0;
  bool moved = false;
};
// The disk here takes no rows, full or not writable, or another schema could not be taken: the cut, the copy or the
// schema is asked for again later. Uploads go on.
struct NotTaken {
  Error error;
};
// The workstation has another certificate, or another road to the hub: the conversation begins anew over that.
struct RoadChanged {};
struct Failed {
  Error error;
  std::int64_t retry_after_ms = 0;  // asked by the hub; 0: not
};
}  // namespace event

using SessionEvent = std::variant<event::Wake, event::OutboxGrew, event::Welcomed, event::CommonFound, event::Reissued,
                                  event::Prepared, event::ManifestKept, event::ChunkKept, event::Bootstrapped,
                                  event::PushStarted, event::PushAnswered, event::Pulled, event::NotTaken,
                                  event::LeavesCompared, event::Repaired, event::RoadChanged, event::Failed>;

namespace command {
struct SayHello {};
// Void the results above what the hub has: it was restored from an older copy; everything above is offered again.
struct VoidResults {
  std::array<std::uint64_t, lane_count> hub_has{};
  std::uint64_t stream_at = 0;
};
// Send the hashes of up to 500 own actions of the lane ending at `last`.
struct AskCommon {
  Lane lane = 0;
  std::uint64_t last = 0;
};
struct Reissue {
  std::array<std::uint64_t, lane_count> common{};
};
// Fetch what `schema`, `dictionary` name and the agent lacks.
struct Prepare {
  std::optional<Hash> schema, dictionary;
};
struct FetchManifest {};
struct FetchChunk {
  Hash hash;
};
struct FinishBootstrap {};
struct StartPush {
  Upload::PushRequest request;
};
struct StartPull {
  std::int64_t wait_ms = 0;
};
struct CompareLeaves {
  DigestKey key;
};
struct FetchLeaf {
  DigestKey key;
  std::uint8_t leaf = 0;
};
// Wake me at `at_ms`; the conversation goes on meanwhile.
struct Remind {
  std::int64_t at_ms = 0;
};
// The conversation is over: forget every answer still under way. Wake me at `at_ms`, whatever was asked before.
struct Rest {
  std::int64_t at_ms = 0;
};
}  // namespace command

using SessionCommand =
    std::variant<command::SayHello, command::VoidResults, command::AskCommon, command::Reissue, command::Prepare,
                 command::FetchManifest, command::FetchChunk, command::FinishBootstrap, command::StartPush,
                 command::StartPull, command::CompareLeaves, command::FetchLeaf, command::Remind, command::Rest>;

class Session {
 public:
  struct Options {
    Backoff::Limits backoff;
    // At most, on a line that showed to be fast: the first comes alone, and so do all on a slow one, so that what is
    // urgent is there first and an interruption costs little.
    std::size_t chunks_in_flight = 2;
    std::int64_t pull_wait_ms = limits::pull_wait_ms;
    // Between two pulls while pushes are in flight, unless the push that is answered then was the last: most of what
    // such pulls bring is the workstation's own entries coming back, and taking them in small cuts would hold up the
    // rest of the queue. Longer, and colleagues' changes would be missed while a long queue drains.
    std::int64_t pull_distance_ms = 500;
    std::int64_t not_taken_retry_ms = 10'000;  // after what the disk here did not take
    // How long to leave alone what needs a person (a refused certificate, another protocol) before asking again.
    std::int64_t person_retry_ms = 60'000;
  };
  explicit Session(Options options) : options_(options), backoff_(options.backoff) {}

  // `now_ms` never jumps and counts sleep (boot time); `random_bits` any 64 random bits.
  std::vector<SessionCommand> step(const SessionEvent& event, std::int64_t now_ms, std::uint64_t random_bits);

  SessionState state() const { return state_; }
  // Connected: the hub answered hello in this conversation.
  bool connected() const { return state_ != SessionState::resting && state_ != SessionState::greeting; }
  // Everything is pushed and the last pull had nothing more.
  bool settled() const { return state_ == SessionState::following && caught_up_ && upload_.drained(); }
  const std::optional<Error>& last_error() const { return last_error_; }
  std::uint64_t hub_has(Lane lane) const { return upload_.hub_has(lane); }

 private:
  using Commands = std::vector<SessionCommand>;
  void on(const event::Wake&, Commands&);
  void on(const event::OutboxGrew&, Commands&);
  void on(const event::Welcomed&, Commands&);
  void on(const event::CommonFound&, Commands&);
  void on(const event::Reissued&, Commands&);
  void on(const event::Prepared&, Commands&);
  void on(const event::ManifestKept&, Commands&);
  void on(const event::ChunkKept&, Commands&);
  void on(const event::Bootstrapped&, Commands&);
  void on(const event::PushStarted&, Commands&);
  void on(const event::PushAnswered&, Commands&);
  void on(const event::Pulled&, Commands&);
  void on(const event::NotTaken&, Commands&);
  void on(const event::LeavesCompared&, Commands&);
  void on(const event::Repaired&, Commands&);
  void on(const event::RoadChanged&, Commands&);
  void on(const event::Failed&, Commands&);

  void greet(Commands&);
  void rest(std::int64_t delay_ms, Commands&);
  void compare_next_lane(Commands&);
  void prepare_or_go_on(const event::Welcomed&, Commands&);
  void download(Commands&);
  void fetch_chunks(Commands&);
  void repair_next(Commands&);
  void push(Commands&);
  void pull_when_due(Commands&);
  bool uploading() const;

  Options options_;
  Backoff backoff_;
  SessionState state_ = SessionState::resting;
  Upload upload_;
  Resume resume_ = Resume::bootstrap;
  std::array<std::uint64_t, lane_count> tips_{};
  std::optional<Error> last_error_;
  bool caught_up_ = false;
  bool pull_due_ = false;  // the next pull waits for its distance to the last one
  std::int64_t pulled_ms_ = 0;
  std::int64_t no_pull_before_ms_ = 0;
  // of the step being taken
  std::int64_t now_ms_ = 0;
  std::uint64_t random_bits_ = 0;
  // preparing
  command::Prepare wanted_;
  // comparing
  std::array<std::optional<std::uint64_t>, lane_count> common_{};
  std::array<std::uint64_t, lane_count> compare_from_{};
  // bootstrapping
  std::vector<Hash> chunks_waiting_;
  std::size_t chunks_in_flight_ = 0, chunks_at_once_ = 1;
  // repairing
  std::vector<DigestKey> keys_differing_;
  std::vector<std::uint8_t> leaves_differing_;
};

}  // namespace holdline::sync
