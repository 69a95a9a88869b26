#include "contingency/callbacks/release/release.hpp"

#include <algorithm>
#include <array>

#include "contingency/incident/incidents.hpp"
#include "contingency/incident/signed_by.hpp"

namespace holdline::contingency {

namespace {

constexpr std::int64_t release_minute_ms = 60'000;

Error refused(std::string code, std::string text) { return {ErrorKind::ask_person, std::move(code), std::move(text)}; }

std::int64_t running_ms(const ReleaseBatch& batch, std::int64_t now_ms) {
  const bool runs = batch.state == ReleaseState::running;
  return batch.ran_ms + (runs ? std::max<std::int64_t>(0, now_ms - batch.since_ms) : 0);
}

void change(ReleaseBatch& batch, ReleaseState to, Signature by, std::int64_t now_ms) {
  batch.ran_ms = running_ms(batch, now_ms);
  batch.state = to;
  batch.since_ms = now_ms;
  batch.changed = std::move(by);
  batch.changed.at_ms = now_ms;
}

struct Stepping {
  ReleaseBatch& batch;
  std::int64_t now_ms;

  // Of two who decide at once the second is told what the first one decided.
  Result<void> to(ReleaseState from, ReleaseState into, const Signature& by) const {
    const std::string who = signed_by(batch.changed);
    if (batch.state == ReleaseState::stopped)
      return tl::unexpected(refused("release-over", "Begin another one: this release was ended by " + who));
    if (batch.state != from)
      return tl::unexpected(from == ReleaseState::held
                                ? refused("release-not-held", "This release runs already, let on by " + who)
                                : refused("release-held", "This release is held already, by " + who));
    change(batch, into, by, now_ms);
    return {};
  }
  Result<void> operator()(const event::ReleaseHeld& held) const {
    return to(ReleaseState::running, ReleaseState::held, held.by);
  }
  Result<void> operator()(const event::ReleaseGoesOn& on) const {
    return to(ReleaseState::held, ReleaseState::running, on.by);
  }
  Result<void> operator()(const event::ReleaseStopped& stopped) const {
    return to(batch.state, ReleaseState::stopped, stopped.by);
  }
  Result<void> operator()(event::ContingencyReturned) const {
    if (batch.state == ReleaseState::running)
      change(batch, ReleaseState::held, {"machine", by_machine, "contingency has returned", now_ms}, now_ms);
    return {};
  }
  Result<void> operator()(event::CaseHandedOut) const {
    ++batch.handed_out;
    ++batch.open;
    return {};
  }
  Result<void> operator()(event::CaseBack) const {
    if (batch.open != 0) --batch.open;
    return {};
  }
  Result<void> operator()(event::ReleaseTime) const {
    if (batch.state != ReleaseState::stopped && now_ms - batch.by.at_ms >= batch.caps.lasts_ms)
      change(batch, ReleaseState::stopped, {"machine", by_machine, "its time is over", now_ms}, now_ms);
    return {};
  }
};

}  // namespace

std::string_view name_of(ReleaseState state) {
  constexpr std::array<std::string_view, 3> names{"running", "held", "stopped"};
  return names[static_cast<std::size_t>(state)];
}

Result<void> check_coverage(const ListCoverage& coverage, bool accept_missing, const Signature& by) {
  if (!coverage.outstanding.empty() && !accept_missing)
    return fail(ErrorKind::ask_person, "workstations-outstanding",
                std::to_string(coverage.outstanding.size()) + " workstations have not told everything; about " +
                    std::to_string(coverage.may_be_missing) +
                    " requests may be missing. Wait for them, or release all the same and say why.");
  if (!coverage.outstanding.empty() && by.reason.empty())
    return fail(ErrorKind::ask_person, "reason-missing", "Say why the list is released before it is complete.");
  return {};
}

Result<ReleaseBatch> begin_release(sync::Id id, ReleaseFilter filter, ReleaseCaps caps, Signature by,
                                   const Preview& seen, const ListCoverage& coverage, bool accept_missing) {
  const auto share = [](std::uint32_t percent) { return percent >= 1 && percent <= 100; };
  if (caps.per_agent == 0 || caps.per_minute == 0 || caps.ramp_percent.empty() || caps.ramp_step_ms < 0 ||
      caps.lasts_ms <= 0 || !std::ranges::all_of(caps.ramp_percent, share))
    return fail(ErrorKind::ask_person, "caps-malformed",
                "Give a pace and a number for each agent of at least 1, and a ramp in percent like 10,30,100.");
  if (seen.now + seen.scheduled == 0)
    return fail(ErrorKind::ask_person, "release-empty",
                "Nothing of this list may be called. The preview says why not.");
  HOLDLINE_TRY(check_coverage(coverage, accept_missing, by));
  ReleaseBatch batch;
  batch.id = id;
  batch.filter = std::move(filter);
  batch.caps = std::move(caps);
  batch.since_ms = by.at_ms;
  batch.changed = by;
  batch.by = std::move(by);
  return batch;
}

Result<ReleaseBatch> step(ReleaseBatch batch, const ReleaseEvent& event, std::int64_t now_ms) {
  HOLDLINE_TRY(std::visit(Stepping{batch, now_ms}, event));
  return batch;
}

bool meet(const ReleaseFilter& a, const ReleaseFilter& b) {
  const auto overlap = [](const std::vector<std::string>& one, const std::vector<std::string>& other) {
    return one.empty() || other.empty() || std::ranges::any_of(one, [&](const std::string& text) {
             return std::ranges::find(other, text) != other.end();
           });
  };
  return (scope_holds(a.scope, b.scope) || scope_holds(b.scope, a.scope)) && overlap(a.reasons, b.reasons) &&
         overlap(a.zones, b.zones) && overlap(a.languages, b.languages) && (a.purposes & b.purposes) != 0;
}

bool is_over(const ReleaseBatch& batch, std::int64_t now_ms) {
  return batch.state == ReleaseState::stopped || now_ms - batch.by.at_ms >= batch.caps.lasts_ms;
}

// As many as the pace allows for the time that it ran, each part of it at its share. Held time does not count, so that
// nothing gathers meanwhile.
std::uint64_t allowance(const ReleaseBatch& batch, std::int64_t now_ms) {
  if (batch.state != ReleaseState::running || is_over(batch, now_ms)) return 0;
  std::int64_t left = running_ms(batch, now_ms), weighted = 0;
  for (std::size_t step = 0; step < batch.caps.ramp_percent.size() && left > 0; ++step) {
    const bool last = step + 1 == batch.caps.ramp_percent.size();
    const std::int64_t part = last ? left : std::min(left, batch.caps.ramp_step_ms);
    weighted += part * batch.caps.ramp_percent[step];
    left -= part;
  }
  // The first one at once: a list of three is not to wait for ten minutes.
  const auto allowed = 1 + static_cast<std::uint64_t>(weighted) * batch.caps.per_minute /
                               static_cast<std::uint64_t>(100 * release_minute_ms);
  std::uint64_t more = allowed > batch.handed_out ? allowed - batch.handed_out : 0;
  if (batch.caps.open_most != 0)
    more =
        std::min<std::uint64_t>(more, batch.caps.open_most - std::min<std::uint64_t>(batch.open, batch.caps.open_most));
  return more;
}

}  // namespace holdline::contingency
