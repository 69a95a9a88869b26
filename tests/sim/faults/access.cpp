// What the hub's administrator takes away from a person or a workstation for a while: before or after what they did
// came to the hub, in the middle of it, or at a hub that was just put back and does not know what was taken away since.
#include "tests/sim/faults/faults.hpp"

namespace holdline::sim {

namespace {

constexpr std::int64_t try_again_ms = 500;

std::vector<std::string> one_of_two(std::uint64_t which) { return {which == 0 ? north : south}; }

}  // namespace

void Faults::disable_person() {
  change_access("person disabled", [](SeatAccess& seat, bool) { seat.disabled = true; });
}

void Faults::revoke_device() {
  change_access("workstation revoked", [](SeatAccess& seat, bool) { seat.revoked = true; });
}

void Faults::narrow_device() {
  const auto first = one_of_two(chance_.below(2)), then = one_of_two(chance_.below(2));
  change_access("workstation's scopes narrowed",
                [=](SeatAccess& seat, bool again) { seat.held = again ? then : first; });
}

void Faults::narrow_person() {
  const auto first = one_of_two(chance_.below(2)), then = one_of_two(chance_.below(2));
  change_access("person's scopes narrowed", [=](SeatAccess& seat, bool again) { seat.writes = again ? then : first; });
}

void Faults::change_role() {
  const std::string role = chance_.one_in(4) ? "it" : "agent";
  change_access("person's role changed", [=](SeatAccess& seat, bool) { seat.role = role; });
}

void Faults::change_access(const std::string& kind, const Change& change) {
  enum { now, while_away, under_a_push, before_a_restore };
  Workplace& place = victim();
  const auto moment = chance_.below(4);
  const std::int64_t lasts_ms = soon(1'000, 40'000), first_ms = soon(500, 10'000);
  const auto decide = [=, this, &place](bool again) { take_away(kind, place, change, again, lasts_ms); };
  if (moment == while_away) {
    cut_off(place.node, first_ms + soon(500, 15'000));
    return stage_.timeline.in(first_ms, [=, this] {
      stage_.count("access changed while its workstation was away");
      decide(false);
    });
  }
  if (moment == under_a_push)
    return hub_.before_commit([=, this] {
      stage_.count("access changed while a push was under way");
      decide(false);
    });
  if (moment == before_a_restore && hub_.is_up()) {
    const std::int64_t down_ms = soon(500, 5'000);
    return forget_and_decide_again(hub_.copy(), down_ms, chance_.one_in(3), decide);
  }
  decide(false);
}

// The hub is put back to a moment before a change, and the administrator makes it again there, at once.
void Faults::forget_and_decide_again(const HubNode::Copy& copy, std::int64_t down_ms, bool with_mark,
                                     const std::function<void(bool again)>& decide) {
  constexpr std::int64_t heard_after_ms = 5'000;
  decide(false);
  stage_.timeline.in(heard_after_ms, [=, this, restores = restores_] {
    if (mended_ || !hub_.is_up() || restores != restores_) return;
    restore_to(copy, down_ms, with_mark);
    hub_.after_start([=, this] {
      stage_.count("access changed at a hub that was just restored");
      decide(true);
    });
  });
}

void Faults::take_away(const std::string& kind, Workplace& place, const Change& change, bool again,
                       std::int64_t for_ms) {
  const std::size_t seat = place.node.seat();
  SeatAccess wanted = stage_.access.now()[seat];
  change(wanted, again);
  if (mended_ || wanted == stage_.access.now()[seat]) return;
  if (hub_.administer(seat, wanted)) told(kind, place.node.name());
  stage_.timeline.in(for_ms, [this, seat] { give_back(seat); });
}

void Faults::give_back(std::size_t seat) {
  if (mended_) return;
  if (!hub_.administer(seat, stage_.access.at_first()[seat]))
    return stage_.timeline.in(try_again_ms, [this, seat] { give_back(seat); });
  stage_.count("access given back");
  stage_.trace.line("fault", "seat " + std::to_string(seat) + " has its access back");
}

void Faults::mend_access(bool scopes_too) {
  mending_ = false;
  for (std::size_t seat = 0; seat < stage_.access.at_first().size(); ++seat) {
    SeatAccess wanted = stage_.access.at_first()[seat];
    if (!scopes_too) wanted.held = stage_.access.now()[seat].held;
    if (wanted != stage_.access.now()[seat] && !hub_.administer(seat, wanted)) mending_ = true;
  }
  if (!mending_ && hub_.is_up()) return;
  mending_ = true;
  stage_.timeline.in(try_again_ms, [this, scopes_too] { mend_access(scopes_too); });
}

}  // namespace holdline::sim
