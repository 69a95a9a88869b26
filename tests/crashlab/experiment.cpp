#include "tests/crashlab/experiment.hpp"

#include <atomic>

namespace holdline::crashlab {

std::string_view name_of(Store store) {
  static constexpr std::array<std::string_view, store_count> names{"outbox", "replica", "ledger"};
  return names[static_cast<std::size_t>(store)];
}

std::string_view name_of(Fault fault) {
  static constexpr std::array<std::string_view, fault_count> names{"power cut",   "kill",       "failed sync",
                                                                   "read-only",   "read error", "bit flip",
                                                                   "misdirected", "stale page", "swapped file"};
  return names[static_cast<std::size_t>(fault)];
}

Injected& Injected::operator+=(const Injected& other) {
  power_cuts += other.power_cuts;
  failed_syncs += other.failed_syncs;
  refused_changes += other.refused_changes;
  read_errors += other.read_errors;
  bit_flips += other.bit_flips;
  misdirected += other.misdirected;
  stale_pages += other.stale_pages;
  swapped_files += other.swapped_files;
  return *this;
}

std::string new_disk_name() {
  static std::atomic<unsigned> made{0};
  return "lab-" + std::to_string(++made);
}

support::PowerLoss any_power_loss(Random& random) {
  static constexpr std::array losses{support::PowerLoss::all_unsynced, support::PowerLoss::random_sectors,
                                     support::PowerLoss::random_pages};
  return losses[random.below(losses.size())];
}

Injected between(const support::FaultCounts& before, const support::FaultCounts& after) {
  Injected done;
  done.power_cuts = after.power_cuts - before.power_cuts;
  done.failed_syncs = after.failed_syncs - before.failed_syncs;
  done.refused_changes = after.refused_changes - before.refused_changes;
  done.read_errors = after.failed_reads - before.failed_reads;
  done.bit_flips = after.flipped_bits - before.flipped_bits;
  done.misdirected = after.stray_writes - before.stray_writes;
  done.stale_pages = after.lost_writes - before.lost_writes;
  return done;
}

}  // namespace holdline::crashlab
