#include "tests/crashlab/ledger/lab.hpp"

#include <array>

#include "tests/crashlab/fault_lab.hpp"
#include "tests/crashlab/ledger/station.hpp"

namespace holdline::crashlab {

namespace {

using support::PowerLoss;

class LedgerLab final : public FaultLab {
 public:
  LedgerLab() : FaultLab(hub_, moments) {}

 private:
  static constexpr Moments moments{
      .opens_one_in = 6, .opening = 20, .working = 220, .recovering = 80, .work_after_opening = {4, 1}, .work = {3, 6}};

  void begin(Fault, std::uint64_t seed, const Tell& tell) override {
    hub_.begin(one_of(2) ? hub_.fresh() : hub_.aged(), seed, tell);
  }

  std::string fail_sync() override {
    hub_.start();
    const bool for_ever = one_of(4);
    hub_.disk().fail_sync(1 + random_.below(12), for_ever);
    if (!hub_.work(drawn({4, 4}))) {
      // The hub ends as soon as its ledger says that nobody knows what is on the disk; until then it goes on.
      if (hub_.ledger().begin()) {
        hub_.disk().clear_faults();
        static_cast<void>(hub_.work(2));
      }
      restart_after_failed_sync(for_ever);
      find_everything();
    }
    hub_.disk().clear_faults();
    hub_.must_work(1);
    hub_.lose(any_power_loss(random_));
    find_everything();
    return {};
  }

  void restart_after_failed_sync(bool for_ever) {
    if (!one_of(2)) return hub_.lose(any_power_loss(random_));
    hub_.lose(PowerLoss::none);
    if (for_ever) {
      hub_.disk().fail_sync(1, true);
      if (hub_.open()) lost("it opened on a disk that cannot sync");
      hub_.disk().clear_faults();
    } else if (one_of(2)) {
      hub_.disk().cut_power_at(1 + random_.below(40));
      static_cast<void>(hub_.open());
      hub_.lose(any_power_loss(random_));
    }
  }

  std::string refuse_changes() override {
    hub_.start();
    hub_.disk().refuse_changes(1 + random_.below(120));
    if (!hub_.work(drawn({4, 4})) && hub_.take(1)) lost("something was answered on a disk that cannot be written");
    end_somehow();
    find_everything();
    hub_.must_work(1);
    return {};
  }

  std::string fail_read() override {
    hub_.start();
    hub_.must_work(2);
    hub_.lose(PowerLoss::none);
    damage_.fail_reads(200);
    if (hub_.open()) {
      hub_.accept_what_is_read();
      static_cast<void>(hub_.work(2));
    }
    hub_.lose(PowerLoss::none);
    find_everything();
    return {};
  }

  std::string flip_bit() override {
    hub_.start();
    hub_.must_work(drawn({1, 4}));
    if (one_of(2)) {
      hub_.lose(PowerLoss::none);
    } else {
      hub_.close();
    }
    const FlippedBit flipped = damage_.flip_bit();
    std::string told = hub_.judge();
    if (told.empty()) return told;
    hub_.lose(PowerLoss::none);
    damage_.turn_back(flipped);
    find_everything();
    return told;
  }

  std::string lead_write_astray(bool misdirect) override {
    hub_.start();
    damage_.lead_write_astray(misdirect, 20, 9);
    hub_.must_work(drawn({2, 4}));
    static_cast<void>(hub_.ledger().checkpoint());
    hub_.lose(PowerLoss::all_unsynced);
    return hub_.judge();
  }

  std::string put_page_back() override {
    const std::string before = damage_.files().file;
    hub_.start();
    hub_.must_work(drawn({2, 4}));
    hub_.close();
    return damage_.put_page_back(before) ? hub_.judge() : std::string();
  }

  std::string swap_file() override {
    static constexpr std::array ways{Swap::older_without_log, Swap::file_emptied, Swap::file_cut_off,
                                     Swap::log_cut_off,       Swap::no_log,       Swap::file_missing,
                                     Swap::both_missing};
    const StoreFiles older = damage_.files();
    hub_.start();
    hub_.must_work(3);
    if (const auto taken = hub_.take(1); !taken) lost("work is refused: " + taken.error().code);
    hub_.lose(PowerLoss::none);
    const StoreFiles today = damage_.files();
    const Swap way = damage_.swap(ways, older);
    if (!takes_file_away(way)) return hub_.judge();
    if (hub_.open_mode() == platform::OpenMode::create_new) lost("a hub could be set up where one was");
    return miss_file(way, today);
  }

  std::uint64_t acked() const override { return hub_.acked().actions; }

  LedgerStation hub_{random_};
};

}  // namespace

std::unique_ptr<Lab> make_ledger_lab() { return std::make_unique<LedgerLab>(); }

}  // namespace holdline::crashlab
