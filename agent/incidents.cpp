// When the workstation looks again at what is known of outages: their records are data like any other, and the machines
// of its scopes follow them (agent/contingency/contingency.hpp).
#include <algorithm>
#include <future>

#include "agent/contingency/incident_records.hpp"
#include "agent/workstation.hpp"

namespace holdline::agent {

namespace {

bool is_of_outages(const sync::Schema& schema, sync::CollectionNo collection) {
  return is_of_incidents(schema, collection) || is_of_runs(schema, collection);
}

}  // namespace

Result<void> Workstation::refresh_outages() {
  HOLDLINE_TRY(contingency_.refresh(*view_, grant().scopes));
  std::vector<contingency::Incident> incidents;
  const auto known = contingency_.incidents();
  for (const contingency::Outage& outage : known->outages())
    for (const sync::Id& id : outage.incidents) incidents.push_back(*known->find(id));
  HOLDLINE_TRY(runs_.refresh(*view_, incidents));
  use_policy(*runs_.known()->plan);
  return {};
}

// Every desk and the audit mean the same thresholds: those of the newest plan that is here.
void Workstation::use_policy(const contingency::Plan& plan) {
  if (plan.hash == policy_of_) return;
  policy_of_ = plan.hash;
  contingency_.use(plan.policy);
  if (probes_) probes_->use(plan.policy.probes, plan.policy.states);
  aside_.post([this, codes = plan.policy.codes] { code_attempts_.use(codes); });
  deps_.log.info("policy-used", "the thresholds and limits of this plan hold now", {{"version", plan.version}});
}

void Workstation::look_at_incidents_if_about(const sync::Action& saved) {
  if (std::ranges::any_of(saved.ops,
                          [this](const sync::Op& op) { return is_of_outages(schema(), op.record.collection); }))
    look_at_incidents();
}

void Workstation::look_at_incidents_if_among(std::span<const sync::Change> changes) {
  if (std::ranges::any_of(changes, [this](const sync::Change& change) {
        return is_of_outages(schema(), change.record.key.collection);
      }))
    look_at_incidents();
}

// What the hub refuses stands for nothing any more, and no row tells so.
void Workstation::look_at_incidents_if_refused() {
  const std::uint64_t refused = outbox_->status().quarantined;
  if (refused == refused_) return;
  refused_ = refused;
  look_at_incidents();
}

// One look sees everything told before it.
void Workstation::look_at_incidents() {
  if (incidents_due_.exchange(true)) return;
  reading_.post([this] {
    incidents_due_ = false;
    if (auto read = refresh_outages(); !read) deps_.log.error(read.error());
  });
}

Result<void> Workstation::read_incidents_now() {
  std::promise<Result<void>> read;
  reading_.post([&] { read.set_value(refresh_outages()); });
  return read.get_future().get();
}

Result<contingency::CodeAction> Workstation::enter_code(const std::string& typed, const std::string& person,
                                                        std::vector<std::string> scopes, std::int64_t corrected_ms) {
  return code_attempts_.enter(accounts_.site_key(), *contingency_.incidents(), {typed, person, std::move(scopes)},
                              deps_.clock.now(), corrected_ms);
}

void Workstation::service_changed(const std::string& scope, const contingency::ServiceTransition& row) {
  deps_.log.warning("service-changed", "the service of a scope changed",
                    {{"scope", scope},
                     {"from", std::string(contingency::name_of(row.from))},
                     {"to", std::string(contingency::name_of(row.to))},
                     {"because", std::string(contingency::name_of(row.trigger))}});
}

}  // namespace holdline::agent
