// Scenarios of an outage in virtual time: real stores, real hub, and the watch over the link as the daemon has it.
#include <gtest/gtest.h>

#include <deque>

#include "agent/link/link_watch.hpp"
#include "sync/session/probe.hpp"
#include "tests/sim/checks/final_checks.hpp"

namespace holdline::sim {
namespace {

constexpr std::int64_t second = 1'000, minute = 60'000;

// A machine's link, watched over its own line.
class Watched {
 public:
  Watched(Stage& stage, Network& network, AgentNode& node, const Chance& chance)
      : stage_(stage),
        network_(network),
        node_(node),
        wires_(chance.fork("probe wire")),
        entropy_(chance.fork("probe entropy")),
        watch_({}, {}, node.clock(), entropy_, events()) {
    node.exchanged = [this](const agent::Exchange& exchange) { watch_.exchanged(exchange); };
    look();
  }

  int changes = 0;  // that a person sees
  const agent::LinkWatch& watch() const { return watch_; }

 private:
  agent::LinkWatch::Events events() {
    agent::LinkWatch::Events events;
    events.ask = [this](bool write) { ask(write); };
    events.ask_network = [] {};
    events.changed = [this](const contingency::LinkTransition&, contingency::Cause) { ++changes; };
    events.takes_writes_again = [this] { node_.act([this] { node_.sync_now(); }); };
    return events;
  }
  void look() {
    const std::int64_t next_ms = watch_.look();
    stage_.timeline.in(next_ms - node_.clock().now().boot_ms, [this] { look(); });
  }
  void ask(bool write) {
    const auto answer = std::make_shared<agent::LinkWatch::Answer>(
        agent::LinkWatch::Answer{write, Error{ErrorKind::retry_later, "timeout", "No answer in time."}, 0, {}, 0});
    const std::int64_t asked_ms = stage_.timeline.now_ms();
    const auto told = [this, answer, asked_ms, once = std::make_shared<bool>(false)] {
      if (std::exchange(*once, true)) return;
      answer->took_ms = stage_.timeline.now_ms() - asked_ms;
      watch_.answered(*answer);
    };
    network_.request(node_.line(), wires_.fork("", ++asked_), node_.device(), std::string(sync::path::probe),
                     sync::encode_json(sync::Probe{write}), [answer, told](Result<agent::TransportAnswer> arrived) {
                       if (arrived) {
                         answer->none.reset();
                         answer->status = arrived->status;
                         answer->body = std::move(arrived->body);
                       }
                       told();
                     });
    stage_.timeline.in(contingency::ProbeOptions{}.timeout_ms, told);
  }

  Stage& stage_;
  Network& network_;
  AgentNode& node_;
  Chance wires_;
  SeededEntropy entropy_;
  std::uint64_t asked_ = 0;
  agent::LinkWatch watch_;
};

class Scenario : public ::testing::Test {
 protected:
  Scenario() {
    for (std::size_t seat = 0; seat < 2; ++seat)
      work(places_.emplace_back(stage_, network_, seat, seat, chance_.fork("machine ", seat)));
  }
  void work(Workplace& place) {
    stage_.timeline.in(place.pace.between(5 * second, 40 * second), [this, &place] {
      if (!people_work_) return;
      place.user.work();
      work(place);
    });
  }
  void run(std::int64_t until_ms) {
    while (stage_.timeline.step(until_ms)) {
    }
  }
  // Whatever was acknowledged is at the hub once, and at every desk.
  void expect_nothing_lost_or_doubled() {
    people_work_ = false;
    run(stage_.timeline.now_ms() + 3 * minute);
    for (Workplace& place : places_) EXPECT_TRUE(place.node.engine().status().settled) << place.node.name();
    EXPECT_NO_THROW(check_world_at_rest(stage_, hub_, places_));
    EXPECT_GT(stage_.counters["actions acknowledged"], 50U);
  }

  const Setting setting_;
  ChoiceSource choices_{3};
  Chance chance_{choices_};
  Stage stage_{setting_, Knobs{}, false};
  HubNode hub_{stage_, chance_.fork("hub")};
  Network network_{stage_, hub_};
  std::deque<Workplace> places_;
  bool people_work_ = true;
};

// Six people take an entry every 24 s each while the centre is dead for twenty minutes: 300 and more. One PC loses
// power in the middle of a change, another's clock is three hours off.
TEST_F(Scenario, A1AShiftOfSixWithTheCentreDeadArrivesOnceThroughAPowerCutAndAClockThreeHoursOff) {
  people_work_ = false;
  for (std::size_t seat = 2; seat < 6; ++seat)
    places_.emplace_back(stage_, network_, seat, seat, chance_.fork("machine ", seat));
  run(2 * minute);
  hub_.die(support::PowerLoss::none, 22 * minute);
  const auto before = stage_.counters["actions acknowledged"];
  places_[2].node.clock().jump(3 * 60 * minute);
  for (int turn = 0; turn < 54; ++turn) {
    if (turn == 20) places_[1].node.disk().cut_power_at(3);
    for (Workplace& place : places_) place.user.take_entry();
    run(2 * minute + (turn + 1) * 24 * second);
  }
  const auto taken = stage_.counters["actions acknowledged"] - before;
  EXPECT_GE(taken, 300U);
  expect_nothing_lost_or_doubled();
  std::printf("6 workstations, 21 minutes without the centre: %zu entries acknowledged, all at the hub once\n", taken);
}

TEST_F(Scenario, A3TheLineThatFlapsEveryTwentySecondsForHalfAnHourChangesTheStripThreeTimesAtMost) {
  Workplace& place = places_.front();
  Watched desk(stage_, network_, place.node, chance_.fork("watch"));
  run(2 * minute);
  ASSERT_EQ(desk.watch().shown().status.state, contingency::LinkState::online);
  const int before = desk.changes;
  for (int turn = 0; turn < 90; ++turn) {
    place.node.line().up_cut = place.node.line().down_cut = turn % 2 == 0;
    run(2 * minute + (turn + 1) * 20 * second);
  }
  EXPECT_GE(desk.changes - before, 1);
  EXPECT_LE(desk.changes - before, 3);
  std::printf("30 minutes, 45 interruptions: %d visible changes, %zu entries acknowledged\n", desk.changes - before,
              stage_.counters["actions acknowledged"]);
  place.node.line().up_cut = place.node.line().down_cut = false;
  expect_nothing_lost_or_doubled();
  EXPECT_TRUE(desk.watch().shown().status.takes_writes) << "whatever the strip still says";
}

}  // namespace
}  // namespace holdline::sim
