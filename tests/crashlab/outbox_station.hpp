// A workstation's outbox on a disk that fails, the work done with it, and the truth about what it has to hold.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/outbox.hpp"
#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

// Everything that can be asked of an outbox, as values. Each action carries a token that no other one has.
struct OutboxTruth {
  struct Told {
    std::uint64_t entry = 0;
    sync::Verdict verdict = sync::Verdict::applied;
    bool operator==(const Told&) const = default;
  };
  std::array<std::uint64_t, sync::lane_count> let_go{};
  std::array<std::vector<std::string>, sync::lane_count> lanes;  // tokens of let_go + 1, ...
  std::map<sync::ActionRef, Told> results;
  std::uint64_t results_to = 0;
  std::uint32_t assertions = 0;
  bool renewed = false;  // another incarnation than the one that was known
  bool operator==(const OutboxTruth&) const = default;

  std::size_t actions() const;
};
// The first difference, for people.
std::string difference(const OutboxTruth& wanted, const OutboxTruth& found);

// What the hub remembers of an outbox whose every action it has: the end and the hashes of each lane.
struct HubMemory {
  sync::Maker maker;
  std::array<sync::LaneTip, sync::lane_count> tips;
  std::array<std::vector<sync::Hash>, sync::lane_count> hashes;  // from number 1; zero where the outbox let go
};

class OutboxStation {
 public:
  explicit OutboxStation(std::uint64_t device);

  // --- the machine ---
  Result<void> create();
  Result<void> open();
  bool is_open() const { return outbox_ != nullptr; }
  void close() { outbox_.reset(); }
  // The power goes, or with PowerLoss::none the process dies; the machine is on again afterwards, without faults.
  void lose(support::PowerLoss loss);
  agent::Outbox& outbox() { return *outbox_; }
  support::FaultDisk& disk() { return disk_; }
  const std::string& path() const { return options_.path; }
  std::string log_path() const { return options_.path + "-wal"; }
  // How many pages of log there are before they are moved to the file.
  void set_checkpoint_after(int pages);

  // Begins a run: everything that was drawn or known before is gone.
  struct Prepared {
    std::shared_ptr<const support::FaultDisk::Image> disk;
    OutboxTruth truth;
    sync::Id incarnation;
    std::vector<sync::Id> customers;
    std::uint64_t tokens = 0;
  };
  Prepared prepared() const;
  void begin(const Prepared& from, std::uint64_t seed, Tell tell);

  // --- the people ---
  // Does up to `steps` things; the error of the first one that was refused. `truth` then says what was acknowledged,
  // and what of the refused one may be there nevertheless.
  Result<void> work(std::size_t steps);
  Result<void> save(std::size_t drafts);
  // Whether an entry would be taken now. Only when it must not be: the truth does not know of it.
  bool takes_entries();
  const OutboxTruth& truth() const { return truth_; }
  std::uint64_t acked() const { return acked_; }

  // --- the checks ---
  Result<OutboxTruth> observe();
  // The outbox is open, writable, and holds what was acknowledged, with all or nothing of what was under way. Throws
  // Broken. Work can go on from what was found.
  void accept();
  // What can still be read, with an outbox that was damaged, is what was written. Throws Broken.
  void accept_remains();
  HubMemory hub_memory();

 private:
  Result<void> step();
  Result<void> settle();
  Result<void> compact();
  Result<void> reissue();
  Result<void> sign_in();
  agent::Draft draft(const std::string& token);
  agent::Draft edit(const std::string& token, const sync::Id& customer);
  agent::Draft with(const std::string& token, sync::Op op) const;
  // Runs one thing: `next` is the truth when it succeeds.
  template <class Deed>
  Result<void> attempt(const char* what, OutboxTruth next, const Deed& deed);
  void check_repeated(const OutboxTruth& truth);

  const sync::Schema schema_;
  support::FaultDisk disk_;
  StillClock clock_;
  SeededEntropy entropy_{1};
  Random random_{1};
  agent::Outbox::Options options_;
  const platform::SecretKey key_ = disk_key();
  const sync::Id device_;
  std::unique_ptr<agent::Outbox> outbox_;

  OutboxTruth truth_;
  std::optional<OutboxTruth> under_way_;
  sync::Id incarnation_;
  std::vector<sync::Id> customers_;  // of this incarnation
  std::uint64_t tokens_ = 0, acked_ = 0;
  Tell tell_;
};

}  // namespace holdline::crashlab
