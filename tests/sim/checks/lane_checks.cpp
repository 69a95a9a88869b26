#include "tests/sim/checks/lane_checks.hpp"

#include <algorithm>
#include <map>

#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

std::string described(const hub::LaneKey& lane, std::uint64_t number) {
  return "device " + lane.device.text() + ", " + std::to_string(lane.lane) + "/" + std::to_string(number);
}

bool has_taken_effect(const Stage& stage, const hub::LaneKey& lane, const sync::ActionRef& ref) {
  const auto& results = stage.history.results(lane.device);
  const auto last = std::find_if(results.rbegin(), results.rend(), [&](const sync::ActionResult& result) {
    return result.incarnation == lane.incarnation && sync::ActionRef{result.lane, result.number} == ref;
  });
  return last != results.rend() && took_effect(last->verdict);
}

}  // namespace

void order_is_kept(const Stage& stage) {
  for (const hub::Device& device : stage.setting.devices) {
    std::map<hub::LaneKey, std::uint64_t> last;
    for (const sync::ActionResult& result : stage.history.results(device.id)) {
      const hub::LaneKey lane{device.id, result.incarnation, result.lane};
      std::uint64_t& before = last[lane];
      if (result.number <= before) continue;  // the second result of one that had waited
      if (result.number != before + 1)
        throw Violation("the order of a lane is kept",
                        described(lane, result.number) + " was taken after " + std::to_string(before));
      before = result.number;
    }
  }
}

void parked_only_by_what_it_names(const Stage& stage, HubNode& hub) {
  const auto reader = must_read(hub.ledger().reader(), "opening");
  for (const hub::HeldAction& waiting : must_read(reader->held(hub::HeldState::waiting, endless), "held")) {
    const auto wrong = [&](const char* what) {
      return Violation("an action waits only for what it names", described(waiting.lane, waiting.stored.number) + what);
    };
    const auto header = sync::read_header(waiting.stored.header);
    if (!header) throw wrong(" cannot be read");
    if (waiting.missing.empty()) throw wrong(" waits for nothing");
    for (const sync::ActionRef& ref : waiting.missing) {
      if (!std::ranges::binary_search(header->depends_on, ref)) throw wrong(" waits for what it does not name");
      if (has_taken_effect(stage, waiting.lane, ref)) throw wrong(" waits for what has taken effect");
    }
  }
}

}  // namespace holdline::sim
