// A workstation's outbox on a disk that fails, the work done with it, and the truth about what it has to hold.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/crashlab/outbox/truth.hpp"
#include "tests/crashlab/station.hpp"

namespace holdline::crashlab {

class OutboxStation final : public Station {
 public:
  explicit OutboxStation(std::uint64_t device);

  // --- the machine ---
  Result<void> open() override;
  bool is_open() const { return outbox_ != nullptr; }
  void close() override { outbox_.reset(); }
  agent::Outbox& outbox() { return *outbox_; }
  // How many pages of log there are before they are moved to the file.
  void set_checkpoint_after(int pages);
  // One entry in so many goes on over a second page; 8 when a run begins.
  void set_long_notes_one_in(std::uint32_t n) { long_notes_one_in_ = n; }

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
  // `truth` says afterwards what was acknowledged, and what of something that was refused may be there nevertheless.
  Result<void> work(std::size_t steps) override;
  Result<void> save(std::size_t drafts);
  // Whether an entry would be taken now. Only when it must not be: the truth does not know of it.
  bool takes_entries();
  const OutboxTruth& truth() const { return truth_; }

  // --- the checks ---
  // What the outbox shows; its error when it cannot. Throws Broken when that does not hang together: to find a broken
  // chain is the outbox's task, and it said that it had found none.
  Result<OutboxTruth> observe();
  // Writable as well.
  void accept() override;
  // On a sound disk that cannot be written: all of it can be read, and exactly what is pending is exported. Throws
  // Broken.
  void accept_unwritable();
  // What can still be read, with an outbox that was damaged, is what was written; what was pending among it is exported
  // or listed as unreadable. Throws Broken.
  void accept_remains();
  HubMemory hub_memory();
  // How damage was told: by the start, by reading, or at the latest by the hub, which knows every entry of this
  // workstation by number and hash. Empty: everything reads as before.
  std::string judge(const HubMemory& hub);

 private:
  Result<void> step();
  Result<void> settle();
  Result<void> prune();
  Result<void> reissue();
  Result<void> sign_in();
  agent::Draft draft(const std::string& token);
  agent::Draft edit(const std::string& token, const sync::Id& customer);
  agent::Draft with(const std::string& token, sync::Op op) const;
  // Runs one thing: `next` is the truth when it succeeds.
  template <class Deed>
  Result<void> attempt(const char* what, OutboxTruth next, const Deed& deed);
  Result<void> observe_lane(sync::Lane lane, OutboxTruth& found);
  // What was acknowledged, or that with all of what was under way.
  OutboxTruth found_as_known();
  bool may_show(sync::ActionRef ref, const std::string& token) const;
  void accept_batches();
  void accept_export();
  // All that was saved is there, whatever lies beside it.
  bool has_every_action(const OutboxTruth& found) const;
  void check_repeated(const OutboxTruth& truth);
  std::string told_by_hub(const HubMemory& hub, const OutboxTruth& found);
  bool older_beside_the_chain(const OutboxTruth& found) const;

  const sync::Schema schema_;
  support::TestClock clock_;
  support::TestEntropy entropy_{1};
  Random random_{1};
  agent::Outbox::Options options_;
  const platform::SecretKey key_ = disk_key();
  const sync::Id device_;
  std::unique_ptr<agent::Outbox> outbox_;

  OutboxTruth truth_;
  std::optional<OutboxTruth> under_way_;
  sync::Id incarnation_;
  std::vector<sync::Id> customers_;  // of this incarnation
  std::uint64_t tokens_ = 0;
  std::uint32_t long_notes_one_in_ = 8;
};

}  // namespace holdline::crashlab
