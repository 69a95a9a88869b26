#include "tests/sim/checks/turns.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "sync/action/rights.hpp"
#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

bool was_disabled(const SeatAccess& seat, const Offer& offer) {
  return seat.disabled && offer.corrected_ms >= seat.disabled_ms;
}

// Why intake has to refuse the action; empty: it has not.
std::string_view refusal_of(const SeatAccess& seat, const Offer& offer, sync::CollectionNo conflicts) {
  if (was_disabled(seat, offer)) return "person-disabled";
  const auto& ops = offer.action.ops;
  if (!std::ranges::all_of(ops, [&](const sync::Op& op) { return sync::is_within(op.scope, seat.held); }))
    return "scope-refused";
  for (const sync::Op& op : ops) {
    if (!sync::is_within(op.scope, seat.writes)) return "scope-refused";
    if (seat.role == "it" || (seat.role == "agent" && op.record.collection == conflicts)) return "role-refused";
  }
  return {};
}

// The result stream of one workstation, entry by entry.
class Stream {
 public:
  Stream(const AccessLog& access, const sync::Id& device, sync::CollectionNo conflicts, std::uint32_t first_version)
      : access_(access), device_(device), conflicts_(conflicts), first_version_(first_version) {}

  const SeatAccess& seat(const sync::ActionResult& result) const {
    return access_.when(device_, result.entry)[access_.seat_of(device_)];
  }

  // Whether the action had its turn with this entry.
  bool has_turn(const sync::ActionResult& result, const Offer& offer, DeedNo no) {
    const bool turn = judge(result, offer, no, token_of(no) + ", entry " + std::to_string(result.entry) + ",");
    last_[key_of(result)] = &result;
    if (took_effect(result.verdict)) effects_.try_emplace(no, &result);
    return turn;
  }

 private:
  using Key = std::pair<sync::Id, sync::ActionRef>;  // incarnation and place there

  static Key key_of(const sync::ActionResult& result) { return {result.incarnation, {result.lane, result.number}}; }

  // In the order in which intake asks.
  bool judge(const sync::ActionResult& result, const Offer& offer, DeedNo no, const std::string& who) const {
    if (const auto effect = effects_.find(no); effect != effects_.end()) {
      same_as_first(result, *effect->second, who);
      return false;
    }
    if (seat(result).revoked) throw Violation("a revoked workstation is told nothing", who + " was taken");
    if (result.verdict == sync::Verdict::waiting && result.code == "unknown-schema") {
      if (offer.action.header.schema == first_version_)
        throw Violation("only what is of a version that is not known waits for it", who + " waits");
      return false;
    }
    if (const auto refusal = refusal_of(seat(result), offer, conflicts_); !refusal.empty()) {
      if (result.verdict != sync::Verdict::quarantined || result.code != refusal)
        throw Violation("who may not do it is refused",
                        who + " was told '" + result.code + "' instead of '" + std::string(refusal) + "'");
      return false;
    }
    if (!names_are_settled(result, offer, who)) {
      if (result.verdict != sync::Verdict::waiting || result.code != "waiting")
        throw Violation("nothing takes effect before what it names", who + " was not told to wait");
      if (last_.contains(key_of(result)))
        throw Violation("an action waits only for what it names", who + " was told to wait a second time");
      return false;
    }
    if (result.verdict == sync::Verdict::waiting)
      throw Violation("an action waits only for what it names", who + " waits, and all it names has taken effect");
    return true;
  }

  // The copy of an action that took effect is answered with what that came to, and never held any more.
  static void same_as_first(const sync::ActionResult& result, const sync::ActionResult& first, const std::string& who) {
    if (result.at != first.at)
      throw Violation("an effect happens once",
                      who + " has another place than its copy, entry " + std::to_string(first.entry));
    if (result.verdict != first.verdict || result.conflicts != first.conflicts || result.code != first.code ||
        result.text != first.text)
      throw Violation("copies of an action have one fate",
                      who + " is told otherwise than its copy, entry " + std::to_string(first.entry));
  }

  bool names_are_settled(const sync::ActionResult& result, const Offer& offer, const std::string& who) const {
    for (const sync::ActionRef& ref : offer.action.header.depends_on) {
      const auto named = last_.find({result.incarnation, ref});
      if (named == last_.end() || !took_effect(named->second->verdict)) return false;
      if (named->second->at.cn > result.at.cn)
        throw Violation("nothing takes effect before what it names", who + " stands earlier in the feed");
    }
    return true;
  }

  const AccessLog& access_;
  const sync::Id& device_;
  const sync::CollectionNo conflicts_;
  const std::uint32_t first_version_;  // known to every hub
  std::map<Key, const sync::ActionResult*> last_;
  std::map<DeedNo, const sync::ActionResult*> effects_;  // the first of each
};

}  // namespace

std::vector<Turn> turns(const Setting& setting, const Offers& offers, const LedgerHistory& history,
                        const AccessLog& access, const Deeds& deeds) {
  std::vector<Turn> all;
  for (std::size_t seat = 0; seat < setting.devices.size(); ++seat) {
    const sync::Id& device = setting.devices[seat].id;
    Stream stream(access, device, setting.schema.collection("conflict")->no, setting.versions.front()->version());
    for (const sync::ActionResult& result : history.results(device)) {
      const ActionPlace place{device, result.incarnation, {result.lane, result.number}};
      const DeedNo no = deeds.places().at(place);
      const Offer& offer = offers.at(place, no);
      if (stream.has_turn(result, offer, no)) all.push_back({&offer, &result, stream.seat(result).disabled});
    }
  }
  std::ranges::stable_sort(all, {}, [](const Turn& turn) { return turn.result->at.cn; });
  return all;
}

}  // namespace holdline::sim
