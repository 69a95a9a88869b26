// A first run of the outbox that is cut short anywhere is gone on with by the next start.
#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using support::PowerLoss;

class OutboxFirstRun : public testing::TestWithParam<PowerLoss> {
 protected:
  // As a workstation that was never set up to its end.
  Result<void> start() {
    pc.outbox.reset();
    return pc.take(
        Outbox::start(platform::OpenMode::create_new, pc.options, pc.secret, pc.device, pc.clock, pc.entropy));
  }
  // Starts, and loses the power at the nth change of the disk; false: the start was over before.
  bool cut_short_at(std::uint64_t nth) {
    pc.disk.cut_power_at(nth);
    static_cast<void>(start());
    const bool was_cut = pc.disk.power_is_off();
    pc.lose_power(GetParam());
    return was_cut;
  }
  void expect_that_it_works() {
    const auto started = start();
    ASSERT_TRUE(started) << started.error().code << ": " << started.error().message;
    ASSERT_EQ(pc.outbox->status().health, OutboxHealth::writable) << pc.outbox->status().advice;
    ASSERT_EQ(pc.outbox->maker().device, pc.device);
    pc.save(pc.entry("first"));
    pc.lose_power(PowerLoss::all_unsynced);
    ASSERT_TRUE(pc.open());
    ASSERT_TRUE(pc.save(pc.entry("first")).repeated);
  }

  OutboxStation pc;
  const std::shared_ptr<const support::FaultDisk::Image> bare = pc.disk.image();
};

TEST_P(OutboxFirstRun, ComesUpAfterThePowerWentAtAnyOfItsChanges) {
  std::uint64_t nth = 0;
  bool was_cut = true;
  while (was_cut) {
    pc.disk.restore(*bare);
    was_cut = cut_short_at(++nth);
    ASSERT_NO_FATAL_FAILURE(expect_that_it_works()) << "cut at change " << nth;
  }
  EXPECT_GT(nth, 10u);
}

TEST_P(OutboxFirstRun, ComesUpAfterThePowerWentInTheNextStartAsWell) {
  bool was_cut = true;
  for (std::uint64_t nth = 1; was_cut; nth += 3) {
    pc.disk.restore(*bare);
    was_cut = cut_short_at(nth);
    const auto left = pc.disk.image();
    bool cut_again = true;
    for (std::uint64_t then = 1; cut_again; then += 1 + then / 6) {  // the first ones all, then a sample
      pc.disk.restore(*left);
      cut_again = cut_short_at(then);
      ASSERT_NO_FATAL_FAILURE(expect_that_it_works()) << "cut at changes " << nth << " and " << then;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, OutboxFirstRun,
                         testing::Values(PowerLoss::none, PowerLoss::all_unsynced, PowerLoss::random_sectors,
                                         PowerLoss::random_pages));

using OutboxFirstRunOnAFullDisk = OutboxFirstRun;

TEST_P(OutboxFirstRunOnAFullDisk, ComesUpWhenThereIsRoom) {
  bool refused = true;
  for (std::uint64_t bytes = 0; refused; bytes += 512) {
    pc.disk.restore(*bare);
    pc.disk.set_capacity(bytes);
    refused = !start();
    pc.lose_power(GetParam());
    pc.disk.set_capacity(std::nullopt);
    ASSERT_NO_FATAL_FAILURE(expect_that_it_works()) << "with room for " << bytes << " bytes";
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, OutboxFirstRunOnAFullDisk,
                         testing::Values(PowerLoss::none, PowerLoss::random_sectors));

}  // namespace
}  // namespace holdline::agent
