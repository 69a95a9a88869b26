#include "tests/crashlab/replica/lab.hpp"

#include <array>

#include "tests/crashlab/fault_lab.hpp"
#include "tests/crashlab/replica/station.hpp"

namespace holdline::crashlab {

namespace {

using support::PowerLoss;

class ReplicaLab final : public FaultLab {
 public:
  ReplicaLab() : FaultLab(pc_, moments) {}

 private:
  static constexpr Moments moments{
      .opens_one_in = 6, .opening = 10, .working = 250, .recovering = 20, .work_after_opening = {3, 1}, .work = {2, 6}};

  void begin(Fault fault, std::uint64_t seed, const Tell& tell) override {
    const bool stale = fault == Fault::stale_page || fault == Fault::misdirected || fault == Fault::failed_sync;
    pc_.begin(one_of(2) ? pc_.aged() : pc_.fresh(), seed, tell, stale);
  }

  // Some work, then nobody has the file open.
  void work_at_rest() {
    pc_.start();
    pc_.must_work(drawn({2, 5}));
    if (one_of(2)) return pc_.lose(PowerLoss::none);
    pc_.close();
  }

  std::string fail_sync() override {
    pc_.start();
    const bool for_ever = one_of(4);
    pc_.disk().fail_sync(1 + random_.below(10), for_ever);
    if (!pc_.work(drawn({3, 5})) && !pc_.is_open()) static_cast<void>(pc_.open());
    pc_.disk().clear_faults();
    if (pc_.is_open()) static_cast<void>(pc_.work(2));
    pc_.lose(any_power_loss(random_));
    return pc_.judge();
  }

  std::string refuse_changes() override {
    pc_.start();
    pc_.disk().refuse_changes(1 + random_.below(150));
    static_cast<void>(pc_.work(drawn({3, 5})));
    end_somehow();
    return pc_.judge();
  }

  std::string fail_read() override {
    work_at_rest();
    damage_.fail_reads(150);
    if (pc_.open()) {
      pc_.accept_what_is_read();
      static_cast<void>(pc_.work(2));
    }
    pc_.lose(PowerLoss::none);
    return pc_.judge();
  }

  std::string flip_bit() override {
    work_at_rest();
    damage_.flip_bit();
    return pc_.judge();
  }

  std::string lead_write_astray(bool misdirect) override {
    pc_.start();
    damage_.lead_write_astray(misdirect, 20, 9);
    pc_.must_work(drawn({3, 5}));
    pc_.close();
    pc_.disk().restore_power(PowerLoss::all_unsynced);
    return pc_.judge();
  }

  std::string put_page_back() override {
    const std::string before = damage_.files().file;
    pc_.start();
    for (std::uint32_t i = 0, cuts = drawn({2, 4}); i < cuts; ++i)
      if (const auto applied = pc_.follow(); !applied) lost("a cut is refused: " + applied.error().code);
    pc_.close();
    return damage_.put_page_back(before) ? pc_.judge() : std::string();
  }

  std::string swap_file() override {
    static constexpr std::array ways{
        Swap::older_without_log,        Swap::file_emptied, Swap::file_cut_off, Swap::log_cut_off,
        Swap::older_under_log_of_today, Swap::no_log,       Swap::file_missing, Swap::both_missing};
    const StoreFiles older = damage_.files();
    work_at_rest();
    damage_.swap(ways, older);
    return pc_.judge();
  }

  ReplicaStation pc_{random_};
};

}  // namespace

std::unique_ptr<Lab> make_replica_lab() { return std::make_unique<ReplicaLab>(); }

}  // namespace holdline::crashlab
