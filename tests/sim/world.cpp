#include "tests/sim/world.hpp"

#include "tests/sim/checks/final_checks.hpp"

namespace holdline::sim {

namespace {

constexpr std::int64_t quiet_start_ms = 500;
constexpr std::int64_t min_chaos_ms = 15'000, max_chaos_ms = 60'000;
// Backoff ends after a minute at the latest, long polls after 25 s; a few of each must do.
constexpr std::int64_t patience_ms = 10 * 60'000;

}  // namespace

World::World(const Setting& setting, ChoiceSource& choices, bool verbose)
    : stage_(setting, Knobs::turned(Chance(choices).fork("knobs")), verbose),
      chance_(choices),
      size_(chance_.fork("size")),
      pace_(chance_.fork("pace")),
      hub_(stage_, chance_.fork("hub")),
      network_(stage_, hub_) {
  // Most worlds are small, where people meet more often.
  const auto agents = static_cast<std::size_t>(size_.percent(80) ? size_.between(2, 3) : size_.between(2, max_seats));
  for (std::size_t seat = 0; seat < agents; ++seat) add_machine(seat, nullptr);
  faults_ = std::make_unique<Faults>(
      stage_, hub_, workplaces_,
      [this](std::size_t seat, const support::FaultDisk::Image& disk) -> Workplace& {
        Workplace& clone = add_machine(seat, &disk);
        plan_work(clone);
        return clone;
      },
      chance_);
}

Workplace& World::add_machine(std::size_t seat, const support::FaultDisk::Image* disk) {
  const std::size_t machine = workplaces_.size();
  const std::size_t number = disk == nullptr ? machine : machine + max_seats;
  return workplaces_.emplace_back(stage_, network_, number, seat, chance_.fork("machine ", machine), disk);
}

void World::plan_work(Workplace& place) {
  stage_.timeline.in(place.pace.between(200, 4'000), [this, &place] {
    if (!chaos_) return;
    place.user.work();
    plan_work(place);
  });
}

void World::plan_fault() {
  stage_.timeline.in(pace_.between(200, 3'600), [this] {
    if (!chaos_) return;
    faults_->strike();
    plan_fault();
  });
}

void World::run() {
  // Also when a promise does not hold: a failure tells its faults.
  const struct AtTheEnd {
    ~AtTheEnd() { faults.count_what_struck(); }
    Faults& faults;
  } at_the_end{*faults_};
  for (Workplace& place : workplaces_) plan_work(place);
  stage_.timeline.in(quiet_start_ms, [this] { plan_fault(); });
  const std::int64_t until = size_.between(min_chaos_ms, max_chaos_ms);
  while (stage_.timeline.step(until)) {
  }
  chaos_ = false;
  faults_->heal();
  come_to_rest();  // also where workstations may not hold everything
  faults_->widen();
  come_to_rest();
  // A damaged page that nobody has read since is found now.
  for (Workplace& place : workplaces_)
    if (place.node.is_up()) place.node.act([&place] { place.node.verify(); });
  come_to_rest();
  check_world_at_rest(stage_, hub_, workplaces_);
  count_events();
}

void World::come_to_rest() {
  const std::int64_t deadline = stage_.timeline.now_ms() + patience_ms;
  std::string why_not;
  while (!is_at_rest(why_not)) {
    if (stage_.timeline.now_ms() >= deadline) throw Violation("a mended world comes to rest", why_not);
    // A planned step at a time; at the deadline the clock stands there.
    if (!stage_.timeline.step(deadline)) continue;
  }
  stage_.trace.line("world", "is at rest");
}

bool World::is_at_rest(std::string& why_not) {
  if (!hub_.is_up()) return why_not = "the hub is down", false;
  if (!faults_->access_is_mended()) return why_not = "not everybody has their rights back", false;
  for (Workplace& place : workplaces_) {
    AgentNode& node = place.node;
    if (node.has_left()) continue;
    if (!node.is_up()) return why_not = node.name() + " is down", false;
    const agent::SyncStatus& status = node.engine().status();
    if (!status.settled) {
      why_not = node.name() + " is " + std::string(sync::name_of(status.state));
      if (status.last_error) why_not += " after " + status.last_error->code + ": " + status.last_error->message;
      return false;
    }
    // What the hub told may all be known although the file cannot be read for the moment.
    const agent::OutboxStatus outbox = node.outbox().status();
    if (outbox.health != agent::OutboxHealth::writable)
      return why_not = node.name() + "'s outbox is read-only: " + outbox.advice, false;
    if (node.schema().hash() != hub_.ledger().schema().hash())
      return why_not = node.name() + " has another version of the schema", false;
    if (place.replica.is_rotten()) return why_not = node.name() + "'s replica was not mended", false;
    if (node.replica().position().grants != stage_.access.grants(node.seat()))
      return why_not = node.name() + "'s replica is of other scopes", false;
    if (node.lets_in() != stage_.access.lets_in(node.seat()) || node.roster_mark() != status.roster)
      return why_not = node.name() + " does not know whether its person may work", false;
    if (node.replica().position().cursor != stage_.history.head())
      return why_not = node.name() + "'s replica is behind", false;
    if (node.outbox().results_cursor() != stage_.history.results(node.device()).size())
      return why_not = node.name() + " has not heard of all results", false;
  }
  return true;
}

void World::count_events() {
  for (const hub::Device& device : stage_.setting.devices)
    for (const sync::ActionResult& result : stage_.history.results(device.id)) {
      if (result.verdict == sync::Verdict::merged) stage_.count("merge of disjoint edits");
      if (result.verdict == sync::Verdict::conflict) stage_.count("conflict opened");
      if (result.verdict == sync::Verdict::quarantined) stage_.count("refused: " + result.code);
      if (result.verdict == sync::Verdict::waiting)
        stage_.count(result.code == "unknown-schema" ? "waited for a version of the schema"
                                                     : "waited for an earlier action");
      if (result.code == "made-before-disabling") stage_.count("unsent work of a disabled person took effect");
    }
}

}  // namespace holdline::sim
