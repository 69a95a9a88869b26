#include "tests/sim/checks/turns.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

bool may_write(const Setting::Person& person, const sync::Action& action) {
  return std::ranges::all_of(action.ops, [&](const sync::Op& op) {
    return std::ranges::find(person.scopes, op.scope) != person.scopes.end();
  });
}

// The result stream of one workstation, entry by entry.
class Stream {
 public:
  explicit Stream(const Setting::Person& person) : person_(person) {}

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
    if (!may_write(person_, offer.action)) {
      if (result.verdict != sync::Verdict::quarantined || result.code != "scope-refused")
        throw Violation("who may not write there is refused", who + " was not refused for its scope");
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

  const Setting::Person& person_;
  std::map<Key, const sync::ActionResult*> last_;
  std::map<DeedNo, const sync::ActionResult*> effects_;  // the first of each
};

}  // namespace

std::vector<Turn> turns(const Setting& setting, const Offers& offers, const LedgerHistory& history,
                        const Deeds& deeds) {
  std::vector<Turn> all;
  for (std::size_t seat = 0; seat < setting.devices.size(); ++seat) {
    const sync::Id& device = setting.devices[seat].id;
    Stream stream(setting.people[seat]);
    for (const sync::ActionResult& result : history.results(device)) {
      const ActionPlace place{device, result.incarnation, {result.lane, result.number}};
      const DeedNo no = deeds.places().at(place);
      const Offer& offer = offers.at(place, no);
      if (stream.has_turn(result, offer, no)) all.push_back({&offer, &result});
    }
  }
  std::ranges::stable_sort(all, {}, [](const Turn& turn) { return turn.result->at.cn; });
  return all;
}

}  // namespace holdline::sim
