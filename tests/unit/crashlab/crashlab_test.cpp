// A few experiments of each kind that the crash laboratory knows; its campaign runs many (tests/crashlab).
#include <gtest/gtest.h>

#include "tests/crashlab/campaign.hpp"

namespace holdline::crashlab {
namespace {

// The first so many experiments of one kind.
Tally run(const Plan& plan, std::size_t count) {
  Labs labs;
  Report report;
  for (std::uint64_t seed = 1; report.total().runs < count; ++seed) {
    if (plan_of(seed) != plan) continue;
    report.add(seed, plan, labs.run(plan, seed, [](const std::string&) {}));
  }
  for (const Failure& failure : report.failures) ADD_FAILURE() << text_of(failure);
  return report.total();
}

void keeps_everything(const Plan& plan) { EXPECT_EQ(run(plan, 12).count(Verdict::kept), 12u); }

// Told or without effect, and at least once told: otherwise nothing was damaged.
void notices_damage(const Plan& plan) {
  const Tally tally = run(plan, 12);
  EXPECT_EQ(tally.count(Verdict::detected) + tally.count(Verdict::harmless), 12u);
  EXPECT_GT(tally.count(Verdict::detected), 0u);
}

TEST(CrashLabOutbox, KeepsEverythingThroughPowerCuts) { keeps_everything({Store::outbox, Fault::power_cut}); }
TEST(CrashLabOutbox, KeepsEverythingWhenTheProcessDies) { keeps_everything({Store::outbox, Fault::kill}); }
TEST(CrashLabOutbox, KeepsEverythingThroughFailedSyncs) { keeps_everything({Store::outbox, Fault::failed_sync}); }
TEST(CrashLabOutbox, KeepsEverythingOnADiskThatBecomesReadOnly) { keeps_everything({Store::outbox, Fault::read_only}); }
TEST(CrashLabOutbox, ShowsNothingWrongWhenAPageCannotBeRead) { keeps_everything({Store::outbox, Fault::read_error}); }
TEST(CrashLabOutbox, NoticesAFlippedBitInFileAndLog) { notices_damage({Store::outbox, Fault::bit_flip}); }
TEST(CrashLabOutbox, NoticesAMisdirectedWrite) { notices_damage({Store::outbox, Fault::misdirected}); }
TEST(CrashLabOutbox, NoticesAStalePage) { notices_damage({Store::outbox, Fault::stale_page}); }
TEST(CrashLabOutbox, NoticesAnotherFileInItsPlaceOrNone) { notices_damage({Store::outbox, Fault::swapped_file}); }

TEST(CrashLabReplica, ShowsWholeCutsThroughPowerCuts) { keeps_everything({Store::replica, Fault::power_cut}); }
TEST(CrashLabReplica, ShowsWholeCutsWhenTheProcessDies) { keeps_everything({Store::replica, Fault::kill}); }
TEST(CrashLabReplica, IsFetchedAgainAfterAFlippedBit) { notices_damage({Store::replica, Fault::bit_flip}); }
TEST(CrashLabReplica, IsFetchedAgainAfterAMisdirectedWrite) { notices_damage({Store::replica, Fault::misdirected}); }

TEST(CrashLabReplica, IsFetchedAgainOrMadeGoodAfterAStalePage) { notices_damage({Store::replica, Fault::stale_page}); }

TEST(CrashLabLedger, KeepsWhatItAnsweredThroughPowerCuts) { keeps_everything({Store::ledger, Fault::power_cut}); }
TEST(CrashLabLedger, KeepsWhatItAnsweredWhenTheProcessDies) { keeps_everything({Store::ledger, Fault::kill}); }
TEST(CrashLabLedger, KeepsWhatItAnsweredThroughFailedSyncs) { keeps_everything({Store::ledger, Fault::failed_sync}); }
TEST(CrashLabLedger, NoticesAFlippedBitInFileAndLog) { notices_damage({Store::ledger, Fault::bit_flip}); }
TEST(CrashLabLedger, NoticesAnotherFileInItsPlaceOrNone) { notices_damage({Store::ledger, Fault::swapped_file}); }

TEST(CrashLabCampaign, ComesToTheSameWithAnyNumberOfWorkers) {
  CampaignOptions options;
  options.runs = 40;
  const Report alone = run_campaign(options);
  EXPECT_EQ(alone.total().runs, 40u);
  EXPECT_FALSE(alone.failed());
  options.jobs = 3;
  const Report shared = run_campaign(options);
  for (const auto& [plan, tally] : alone.tallies) {
    const Tally& same = shared.tallies.at(plan);
    EXPECT_EQ(same.verdicts, tally.verdicts) << name_of(plan.store) << ", " << name_of(plan.fault);
    EXPECT_EQ(same.told, tally.told) << name_of(plan.store) << ", " << name_of(plan.fault);
    EXPECT_EQ(same.acked_checked, tally.acked_checked) << name_of(plan.store) << ", " << name_of(plan.fault);
  }
  EXPECT_EQ(shared.injected.power_cuts, alone.injected.power_cuts);
}

TEST(CrashLabCampaign, TheLineOfARunTellsAllOfIt) {
  const Outcome run{Verdict::undetected, "a \n line", 17, {1, 2, 3, 4, 5, 6, 7, 8}};
  const std::string line = line_of(run);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Outcome read = outcome_of(line);
  EXPECT_EQ(read.verdict, run.verdict);
  EXPECT_EQ(read.what, run.what);
  EXPECT_EQ(read.acked_checked, run.acked_checked);
  EXPECT_EQ(read.injected, run.injected);
}

}  // namespace
}  // namespace holdline::crashlab
