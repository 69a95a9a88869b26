// One release of a list: whether it runs, and how many cases it may hand out by now. It decides; the hub keeps what it
// stands at and hands out. Pure, stepped by one owner; Unix milliseconds of the hub.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "contingency/callbacks/release/preview.hpp"
#include "contingency/incident/incident.hpp"

namespace holdline::contingency {

struct ReleaseCaps {
  std::uint32_t per_agent = 1;    // cases one agent may hold
  std::uint32_t per_minute = 10;  // at full pace
  // Shares of the pace, one after another: a floor that comes back from an outage is not flooded.
  std::vector<std::uint32_t> ramp_percent{10, 30, 100};
  std::int64_t ramp_step_ms = 10 * 60'000;
  std::uint32_t open_most = 0;             // handed out and not back; 0: no limit
  std::int64_t lasts_ms = 12 * 3'600'000;  // after that it ends by itself
};

enum class ReleaseState : std::uint8_t { running, held, stopped };
std::string_view name_of(ReleaseState state);

// What is kept of a release.
struct ReleaseBatch {
  sync::Id id;
  ReleaseFilter filter;
  ReleaseCaps caps;
  Signature by;  // `at_ms`: since when
  ReleaseState state = ReleaseState::running;
  Signature changed = {};     // who held it, let it go on or stopped it, and why; "machine" when nobody did
  std::int64_t since_ms = 0;  // of `state`
  std::int64_t ran_ms = 0;    // running, before `since_ms`
  std::uint64_t handed_out = 0, open = 0;
};

// A list that may be incomplete is handed out only by who says so, and why. ask_person "workstations-outstanding" (says
// how many, and what may be missing: repeat it with `accept_missing`), "reason-missing".
Result<void> check_coverage(const ListCoverage& coverage, bool accept_missing, const Signature& by);

// A new one. ask_person: those of check_coverage, "release-empty" (nothing fits the filter),
// "caps-malformed".
Result<ReleaseBatch> begin_release(sync::Id id, ReleaseFilter filter, ReleaseCaps caps, Signature by,
                                   const Preview& seen, const ListCoverage& coverage, bool accept_missing);

namespace event {
struct ReleaseHeld {
  Signature by;
};
struct ReleaseGoesOn {
  Signature by;
};
struct ReleaseStopped {
  Signature by;
};
struct ContingencyReturned {};  // for its scope: it holds by itself, and goes on only when somebody says so
struct CaseHandedOut {};
struct CaseBack {};  // its claim is over, however it ended
struct ReleaseTime {};
}  // namespace event
using ReleaseEvent =
    std::variant<event::ReleaseHeld, event::ReleaseGoesOn, event::ReleaseStopped, event::ContingencyReturned,
                 event::CaseHandedOut, event::CaseBack, event::ReleaseTime>;

// The batch after the event. ask_person: "release-over", "release-not-held", "release-held".
Result<ReleaseBatch> step(ReleaseBatch batch, const ReleaseEvent& event, std::int64_t now_ms);

// Whether both could hand out one case: one at a time, so that the pace that was previewed is the pace of the floor.
bool meet(const ReleaseFilter& a, const ReleaseFilter& b);
// It has ended, or its time is over whoever writes that down.
bool is_over(const ReleaseBatch& batch, std::int64_t now_ms);

// How many more cases it may hand out at this moment; 0 unless it runs.
std::uint64_t allowance(const ReleaseBatch& batch, std::int64_t now_ms);

}  // namespace holdline::contingency
