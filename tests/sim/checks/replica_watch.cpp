#include "tests/sim/checks/replica_watch.hpp"

#include <utility>

#include "sync/action/rights.hpp"
#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

bool equals_part(const Fingerprint& replica, const Fingerprint& ledger, const std::vector<std::string>& scopes) {
  if (scopes.size() == all_scopes.size()) return replica == ledger;
  Fingerprint part = ledger;
  std::erase_if(part, [&](const auto& root) { return !sync::is_within(root.first.scope, scopes); });
  return replica == part;
}

}  // namespace

void ReplicaWatch::stepped() {
  const agent::ReplicaPosition position = node_.replica().position();
  const bool set_back = setbacks_ != node_.setbacks();
  // A process that died may have left rows without the place that they belong to.
  const bool started = life_ != node_.life();
  const bool same_place = position.epoch == seen_.epoch && position.cursor == seen_.cursor;
  if (same_place && position.grants == seen_.grants && !set_back && !started && !rotten_) return;
  if (!set_back) check_place(position);
  // What took its last cuts away took the repair as well.
  const bool unmended = set_back && !position.epoch.is_nil() && position.epoch == mended_.epoch &&
                        position.cursor.cn <= mended_.cursor.cn;
  rotten_ = rotten_ || unmended;
  check_state(position);
  if (unmended && rotten_) stage_.count("repair lost with what was set back");
  seen_ = position;
  setbacks_ = node_.setbacks();
  life_ = node_.life();
}

void ReplicaWatch::check_place(const agent::ReplicaPosition& position) {
  if (position.epoch.is_nil() && !seen_.epoch.is_nil()) return;  // given up, to be fetched again
  if (position.epoch != seen_.epoch || position.cursor.cn >= seen_.cursor.cn) return;
  // Other scopes are another replica, which begins with a copy that the hub may have made earlier.
  if (position.grants != seen_.grants) return stage_.count("replica of other scopes began further back");
  if (!stage_.history.holds(seen_.cursor)) return;  // the hub was put back, and did not notice
  throw Violation(
      "a cursor never goes back within an epoch",
      node_.name() + " went from " + std::to_string(seen_.cursor.cn) + " to " + std::to_string(position.cursor.cn));
}

void ReplicaWatch::check_state(const agent::ReplicaPosition& position) {
  if (position.epoch.is_nil()) return;
  const Fingerprint* ledger = stage_.history.at(position.cursor);
  if (ledger == nullptr)
    throw Violation("a replica stands where the ledger stood",
                    node_.name() + " is at " + std::to_string(position.cursor.cn));
  if (!stage_.history.was_head(position.cursor)) stage_.count("replica stood between two heads");
  const auto& held = stage_.access.held_for(node_.seat(), position.grants);
  if (held.size() < all_scopes.size()) stage_.count("replica of some of its scopes");
  const bool equal = equals_part(fingerprints_.of(node_.replica().digests().all()), *ledger, held);
  if (equal && std::exchange(rotten_, false)) mended_ = position;
  if (!equal && !rotten_)
    throw Violation("after every cut a replica equals the ledger at that place",
                    node_.name() + " differs at " + std::to_string(position.cursor.cn));
}

bool ReplicaWatch::rot(Chance& chance) {
  const auto& digests = node_.replica().digests().all();
  if (digests.empty() || node_.replica().position().epoch.is_nil()) return false;
  auto key = digests.begin();
  std::advance(key, static_cast<std::ptrdiff_t>(chance.below(digests.size())));
  for (std::size_t i = 0, first = chance.below(sync::leaf_count); i < sync::leaf_count; ++i) {
    const std::size_t leaf = (first + i) % sync::leaf_count;
    if (key->second[leaf] == sync::Sum{}) continue;
    rotten_ = true;
    const sync::DigestKey damaged = key->first;
    return node_.replica().repair(damaged, static_cast<std::uint8_t>(leaf), {}).has_value();
  }
  return false;
}

}  // namespace holdline::sim
