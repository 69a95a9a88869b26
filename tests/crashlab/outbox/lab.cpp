#include "tests/crashlab/outbox/lab.hpp"

#include <array>

#include "tests/crashlab/fault_lab.hpp"
#include "tests/crashlab/outbox/station.hpp"

namespace holdline::crashlab {

namespace {

using support::PowerLoss;

class OutboxLab final : public FaultLab {
 public:
  OutboxLab() : FaultLab(pc_, moments) {
    const Tell nobody = [](const std::string&) {};
    const auto age = [&](OutboxStation& pc) {
      fresh_.disk = pc.disk().image();
      pc.begin(fresh_, 42, nobody);
      must(pc.open());
      pc.close();
      fresh_ = pc.prepared();
      pc.begin(fresh_, 42, nobody);
      must(pc.open());
      must(pc.work(60));
    };
    OutboxStation another(2);
    age(another);
    of_another_ = {another.disk().read(another.path()), another.disk().read(another.log_path())};
    age(pc_);
    pc_.close();
    aged_ = pc_.prepared();
  }

 private:
  static constexpr Moments moments{
      .opens_one_in = 8, .opening = 30, .working = 90, .recovering = 40, .work_after_opening = {4, 8}, .work = {4, 12}};

  void begin(Fault, std::uint64_t seed, const Tell& tell) override {
    pc_.set_checkpoint_after(one_of(2) ? 8 : 400);
    pc_.begin(one_of(2) ? fresh_ : aged_, seed, tell);
  }

  // --- syncs that fail, disks that cannot be written ---

  std::string fail_sync() override {
    pc_.start();
    const bool for_ever = one_of(4);
    pc_.disk().fail_sync(1 + random_.below(24), for_ever);
    for (int round = 0; round < 2; ++round) {
      if (pc_.work(drawn({8, 8}))) break;
      heal(for_ever);
      pc_.accept();
      if (for_ever) break;
    }
    pc_.disk().clear_faults();
    pc_.must_work(1);
    pc_.lose(any_power_loss(random_));
    find_everything();
    return {};
  }

  // From the refusal to an outbox that is trusted again.
  void heal(bool for_ever) {
    if (pc_.outbox().status().health == agent::OutboxHealth::writable)
      lost("something was refused, and yet the outbox says that it can be written");
    if (pc_.takes_entries()) lost("something was acknowledged after a failed sync and before the recovery");
    if (for_ever && pc_.outbox().recover()) lost("it recovered on a disk that cannot sync");
    switch (random_.below(4)) {
      case 0:
        pc_.disk().clear_faults();
        if (auto healed = pc_.outbox().recover(); !healed) lost("it does not recover: " + healed.error().code);
        return;
      case 1:
        pc_.lose(PowerLoss::none);
        break;
      case 2:
        pc_.lose(any_power_loss(random_));
        break;
      case 3:
        // The power goes while it recovers, before anything new was saved.
        pc_.disk().clear_faults();
        pc_.disk().cut_power_at(1 + random_.below(30));
        if (one_of(2)) {
          static_cast<void>(pc_.outbox().recover());
        } else {
          pc_.disk().cut_power();
          pc_.lose(PowerLoss::none);
          pc_.disk().cut_power_at(1 + random_.below(30));
          static_cast<void>(pc_.open());
        }
        pc_.lose(any_power_loss(random_));
        break;
    }
    pc_.start();
  }

  std::string refuse_changes() override {
    pc_.start();
    pc_.disk().refuse_changes(1 + random_.below(60));
    const auto worked = pc_.work(drawn({10, 10}));
    if (!worked) {
      if (pc_.outbox().status().health == agent::OutboxHealth::writable || pc_.outbox().status().advice.empty())
        lost("something was refused, and the outbox does not say why");
      if (pc_.takes_entries()) lost("something was acknowledged on a disk that cannot be written");
      pc_.accept_unwritable();
      if (pc_.outbox().recover()) lost("it recovered on a disk that cannot be written");
      if (one_of(2)) {
        pc_.disk().clear_faults();
        if (auto healed = pc_.outbox().recover(); !healed) lost("it does not recover: " + healed.error().code);
        pc_.accept();
      }
    }
    end_somehow();
    find_everything();
    pc_.must_work(1);
    return {};
  }

  // --- reads that fail ---

  std::string fail_read() override {
    work_at_rest(one_of(2));
    const bool at_work = one_of(3);
    if (at_work) pc_.start();
    damage_.fail_reads(60);
    if (at_work) {
      static_cast<void>(pc_.work(6));
      if (pc_.is_open()) pc_.accept_remains();
    } else if (pc_.open()) {
      if (pc_.outbox().status().health == agent::OutboxHealth::writable) {
        if (const auto found = pc_.observe(); found && *found != pc_.truth())
          undetected("with an unreadable page: " + difference(pc_.truth(), *found));
      } else {
        pc_.accept_remains();
      }
    }
    pc_.lose(PowerLoss::none);
    find_everything();
    return {};
  }

  // --- damage ---

  // Some work, then nobody has the file open. `keep_log`: the process died, so that the last entries are in the log.
  void work_at_rest(bool keep_log) {
    pc_.start();
    pc_.must_work(drawn({4, 12}));
    if (keep_log) return pc_.lose(one_of(2) ? PowerLoss::none : PowerLoss::all_unsynced);
    pc_.close();
  }

  std::string flip_bit() override {
    work_at_rest(one_of(2));
    const FlippedBit flipped = damage_.flip_bit();
    std::string told;
    if (!pc_.open()) {
      told = "not opened";
    } else if (pc_.outbox().status().health == agent::OutboxHealth::read_only) {
      told = "read-only";
      pc_.accept_remains();
    } else {
      const auto found = pc_.observe();
      if (!found) return "error when read";
      if (*found != pc_.truth()) undetected("after a flipped bit: " + difference(pc_.truth(), *found));
      return {};
    }
    // What was told left everything as it was, for whoever repairs it.
    pc_.lose(PowerLoss::none);
    damage_.turn_back(flipped);
    if (!pc_.open()) lost("the start that found the damage made it worse");
    pc_.accept();
    return told;
  }

  // The medium does a write to the file elsewhere, or not at all; it shows at the next start of the machine.
  std::string lead_write_astray(bool misdirect) override {
    pc_.set_checkpoint_after(4);
    pc_.set_long_notes_one_in(2);
    pc_.start();
    damage_.lead_write_astray(misdirect, 12, 5);
    pc_.must_work(drawn({8, 12}));
    const HubMemory hub = pc_.hub_memory();
    pc_.lose(PowerLoss::all_unsynced);
    return pc_.judge(hub);
  }

  std::string put_page_back() override {
    const std::string before = damage_.files().file;
    pc_.set_long_notes_one_in(2);
    pc_.start();
    pc_.must_work(drawn({8, 12}));
    const HubMemory hub = pc_.hub_memory();
    pc_.close();
    return damage_.put_page_back(before) ? pc_.judge(hub) : std::string();
  }

  std::string swap_file() override {
    static constexpr std::array ways{Swap::older_with_its_log, Swap::older_under_log_of_today,
                                     Swap::older_log,          Swap::no_log,
                                     Swap::log_cut_off,        Swap::file_emptied,
                                     Swap::file_cut_off,       Swap::log_of_another,
                                     Swap::file_of_another,    Swap::file_missing,
                                     Swap::both_missing};
    pc_.start();
    pc_.must_work(4);
    pc_.lose(PowerLoss::none);
    const StoreFiles older = damage_.files();
    pc_.start();
    pc_.must_work(drawn({6, 12}));
    const HubMemory hub = pc_.hub_memory();
    if (one_of(3)) {
      pc_.close();
    } else {
      pc_.lose(PowerLoss::none);
    }
    const StoreFiles today = damage_.files();
    const Swap way = damage_.swap(ways, older, of_another_);
    return takes_file_away(way) ? miss_file(way, today) : pc_.judge(hub);
  }

  std::uint64_t acked() const override { return pc_.truth().actions(); }

  OutboxStation pc_{1};
  OutboxStation::Prepared fresh_, aged_;
  StoreFiles of_another_;
};

}  // namespace

std::unique_ptr<Lab> make_outbox_lab() { return std::make_unique<OutboxLab>(); }

}  // namespace holdline::crashlab
