// The hub of a world: the real ledger, sync service, snapshots and intake on a disk that forgets, driven by virtual
// time. It groups pushes and holds long polls as the server's two threads do.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/engine/engine.hpp"
#include "hub/feed/snapshots.hpp"
#include "hub/feed/sync_service.hpp"
#include "hub/intake/intake.hpp"
#include "hub/ledger/sqlite/ledger.hpp"
#include "tests/sim/world/chance.hpp"
#include "tests/sim/world/machine_clock.hpp"
#include "tests/sim/world/stage.hpp"
#include "tests/support/fault_vfs.hpp"

namespace holdline::sim {

class HubNode {
 public:
  using Answered = std::function<void(Result<agent::TransportAnswer>)>;

  HubNode(Stage& stage, Chance chance);
  ~HubNode();

  bool is_up() const { return running_ != nullptr; }
  support::FaultDisk& disk() { return disk_; }
  MachineClock& clock() { return clock_; }

  // A request that has arrived. While the hub is down it is refused like a connection nobody listens to.
  void receive(const sync::Id& device, std::string path, sync::Bytes body, Answered answered);

  // The process or the machine dies now and comes back after `down_ms`.
  void die(support::PowerLoss loss, std::int64_t down_ms);
  // The disk as it is, and what the world knows of the ledger on it.
  struct Copy {
    std::shared_ptr<const support::FaultDisk::Image> image;
    LedgerHistory::Mark mark;
    std::size_t access = 0;
  };
  Copy copy() const { return {disk_.image(), stage_.history.mark(), stage_.access.mark()}; }
  // The disk is put back to an earlier copy; with or without the hub's own mark.
  void restore(const Copy& copy, bool with_mark, std::int64_t down_ms);
  // Forgets the feed up to its head, so that whoever stands behind must fetch a snapshot.
  void compact();
  // The hub takes this version of the schema, and whatever waits for it has its turn. False: as administer().
  bool apply_schema(const std::shared_ptr<const sync::Schema>& schema);
  // An administrator gives a seat this access, change by change, with the calls that `holdline-hub` makes. False: the
  // hub is down, or went down meanwhile, or could not.
  bool administer(std::size_t seat, const SeatAccess& wanted);
  // Calls it when pushes wait for their commit, before that.
  void before_commit(std::function<void()> call) { before_commit_.push_back(std::move(call)); }
  // Calls it after the next start, before anybody is answered.
  void after_start(std::function<void()> call) { after_start_.push_back(std::move(call)); }
  // At the end: the digests recomputed from the rows.
  Result<void> check_digests();
  hub::SqliteLedger& ledger();

 private:
  struct Running;
  struct Push {
    hub::IncomingPush push;
    Answered answered;
  };
  struct Poll {
    hub::Device device;
    sync::PullRequest request;
    Answered answered;
    std::uint64_t id = 0;
    std::uint64_t directory_version = 0;  // for which `device` is known to be right
  };

  void start();
  static void reset_connections(const Running& gone);
  void start_again(std::int64_t after_ms);
  // Runs `work` when the process that this was planned for still lives, and looks whether it survived.
  void later(std::int64_t delay_ms, std::function<void()> work);
  void survive();
  void check_bounds() const;
  void handle(const hub::Device& device, const std::string& path, const sync::Bytes& body, Answered answered);
  void take_push(const hub::Device& device, std::string_view body, Answered answered);
  void commit();
  void note(const hub::IncomingPush& push);
  void note(const hub::IncomingPush& push, const sync::PushReply& reply);
  void observe();
  void observe_access();
  void committed();
  void recognise_restore();
  void new_epoch(std::string_view why);
  bool try_answer(Poll& poll, bool last_call);
  void check_told(const Poll& poll, std::string_view body);
  using Decision = std::function<Result<void>(hub::Ledger&)>;
  bool decide(Access next, const Decision& call);

  Stage& stage_;
  Chance chance_;
  SeededEntropy entropy_;
  MachineClock clock_;
  support::FaultDisk disk_;
  std::unique_ptr<Running> running_;
  std::uint64_t life_ = 0, polls_ = 0;
  bool needs_restart_ = false;
  std::vector<std::function<void()>> before_commit_, after_start_;
  std::optional<sync::Cursor> mark_;  // what hub::RestoreMark keeps in its file
  bool was_restored_ = false;
  std::map<ActionPlace, DeedNo> told_;  // what was told of in answer to a push
};

}  // namespace holdline::sim
