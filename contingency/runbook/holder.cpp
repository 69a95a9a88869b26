#include "contingency/runbook/holder.hpp"

#include <algorithm>

namespace holdline::contingency {

namespace {

const Wish* wish_to_enter(const Journal& journal) {
  const auto wish =
      std::ranges::find(journal.unheard, WishKind::enter, [](const AskedOf& one) { return one.wish.kind; });
  return wish == journal.unheard.end() ? nullptr : &wish->wish;
}

}  // namespace

bool should_claim(const Journal& journal, const RunIncident* incident, const Plan& plan, const std::string& station,
                  const sync::Id& device, std::int64_t known_ms, std::int64_t claims_after_ms) {
  const bool asked = std::ranges::any_of(journal.unheard, [&](const AskedOf& one) {
    return one.id == journal.latest_takeover && one.wish.station == station;
  });
  const bool own = journal.holder && journal.holder->station == station && journal.holder->device == device;
  const bool moved = incident != nullptr && journal.head.followed && *journal.head.followed != incident->phase;
  if (own) return moved || !is_over(journal, plan);
  if (journal.holder) return asked;
  const bool declared = incident != nullptr && incident->phase == IncidentPhase::active;
  return (declared || wish_to_enter(journal) != nullptr) && (asked || known_ms >= claims_after_ms);
}

Holder::Holder(Runbook runbook, std::shared_ptr<const Plan> plan, RunClaim claim)
    : runbook_(std::move(runbook)), plan_(std::move(plan)), claim_(std::move(claim)), told_(runbook_.actions()) {}

Result<Holder> Holder::claim(const Journal& journal, const RunIncident* incident, std::shared_ptr<const Plan> plan,
                             const std::string& station, const sync::Id& device, Moment now, Step& first) {
  const std::uint64_t fence = journal.holder ? journal.holder->fence + 1 : 1;
  RunRecord record = record_of(journal, *plan);
  if (!journal.holder) {
    if (const Wish* wish = wish_to_enter(journal)) {
      record.scenario = wish->scenario;
      record.drill = wish->drill;
      record.confirmed = wish->confirmed;
    }
    if (incident != nullptr) {
      record.drill = incident->drill;
      record.confirmed = incident->confirmed;
    }
    record.plan_version = plan->version;
    record.station = station;
    record.fence = fence;
  }
  HOLDLINE_ASSIGN(Runbook runbook, Runbook::resume(*plan, std::move(record), now.boot_ms));
  Holder holder(std::move(runbook), std::move(plan), {fence, station, device});
  holder.followed_ = journal.head.followed;
  RunHead head = holder.head(now);
  head.from = journal.holder;
  head.from_number = journal.number;
  holder.told_head_ = head;
  holder.tell(std::move(head), first);
  if (journal.holder) holder.step_on(event::TakenOver{station}, now, first);
  Step rest = holder.hear(journal, incident, now);
  std::ranges::move(rest.tell, std::back_inserter(first.tell));
  std::ranges::move(rest.act, std::back_inserter(first.act));
  return holder;
}

RunHead Holder::head(Moment now) const {
  const RunRecord record = runbook_.record(now.boot_ms);
  RunHead head{plan_->version,   sync::to_hex(plan_->hash.view()).substr(0, plan_hash_digits),
               record.scenario,  record.drill,
               record.confirmed, record.entered,
               record.exiting};
  head.followed = followed_;
  head.from = told_head_.from;
  head.from_number = told_head_.from_number;
  return head;
}

void Holder::tell(std::variant<RunHead, ActionRun, Heard> what, Step& step) {
  step.tell.push_back({claim_, ++number_, std::move(what)});
}

void Holder::step_on(const RunEvent& event, Moment now, Step& step, Heard* heard) {
  for (RunAction& one : runbook_.step(event, now.boot_ms)) {
    if (const auto* refused = std::get_if<action::RunRefused>(&one); refused != nullptr && heard != nullptr) {
      heard->code = refused->error.code;
      heard->text = refused->error.message;
    }
    if (std::holds_alternative<action::Perform>(one) || std::holds_alternative<action::Abort>(one))
      step.act.push_back(std::move(one));
  }
}

// Only what changed of it: what people asked of the run meanwhile is not turned round by an incident that stands still.
void Holder::follow(const RunIncident& incident, Moment now, Step& step) {
  if (incident.confirmed && !runbook_.record(now.boot_ms).confirmed) step_on(event::Confirmed{}, now, step);
  if (followed_ == incident.phase) return;
  const bool over = followed_ && *followed_ != IncidentPhase::active && incident.phase != IncidentPhase::active;
  followed_ = incident.phase;
  if (incident.phase == IncidentPhase::active)
    step_on(event::Entered{}, now, step);
  else if (!over)
    step_on(event::Exiting{}, now, step);
}

// What a wish came to is told with it, so that after a crash it is either taken in or still asked for.
void Holder::take(const AskedOf& asked, Moment now, Step& step) {
  if (asked.wish.kind == WishKind::take_over && asked.wish.station != claim_.station) return;  // for that one to hear
  if (!heard_.insert(asked.id).second) return;
  Heard heard{asked.id, {}, {}};
  if (asked.wish.kind != WishKind::take_over) step_on(event_of(asked.wish), now, step, &heard);
  tell_changes(now, step);
  tell(std::move(heard), step);
}

Holder::Step Holder::hear(const Journal& journal, const RunIncident* incident, Moment now) {
  Step step;
  if (incident != nullptr) follow(*incident, now, step);
  for (const event::BegunElsewhere& begun : journal.elsewhere) step_on(begun, now, step);
  for (const AskedOf& asked : journal.unheard) take(asked, now, step);
  step_on(event::TimePassed{}, now, step);
  tell_changes(now, step);
  return step;
}

Holder::Step Holder::performed(const event::Performed& event, Moment now) {
  Step step;
  step_on(event, now, step);
  tell_changes(now, step);
  return step;
}

Holder::Step Holder::forgotten(const std::string& action, Moment now) {
  Step step;
  step_on(event::Forgotten{action}, now, step);
  tell_changes(now, step);
  return step;
}

void Holder::tell_changes(Moment now, Step& step) {
  if (RunHead present = head(now); present != told_head_) {
    told_head_ = present;
    tell(std::move(present), step);
  }
  const RunRecord record = runbook_.record(now.boot_ms);
  for (std::size_t i = 0; i < told_.size(); ++i) {
    if (runbook_.actions()[i] == told_[i]) continue;
    told_[i] = runbook_.actions()[i];
    tell(record.actions[i], step);
  }
}

std::optional<std::int64_t> Holder::due_ms() const {
  std::optional<std::int64_t> due;
  for (const ActionRun& run : runbook_.actions())
    if (run.due_ms != 0 && (!due || run.due_ms < *due)) due = run.due_ms;
  return due;
}

}  // namespace holdline::contingency
