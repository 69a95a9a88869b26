#include "tests/sim/world/knobs.hpp"

namespace holdline::sim {

Knobs Knobs::turned(Chance chance) {
  Knobs knobs;
  const auto turn = [&](auto& knob, std::int64_t least, std::int64_t most) {
    if (chance.percent(12)) knob = static_cast<std::remove_reference_t<decltype(knob)>>(chance.between(least, most));
  };
  for (std::uint32_t& credit : knobs.service.credits) turn(credit, 1, 6);
  turn(knobs.service.records_per_cut, 1, 8);
  turn(knobs.service.results_per_pull, 1, 6);
  turn(knobs.snapshots.cache_bytes, 0, 4'000);
  turn(knobs.snapshots.chunk_bytes, 200, 4'000);
  turn(knobs.snapshots.chunk_records, 1, 20);
  turn(knobs.snapshots.too_old, 0, 30);
  turn(knobs.session.chunks_in_flight, 1, 4);
  turn(knobs.session.pull_wait_ms, 200, 25'000);
  turn(knobs.session.pull_distance_ms, 0, 5'000);
  turn(knobs.session.person_retry_ms, 1'000, 60'000);
  turn(knobs.session.backoff.first_ms, 20, 5'000);
  turn(knobs.session.backoff.max_ms, 5'000, 60'000);
  turn(knobs.ledger.writer_cache_kib, 16, 200);
  turn(knobs.ledger.reader_cache_kib, 16, 200);
  knobs.outbox.is_soon = chance.percent(20);
  if (knobs.outbox.is_soon) {
    knobs.outbox.keep_bytes = static_cast<std::uint64_t>(chance.between(0, 6'000));
    knobs.outbox.keep_ms = chance.between(0, 60'000);
    knobs.outbox.prune_every_ms = chance.between(0, 10'000);
  }
  if (chance.percent(25)) {
    knobs.line.least = static_cast<std::size_t>(chance.between(50, 300));
    knobs.line.first = static_cast<std::size_t>(chance.between(300, 2'000));
    knobs.line.most = static_cast<std::size_t>(chance.between(1'000, 20'000));
  }
  return knobs;
}

}  // namespace holdline::sim
