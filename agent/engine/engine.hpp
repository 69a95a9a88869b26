// The driver of the sync session: does what the session decides, with the real outbox, replica and overlay, and feeds
// back what happened. Message-level and synchronous, so that the simulator runs it on virtual time; in the daemon it
// lives on one thread, beside the outbox's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/engine/line_share.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/replica/replica.hpp"
#include "agent/view/overlay.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"
#include "sync/session/renewal.hpp"
#include "sync/session/session.hpp"
#include "sync/wire/compress.hpp"

namespace holdline::agent {

// Of a request that the hub answers at once.
inline constexpr std::int64_t request_timeout_ms = 30'000;

// Requests to the hub. Each post() is answered at most once, by Engine::answered() with its token.
class Transport {
 public:
  virtual ~Transport() = default;
  // `timeout_ms` is for the answer to begin; while bytes move, however slowly, nothing is given up.
  virtual void post(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) = 0;
  // The answers to everything posted so far are no longer wanted.
  virtual void abandon() = 0;
};

struct TransportAnswer {
  int status = 0;
  sync::Bytes body;
  std::int64_t retry_after_ms = 0;
};

// Runs a call on the outbox, wherever it lives, and returns when it is done.
class OutboxAccess {
 public:
  virtual ~OutboxAccess() = default;
  virtual void run(const std::function<void(Outbox&)>& call) = 0;
};

// What the hub hands out once and everybody keeps by its hash: schemas and dictionaries. No customer data.
class Library {
 public:
  virtual ~Library() = default;
  virtual std::optional<sync::Bytes> load(const sync::Hash& hash) = 0;
  virtual Result<void> store(const sync::Hash& hash, std::string_view bytes) = 0;
};

// What became of one request, for whoever judges the road to the hub by it.
struct Exchange {
  std::string path;
  bool answered = false;            // by the hub, whatever it said
  std::optional<Error> error = {};  // of the road, or what the hub refused it with
  std::int64_t took_ms = 0;
};

// Published after every step; a plain value.
struct SyncStatus {
  sync::SessionState state = sync::SessionState::resting;
  bool connected = false;
  bool settled = false;              // everything pushed, nothing more to pull
  std::int64_t last_contact_ms = 0;  // local wall time of the last good answer; 0: never since start
  std::int64_t wake_at_ms = 0;       // monotonic; while resting
  std::optional<Error> last_error;
  ReplicaPosition replica;
  std::optional<std::uint64_t> equal_at;  // change number at which it was compared with the ledger last, and equal
  // While bootstrapping; bytes as they travel.
  std::size_t chunks_done = 0, chunks_total = 0;
  std::uint64_t bytes_done = 0, bytes_total = 0;
  std::uint64_t repairs = 0;         // leaves repaired since start
  std::uint64_t roster = 0;          // the hub's mark of who may work here, as it told last; 0: not yet
  std::int64_t clock_offset_ms = 0;  // hub minus local wall time, by the last welcome
  sync::CertificateLife certificate;
  std::optional<Error> renewal_error;  // of the latest attempt, until one succeeds
};

class Engine {
 public:
  struct Parts {
    OutboxAccess& outbox;
    Replica& replica;
    Overlay& overlay;
    Transport& transport;
    Library& library;
    platform::Clock& clock;
    platform::Entropy& entropy;
  };
  struct Events {
    std::function<void(const SyncStatus&)> published;
    std::function<void()> replica_swapped;              // also by half: readers reopen before this returns
    std::function<void(std::int64_t boot_ms)> wake_at;  // call wake() then; replaces the time asked for before
    // The hub has another version of the schema: brings the replica and everything else to it before it returns
    // (Replica::change_schema, Overlay::change_schema). After an error the replica is at the one before; it is asked
    // again later.
    std::function<Result<void>(std::shared_ptr<const sync::Schema>)> schema_changed;
    // Rows that a cut or a repair brought, once readers see them. A snapshot tells none: replica_swapped.
    std::function<void(std::span<const sync::Change>)> rows_changed;
    std::function<void(const Exchange&)> exchanged;  // before what follows from it; may be empty
    std::function<void()> certificate_due;           // ask for the next one, then call certificate_renewed()
  };
  Engine(Parts parts, Events events, sync::Session::Options options, LineLimits line = {});

  // Derives the overlay from the outbox and begins the first conversation, also when the outbox cannot be read now: the
  // error says so, and the overlay is derived as soon as it can be.
  Result<void> start();
  void wake();
  void outbox_grew();
  // The outbox was read again from its file, after an error. That may hold more than was ever acknowledged: a save
  // whose outcome nobody knew.
  Result<void> outbox_recovered();
  // Somebody found that the replica's file is damaged: it is fetched again, beside the old one.
  void replica_is_damaged();
  // A reader found so, in the file of this number (Replica::file_number()). The report may be late: one about a file
  // that was replaced since is no matter.
  void report_corruption(std::uint64_t file);
  // A reader found that the disk cannot read a part of that file. A disk that cannot for a moment costs nothing: the
  // file is fetched again when somebody finds so a second time, half a minute later or more.
  void reader_could_not_read(std::uint64_t file);
  void answered(std::uint64_t token, Result<TransportAnswer> answer);
  // Before start(): what is to be renewed, and since when the hub has to know that an outbox was lost (0: never).
  void identified(const sync::CertificateLife& certificate, std::int64_t outbox_lost_ms);
  // The transport uses the next certificate already: the hub is greeted with it.
  void certificate_renewed(const sync::CertificateLife& certificate);
  void renewal_failed(Error error);
  // There is an outbox again where one was missing: the hub is greeted with it, and told of the loss.
  void outbox_begun_anew(std::int64_t outbox_lost_ms);
  // The same when a person enrolled this computer again.
  void enrolled_again(const sync::CertificateLife& certificate, std::int64_t outbox_lost_ms);

  const SyncStatus& status() const { return status_; }

  // The digests the ledger told with the cut the replica stands at; empty when it told none there.
  struct LedgerDigests {
    sync::Cursor at;
    std::vector<sync::DigestRoot> roots;
  };
  const LedgerDigests& ledger_digests() const { return ledger_digests_; }

 private:
  using Answer = std::function<void(sync::Bytes)>;
  struct Waiting;

  void step(const sync::SessionEvent& event);
  void perform(const sync::SessionCommand& action);
  void replica_failed(Error error);
  void not_taken(Error error);
  // While they are in memory only no row is taken: a crash would forget them, and the next start lay entries over rows
  // that have them already.
  Result<void> check_results_kept();
  bool stays_unreadable();
  void failed(Error error, std::int64_t retry_after_ms = 0);
  // `bulk`: the share of the line that it takes; null for what is short.
  void post(std::string_view path, sync::Bytes body, std::int64_t timeout_ms, Answer then, LineShare* bulk = nullptr);
  void line_failed(const Error& error);
  void tell_exchange(const Waiting& request, const Result<TransportAnswer>& answer);
  void publish();
  void look_at_certificate();
  Result<sync::Bytes> inflate(std::string_view body);
  Result<void> rebuild_overlay();
  // What could not be read from the outbox before is tried again; uploads need none of it and do not wait.
  void derive_if_due();
  // A snapshot of another history is being fetched, or may be: change numbers of that history mean nothing here yet.
  bool replica_is_of_other_history() const;

  void perform(const sync::command::SayHello&);
  void perform(const sync::command::VoidResults&);
  void perform(const sync::command::AskCommon&);
  void perform(const sync::command::Reissue&);
  void perform(const sync::command::Prepare&);
  void perform(const sync::command::FetchManifest&);
  void perform(const sync::command::FetchChunk&);
  void perform(const sync::command::FinishBootstrap&);
  void perform(const sync::command::StartPush&);
  void perform(const sync::command::StartPull&);
  void perform(const sync::command::CompareLeaves&);
  void perform(const sync::command::FetchLeaf&);
  void perform(const sync::command::Remind&);
  void perform(const sync::command::Rest&);

  void welcomed(const sync::Welcome& welcome);
  bool cursor_is_unknown(const sync::Welcome& welcome) const;
  void fetch_part_of(const sync::ChunkInfo& chunk);
  void got_part_of(const sync::ChunkInfo& chunk, std::string_view part);
  void take_schema(std::string_view text);
  void fetch_next_part(std::vector<std::pair<std::string, sync::Hash>> wanted);
  void pushed(const sync::Upload::PushRequest& request, std::uint64_t from, std::uint64_t to,
              const sync::PushReply& reply);
  void pulled(sync::PullReply reply);
  Result<void> keep_results(const std::vector<sync::ActionResult>& results);

  Parts parts_;
  Events events_;
  sync::Session session_;
  sync::Renewal renewal_;
  bool expired_at_hub_ = false;  // it refused the certificate by its date
  std::int64_t outbox_lost_ms_ = 0;
  SyncStatus status_;
  sync::Compressor compressor_;
  std::optional<sync::Dictionary> dictionary_;
  sync::Welcome welcome_;
  std::uint64_t conversation_ = 0;  // counts hellos and rests: answers and actions of an older one mean nothing
  bool overlay_due_ = false;        // it could not be derived from what the outbox has
  bool results_held_ = false;       // the outbox knows results that its disk did not take
  std::uint64_t build_ = 0;         // counts copies that were begun: chunks of another one mean nothing
  std::int64_t hub_wall_ms_ = 0;    // by the latest welcome or pull
  std::uint64_t next_token_ = 1;
  struct Waiting {
    Answer then;
    LineShare* bulk;
    std::string path;
    std::int64_t sent_ms;  // boot time
  };
  std::map<std::uint64_t, Waiting> waiting_;
  std::unique_ptr<Replica::Builder> builder_;
  sync::Manifest manifest_;
  LineShare down_, up_;
  LedgerDigests ledger_digests_;
  struct Unreadable {
    std::uint64_t file = 0;
    std::int64_t since_ms = 0;
  };
  Unreadable unreadable_;  // which of the replica's files could not be read, and when that was seen first
};

}  // namespace holdline::agent
