#include "agent/runbook/runs.hpp"

namespace holdline::agent {

namespace {

// Runs of incidents that ended longer ago are not looked at: there are some hundred events in each.
constexpr std::int64_t kept_ms = std::int64_t{7} * 24 * 3'600'000;

std::string hash_key(const contingency::Plan& plan) {
  return sync::to_hex(plan.hash.view()).substr(0, contingency::plan_hash_digits);
}

void add(KnownRuns& known, std::shared_ptr<const contingency::Plan> plan, std::string text) {
  if (!known.plan || plan->version >= known.plan->version) {
    known.plan = plan;
    known.plan_text = std::move(text);
  }
  known.plans.insert_or_assign(hash_key(*plan), std::move(plan));
}

std::shared_ptr<const KnownRuns> with_shipped_plan() {
  auto known = std::make_shared<KnownRuns>();
  const std::string text(contingency::shipped_plan_text());
  add(*known, std::make_shared<const contingency::Plan>(contingency::read_plan(text).plan), text);
  return known;
}

}  // namespace

std::shared_ptr<const contingency::Plan> KnownRuns::plan_of(const contingency::Journal& journal) const {
  if (!journal.holder) return plan;
  const auto found = plans.find(journal.head.plan_hash);
  return found == plans.end() ? nullptr : found->second;
}

Runs::Runs(const platform::Clock& clock, Changed changed)
    : clock_(clock), changed_(std::move(changed)), known_(with_shipped_plan()) {}

std::shared_ptr<const KnownRuns> Runs::known() const {
  const platform::MutexLock lock(mutex_);
  return known_;
}

Result<void> Runs::read_plans(View& view, KnownRuns& into) {
  const auto before = known();
  into.plans = before->plans;
  into.plan = before->plan;
  into.plan_text = before->plan_text;
  HOLDLINE_ASSIGN(const auto texts, read_plan_texts(view));
  for (const auto& [version, text] : texts) {
    if (into.plans.contains(sync::to_hex(sync::sha256(text).view()).substr(0, contingency::plan_hash_digits))) continue;
    auto read = contingency::read_plan(text);
    // The hub checks what it takes. A later version of it may know what this one does not.
    if (read.problems.empty()) add(into, std::make_shared<const contingency::Plan>(std::move(read.plan)), text);
  }
  return {};
}

Result<void> Runs::refresh(View& view, std::span<const contingency::Incident> incidents) {
  auto next = std::make_shared<KnownRuns>();
  HOLDLINE_TRY(read_plans(view, *next));
  const std::int64_t now_ms = clock_.now().wall_ms;
  for (const contingency::Incident& incident : incidents) {
    const bool old = incident.ended_ms && now_ms - *incident.ended_ms > kept_ms;
    if (old || !knows_runs(view.schema())) continue;
    HOLDLINE_ASSIGN(const auto entries, read_run(view, incident));
    next->runs.emplace(incident.declared.id,
                       KnownRun{incident, contingency::read_journal(incident.declared.id, entries, now_ms)});
  }
  {
    const platform::MutexLock lock(mutex_);
    known_ = next;
  }
  if (changed_) changed_(std::move(next));
  return {};
}

}  // namespace holdline::agent
