#include "sync/session/upload.hpp"

#include <algorithm>

#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace {

constexpr Lane first_bulk_lane = 2;
constexpr std::size_t urgent_in_flight = 1;  // per urgent lane
constexpr std::size_t bulk_in_flight = 2;    // over all bulk lanes: one is on the way while the hub commits the other

}  // namespace

void Upload::begin(const std::array<LaneAck, lane_count>& hub) {
  in_flight_.clear();
  for (Lane lane = 0; lane < lane_count; ++lane) {
    acked_[lane] = sent_[lane] = hub[lane].number;
    credit_[lane] = hub[lane].credit;
  }
}

bool Upload::may_start(Lane lane) const {
  const auto count = [&](auto&& wanted) { return static_cast<std::size_t>(std::ranges::count_if(in_flight_, wanted)); };
  if (lane < first_bulk_lane) return count([&](const InFlight& f) { return f.lane == lane; }) < urgent_in_flight;
  return count([](const InFlight& f) { return f.lane >= first_bulk_lane; }) < bulk_in_flight;
}

std::optional<Upload::PushRequest> Upload::next() const {
  for (Lane lane = 0; lane < lane_count; ++lane) {
    if (sent_[lane] >= tips_[lane] || !may_start(lane)) continue;
    const std::uint64_t in_flight = sent_[lane] - acked_[lane];
    if (in_flight >= credit_[lane]) continue;
    const std::uint64_t room = std::min<std::uint64_t>(credit_[lane] - in_flight, limits::actions_per_push);
    return PushRequest{lane, sent_[lane], static_cast<std::size_t>(std::min(room, tips_[lane] - sent_[lane]))};
  }
  return std::nullopt;
}

void Upload::sent(Lane lane, std::uint64_t from, std::uint64_t to) {
  in_flight_.push_back({lane, from, to, acked_[lane]});
  sent_[lane] = std::max(sent_[lane], to);
}

void Upload::complete(Lane lane, std::uint64_t from) {
  std::erase_if(in_flight_, [&](const InFlight& f) { return f.lane == lane && f.from == from; });
}

void Upload::acknowledged(Lane lane, std::uint64_t from, std::uint64_t to) {
  complete(lane, from);
  acked_[lane] = std::max(acked_[lane], to);
  sent_[lane] = std::max(sent_[lane], acked_[lane]);
}

bool Upload::gap(Lane lane, std::uint64_t from, std::uint64_t expected) {
  const bool went_back = std::ranges::any_of(
      in_flight_, [&](const InFlight& f) { return f.lane == lane && f.from == from && expected <= f.acked; });
  complete(lane, from);
  // Before a batch there is no gap that begins with it or behind it: sending on from there would send again what is in
  // flight, or leave the batch out for good.
  if (went_back || expected >= from) return false;
  // A push in flight that covers `expected` will fill the gap; only what lies after the last of those goes again.
  std::uint64_t resume = std::max(acked_[lane], expected == 0 ? 0 : expected - 1);
  for (bool grew = true; grew;) {
    grew = false;
    for (const InFlight& f : in_flight_)
      if (f.lane == lane && f.from <= resume + 1 && f.to > resume) resume = f.to, grew = true;
  }
  sent_[lane] = std::min(sent_[lane], resume);
  return true;
}

bool Upload::drained() const {
  if (!in_flight_.empty()) return false;
  for (Lane lane = 0; lane < lane_count; ++lane)
    if (acked_[lane] < tips_[lane]) return false;
  return true;
}

}  // namespace holdline::sync
