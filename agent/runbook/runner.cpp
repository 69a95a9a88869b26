#include "agent/runbook/runner.hpp"

#include <algorithm>

#include <boost/asio/io_context.hpp>

#include "contingency/incident/name.hpp"

namespace holdline::agent {

namespace {

using contingency::Holder;
using contingency::Journal;
using contingency::RunIncident;
using contingency::RunState;
using contingency::action::Perform;

// The longest without a look at what time alone moves; also how soon keeping is tried again.
constexpr std::int64_t look_again_ms = 1'000;

RunIncident run_incident(const contingency::Incident& incident) {
  return {incident.phase, incident.declared.drill, incident.confirmed, incident.steps.front().by};
}

}  // namespace

Words words_of(const contingency::Incident& incident) {
  std::string scopes;
  for (const std::string& scope : incident.declared.scopes) scopes += (scopes.empty() ? "" : ",") + scope;
  return {{"incident", contingency::incident_name(incident.declared.id)},
          {"scope", scopes},
          {"title", incident.declared.title},
          {"reason", incident.steps.front().by.reason}};
}

Runner::Runner(Parts parts, RunbookConfig config, std::string credentials_directory, std::function<Own()> own,
               Keep keep)
    : parts_(parts),
      config_(config),
      own_(std::move(own)),
      keep_(std::move(keep)),
      performer_({parts.io, parts.clock, parts.entropy}, std::move(config), std::move(credentials_directory)),
      timer_(parts.io) {}

void Runner::stop() {
  stopped_ = true;
  timer_.cancel();
  while (!held_.empty()) drop(held_.begin()->first);
}

contingency::Moment Runner::now() const {
  const sync::TimeReading reading = parts_.clock.now();
  return {reading.wall_ms, reading.boot_ms};
}

const KnownRun* Runner::known(const sync::Id& id) const {
  const auto found = known_ ? known_->runs.find(id) : std::map<sync::Id, KnownRun>::const_iterator();
  return known_ && found != known_->runs.end() ? &found->second : nullptr;
}

void Runner::know(std::shared_ptr<const KnownRuns> known) {
  if (stopped_) return;
  known_ = std::move(known);
  for (const auto& [id, run] : known_->runs) {
    known_since_.try_emplace(id, now().boot_ms);
    follow(id, run);
  }
  arm();
}

void Runner::follow(const sync::Id& id, const KnownRun& run) {
  if (const auto held = held_.find(id); held != held_.end()) {
    if (!held->second.holder.is_superseded(run.journal)) {
      const RunIncident incident = run_incident(run.incident);
      take(id, held->second.holder.hear(run.journal, &incident, now()));
      return look_where_due(id);
    }
    parts_.log.warning("run-taken-over", "another station holds this run now",
                       {{"station", run.journal.holder->station}});
    drop(id);
  }
  claim(id, run);
}

void Runner::claim(const sync::Id& id, const KnownRun& run) {
  const auto plan = known_->plan_of(run.journal);
  if (!config_.station || !plan) return;
  const Own own = own_();
  const RunIncident incident = run_incident(run.incident);
  if (!contingency::should_claim(run.journal, &incident, *plan, own.station, own.device,
                                 now().boot_ms - known_since_.at(id), config_.claims_after.count()))
    return;
  Holder::Step first;
  auto holder = Holder::claim(run.journal, &incident, plan, own.station, own.device, now(), first);
  if (!holder) return parts_.log.error(holder.error());
  parts_.log.warning("run-held", "this station performs the plan of an incident",
                     {{"incident", contingency::incident_short_name(id)}});
  held_.emplace(id, Held(*std::move(holder)));
  take(id, std::move(first));
}

void Runner::take(const sync::Id& id, Holder::Step step) {
  if (step.tell.empty() && step.act.empty()) return;
  held_.at(id).steps.push_back(std::move(step));
  keep_next(id);
}

// One after the other: nothing is performed before what led to it is durable.
void Runner::keep_next(const sync::Id& id) {
  const auto at = held_.find(id);
  const KnownRun* run = known(id);
  if (at == held_.end() || run == nullptr || at->second.keeping || at->second.steps.empty()) return;
  Held& held = at->second;
  if (held.steps.front().tell.empty()) {
    const auto step = std::move(held.steps.front());
    held.steps.pop_front();
    act(id, step.act);
    return keep_next(id);
  }
  std::vector<contingency::JournalEntry> entries;
  for (const contingency::Telling& telling : held.steps.front().tell)
    entries.push_back({parts_.entropy.id(), now().wall_ms, telling});
  held.keeping = true;
  keep_(run->incident, std::move(entries), [weak = weak_from_this(), id](const Result<void>& kept) {
    const auto self = weak.lock();
    const auto of = self ? self->held_.find(id) : std::map<sync::Id, Held>::iterator();
    if (!self || of == self->held_.end()) return;
    of->second.keeping = false;
    if (!kept) return self->parts_.log.error(kept.error());  // the timer tries again
    const auto step = std::move(of->second.steps.front());
    of->second.steps.pop_front();
    self->act(id, step.act);
    self->keep_next(id);
    self->arm();
  });
}

void Runner::act(const sync::Id& id, const contingency::RunActions& actions) {
  for (const contingency::RunAction& one : actions) {
    if (const auto* what = std::get_if<Perform>(&one)) perform(id, *what);
    if (const auto* over = std::get_if<contingency::action::Abort>(&one)) {
      performer_.abort(over->key);
      held_.at(id).keys.erase(over->key);
    }
  }
}

void Runner::perform(const sync::Id& id, const Perform& what) {
  const KnownRun* run = known(id);
  if (run == nullptr) return;
  Words words = words_of(run->incident);
  words["action"] = what.action;
  held_.at(id).keys.insert(what.key);
  parts_.log.info("action-performed", what.undo ? "an action of the plan is undone" : "an action of the plan is done",
                  {{"action", what.action}, {"try", what.attempt}});
  performer_.perform(what, words, [this, id, what](Performer::Outcome outcome) {
    const auto held = held_.find(id);
    if (held == held_.end()) return;
    held->second.keys.erase(what.key);
    take(id, held->second.holder.performed({what.action, what.key, what.fence, outcome.good, outcome.result}, now()));
    arm();
  });
}

void Runner::look_where_due(const sync::Id& id) {
  Held& held = held_.at(id);
  const std::int64_t now_ms = now().boot_ms;
  const KnownRun* run = known(id);
  for (const contingency::ActionRun& at : held.holder.runbook().actions()) {
    const contingency::PlanAction* action = held.holder.plan().action(at.action);
    const bool looks = at.state == RunState::ok && !action->does.check.empty() &&
                       action->does.check.front().every_ms != 0 && run != nullptr &&
                       (!run->incident.declared.drill || action->real_in_drill);
    if (!looks) {
      held.looks.erase(at.action);
      continue;
    }
    const std::int64_t every_ms = action->does.check.front().every_ms;
    const auto next = held.looks.try_emplace(at.action, now_ms + every_ms).first;
    if (now_ms < next->second) continue;
    next->second = now_ms + every_ms;
    Words words = words_of(run->incident);
    words["action"] = at.action;
    performer_.look(action->does, words, [this, id, name = at.action, round = at.round](std::optional<bool> switched) {
      looked(id, name, round, switched);
    });
  }
}

// What does not answer has not said that it forgot: it is asked again.
void Runner::looked(const sync::Id& id, const std::string& action, std::uint32_t round, std::optional<bool> switched) {
  const auto held = held_.find(id);
  if (held == held_.end() || switched != false) return;
  const auto& actions = held->second.holder.runbook().actions();
  const auto at = std::ranges::find(actions, action, &contingency::ActionRun::action);
  if (at == actions.end() || at->state != RunState::ok || at->round != round) return;
  parts_.log.warning("action-forgotten",
                     "what an action of the plan switched is not switched any more; it is done again",
                     {{"action", action}});
  take(id, held->second.holder.forgotten(action, now()));
  arm();
}

void Runner::drop(const sync::Id& id) {
  const auto held = held_.find(id);
  for (const std::string& key : held->second.keys) performer_.abort(key);
  held_.erase(held);
}

// While something is known that this station could have to do, it looks every second: that costs nothing beside it.
void Runner::arm() {
  if (stopped_ || !config_.station || !known_ || known_->runs.empty()) return;
  std::int64_t wait_ms = look_again_ms;
  const std::int64_t now_ms = now().boot_ms;
  for (const auto& [id, held] : held_)
    if (const auto due = held.holder.due_ms()) wait_ms = std::clamp<std::int64_t>(*due - now_ms, 1, wait_ms);
  timer_.expires_after(std::chrono::milliseconds(wait_ms));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
    const auto self = weak.lock();
    if (ended || !self || self->stopped_) return;
    for (const auto& [id, run] : self->known_->runs) {
      self->follow(id, run);
      self->keep_next(id);
    }
    self->arm();
  });
}

void Runner::rehearse(std::shared_ptr<const contingency::Plan> plan, Words words,
                      std::function<void(std::vector<Rehearsed>)> then) {
  struct All {
    std::vector<Rehearsed> rehearsed;
    std::size_t left = 0;
    std::function<void(std::vector<Rehearsed>)> then;
  };
  auto all = std::make_shared<All>();
  all->then = std::move(then);
  std::vector<const contingency::Performance*> performances;
  for (const contingency::PlanAction& action : plan->actions)
    for (const bool undo : {false, true}) {
      if (undo && action.undo.empty()) continue;
      all->rehearsed.push_back({action.id, undo, false, {}});
      performances.push_back(undo ? &action.undo.front() : &action.does);
    }
  all->left = performances.size();
  if (performances.empty()) return all->then({});
  for (std::size_t i = 0; i < performances.size(); ++i) {
    words["action"] = all->rehearsed[i].action;
    performer_.rehearse(*performances[i], words, [all, plan, i](bool good, std::string said) {
      all->rehearsed[i].good = good;
      all->rehearsed[i].said = std::move(said);
      if (--all->left == 0) all->then(std::move(all->rehearsed));
    });
  }
}

}  // namespace holdline::agent
