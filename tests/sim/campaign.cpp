#include "tests/sim/campaign.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "tests/sim/shrink.hpp"
#include "tests/support/shared_work.hpp"

namespace holdline::sim {

namespace {

// A campaign that never met these has not shown that they go well.
constexpr auto sometimes = std::to_array<std::string_view>({
    "fault: line loses messages",
    "fault: line doubles messages",
    "fault: line delays and reorders messages",
    "fault: answers to pushes lost",
    "fault: thin line",
    "fault: person disabled",
    "fault: workstation revoked",
    "fault: workstation's scopes narrowed",
    "fault: person's scopes narrowed",
    "fault: person's role changed",
    "fault: schema changed",
    "workstation took another schema",
    "workstation skipped versions of the schema",
    "workstation went back to an older schema",
    "replica copied for another schema",
    "waited for a version of the schema",
    "access changed while its workstation was away",
    "access changed while a push was under way",
    "access changed at a hub that was just restored",
    "access given back",
    "push refused as a whole: device-revoked",
    "push refused as a whole: grants-changed",
    "workstation signed its person out",
    "revoked workstation signed everybody out",
    "replica of some of its scopes",
    "unsent work of a disabled person took effect",
    "fault: agent stands still",
    "fault: machine never returns",
    "fault: two-way partition",
    "fault: partition towards the hub",
    "fault: partition from the hub",
    "fault: hub killed",
    "fault: hub's disk fails one sync",
    "fault: hub forgets its feed",
    "fault: hub loses power",
    "fault: hub restored from an older copy",
    "fault: hub's disk is full",
    "fault: hub's disk cannot read",
    "fault: hub's disk becomes read-only",
    "fault: agent killed",
    "fault: agent loses power",
    "fault: agent's disk fails one sync",
    "fault: agent's disk is full",
    "fault: clock jump",
    "fault: agent's disk cannot read",
    "fault: agent's disk becomes read-only",
    "fault: a bit of the replica's file turns over",
    "fault: a write to the replica's file goes astray",
    "fault: a write to the replica's file is never done",
    "fault: a bit of the next copy's file turns over",
    "fault: a write to the next copy's file goes astray",
    "fault: a write to the next copy's file is never done",
    "damaged replica fetched again",
    "damaged replica found by a check",
    "fault: machine put back to an earlier moment",
    "fault: hub restored together with its mark",
    "fault: workstation names a position that no hub told it",
    "fault: machine cloned",
    "fault: machine resumed twice",
    "fault: replica rots",
    "request lost",
    "answer lost",
    "answer to a push lost",
    "answer to a push lost again and again",
    "request duplicated",
    "message delayed",
    "power lost in the middle of a change",
    "killed in the middle of a change",
    "power lost in the middle of a hub commit",
    "outbox suspended by a full disk",
    "outbox suspended by a read that failed",
    "outbox suspended by a sync that failed",
    "outbox suspended by a read-only disk",
    "save refused",
    "save found already done",
    "bootstrapped",
    "bootstrapped again",
    "snapshot of several chunks",
    "chunk in parts",
    "new epoch",
    "lane reissued",
    "copy found when it started",
    "outbox let go of accepted actions",
    "several snapshots kept",
    "action came by two ways",
    "conflict opened",
    "conflict resolved",
    "edits overlapped",
    "record deleted",
    "deletion met other changes",
    "merge of disjoint edits",
    "repeated push deduplicated",
    "leaf repaired",
    "replica stood between two heads",
    "refused: scope-refused",
    "refused: role-refused",
    "refused: person-disabled",
    "refused: unknown-record",
    "waited for an earlier action",
});

constexpr std::uint64_t played_twice_every = 50;
// In a worker. Plays one world in fifty twice.
PlayedWorld play_world(const Setting& setting, std::uint64_t seed) {
  Played played = play_seed(setting, seed);
  const bool twice = seed % played_twice_every == 0;
  if (twice && !played.failure && play_tape(setting, played.tape).trace_hash != played.trace_hash)
    played.failure = Failure{"the same choices give the same trace", "two runs differ", {}};
  return {twice, std::move(played.counters), std::move(played.failure)};
}

std::optional<Failure> never_happened(const Counters& counters) {
  for (const std::string_view what : sometimes)
    if (!counters.contains(what)) return Failure{"what must happen sometimes did", "never: " + std::string(what), {}};
  return std::nullopt;
}

}  // namespace

CampaignReport run_campaign(const Setting& setting, const CampaignOptions& options) {
  const double cpu_before = support::cpu_seconds_with_workers();
  const auto began = std::chrono::steady_clock::now();
  const auto time_is_over = [&] {
    return options.seconds > 0 && std::chrono::steady_clock::now() - began > std::chrono::seconds(options.seconds);
  };
  CampaignReport report;
  support::SharedWork shared;
  shared.work = [&](std::uint64_t n) -> std::optional<std::string> {
    if (n >= options.seeds || time_is_over()) return std::nullopt;
    return line_of(play_world(setting, options.first_seed + n));
  };
  shared.done = [&](std::uint64_t n, std::string_view line) {
    report.add(options.first_seed + n, world_of(line));
    return !report.failure;
  };
  shared.died = [&](std::uint64_t n, const std::string& how) {
    report.add(options.first_seed + n, {false, {}, Failure{std::string(no_crash), how, {}}});
  };
  support::share_work(options.jobs, shared);
  report.cpu_seconds = support::cpu_seconds_with_workers() - cpu_before;
  if (!report.failure && options.complete) report.failure = never_happened(report.counters);
  return report;
}

ShrunkFailure shrink_failure(const Setting& setting, const Tape& tape, std::int64_t seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  const std::string checker = play_tape(setting, tape).failure.value().checker;
  Shrunk shrunk = shrink(
      tape,
      [&](const Tape& shorter) {
        const Played played = play_tape(setting, shorter);
        return played.failure && played.failure->checker == checker;
      },
      [&] { return std::chrono::steady_clock::now() < until; });
  const Played played = play_tape(setting, shrunk.tape);
  ShrunkFailure failure{std::move(shrunk.tape), played.failure.value(), shrunk.worlds,
                        counter(played.counters, "actions acknowledged"), 0};
  for (const auto& [kind, count] : faults_of(played.counters)) failure.faults += count;
  return failure;
}

}  // namespace holdline::sim
