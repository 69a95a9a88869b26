// The hub of a world: the real ledger, sync service, snapshots and intake on a disk that forgets, driven by virtual
// time. It groups pushes and holds long polls as the server's two threads do.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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
  // The disk is put back to `image`, on which the ledger's head was `head`.
  void restore(const support::FaultDisk::Image& image, const LedgerHistory::Mark& mark, std::int64_t down_ms);
  // Forgets the feed up to its head, so that whoever stands behind must fetch a snapshot.
  void compact();
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
  void committed();
  bool try_answer(const Poll& poll, bool last_call);

  Stage& stage_;
  Chance chance_;
  SeededEntropy entropy_;
  MachineClock clock_;
  support::FaultDisk disk_;
  std::unique_ptr<Running> running_;
  std::uint64_t life_ = 0, polls_ = 0;
  bool needs_restart_ = false;
  std::map<ActionPlace, DeedNo> told_;  // what was told of in answer to a push
};

}  // namespace holdline::sim
