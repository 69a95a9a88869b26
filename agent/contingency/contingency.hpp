// What this workstation knows of outages, in one place: the incidents that people declared, here or elsewhere, and for
// each of its scopes the machine that says how its service stands (contingency/service). Whatever probes tells it what
// it saw; whoever decides asks it whether that may be, saves what comes of it as an action like any other, and the
// records are read again. So a decision that was made here and one that the feed brought are followed alike.
//
// Plugging in what probes: take() each result, pass_time() every few seconds, link_stands() after each step of the
// link's machine. `changed` tells every change of a scope's service, degraded among them.
//
// Thread-safe: all but refresh() from any thread, and nothing here waits. Times are Unix milliseconds by this
// computer's clock unless said otherwise; the machines are stepped by boot time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/contingency/drills.hpp"
#include "agent/view/view.hpp"
#include "contingency/code/code_entry.hpp"
#include "contingency/incident/incidents.hpp"
#include "contingency/link/link.hpp"
#include "contingency/plan/policy.hpp"
#include "contingency/service/service.hpp"
#include "contingency/states/mode.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::agent {

// How the service of one scope stands.
struct ScopeStanding {
  std::string scope;
  contingency::ServiceState state = contingency::ServiceState::normal;
  bool planned = false, confirmed = true;
  std::int64_t since_ms = 0;  // 0: since before this daemon began
};

struct ContingencyStanding {
  std::vector<ScopeStanding> scopes;  // as the workstation holds them
  contingency::ServiceState worst = contingency::ServiceState::normal;
  std::int64_t since_ms = 0;                            // of the worst
  contingency::Cause cause = contingency::Cause::none;  // as probes see it; else as it was declared
  std::optional<contingency::LinkStatus> link;          // nothing: no link machine has spoken
  std::optional<contingency::Incident> leading;         // in force here: what is the worst, then what began first
  std::size_t in_force = 0;                             // incidents
};

// Whether all looks well where somebody wants to decide.
struct ContingencyGate {
  bool looks_well = false;       // declaring asks for a typed word
  bool open = false;             // and has for long enough: systems are back
  std::int64_t opens_in_ms = 0;  // 0: open, or nobody knows
};

class Contingency {
 public:
  // A scope's service has changed by this row of the table; called without a lock, on whatever thread told it.
  using Changed = std::function<void(const std::string& scope, const contingency::ServiceTransition& row)>;
  // `clock` outlives it. The policy is the plan's that ships.
  Contingency(const platform::Clock& clock, contingency::Policy policy, Changed changed = {});

  // --- what probes and the link's machine tell ---
  void take(const contingency::Probe& probe);
  void pass_time();
  void link_stands(const contingency::LinkStatus& link);
  // Another plan holds: from now on by its thresholds. Every scope stays where it stands, and what was probed so far
  // counts no more.
  void use(const contingency::Policy& policy);
  contingency::Policy policy() const;

  // --- what records tell: on the reading thread, after anything about incidents was saved, fed or refused ---
  // `scopes`: what the workstation holds now. What cannot be read leaves everything as it is.
  Result<void> refresh(View& view, const std::vector<std::string>& scopes);
  // The same with what was read. For tests too.
  void know(const std::vector<contingency::Incident>& incidents,
            const std::vector<contingency::MergeDecision>& decisions, const std::vector<std::string>& scopes);

  // --- what is asked ---
  ContingencyStanding standing() const;
  // The worst of this desk's own link (as told, else `link`) and of the service of its scopes.
  contingency::Mode mode(contingency::LinkState link) const;
  // All that is known, as it was at the last refresh(). Never null.
  std::shared_ptr<const contingency::Incidents> incidents() const;
  // What an entry that is taken in a scope now belongs to: what began first and is in force there, a real outage before
  // practice.
  std::optional<contingency::Incident> in_force_on(std::string_view scope) const;
  // Whether anything that is known here was a drill: only then there may be records of practice.
  bool had_drill() const;
  // Drills that are over, as they were reported, the latest first. Never null.
  std::shared_ptr<const std::vector<DrillHeld>> drills() const;
  // Over all of these scopes.
  ContingencyGate gate(const std::vector<std::string>& scopes) const;

 private:
  struct Machine {
    contingency::Service service;
    std::int64_t since_ms = 0;
  };
  using Told = std::vector<std::pair<std::string, const contingency::ServiceTransition*>>;
  // The machine goes where the incidents say that its scope is, row by row.
  Machine machine_at(contingency::Standing standing, std::int64_t since_ms) const HOLDLINE_REQUIRES(mutex_);
  void follow(const std::string& scope, Machine& machine, Told& told) HOLDLINE_REQUIRES(mutex_);
  void step(const std::string& scope, Machine& machine, const contingency::ServiceEvent& event, Told& told)
      HOLDLINE_REQUIRES(mutex_);
  void step_all(const contingency::ServiceEvent& event);
  void tell(const Told& told) const;

  const platform::Clock& clock_;
  const Changed changed_;
  mutable platform::Mutex mutex_;
  contingency::Policy policy_ HOLDLINE_GUARDED_BY(mutex_);
  std::map<std::string, Machine> machines_ HOLDLINE_GUARDED_BY(mutex_);  // by scope
  std::shared_ptr<const contingency::Incidents> incidents_ HOLDLINE_GUARDED_BY(mutex_);
  std::shared_ptr<const std::vector<DrillHeld>> drills_ HOLDLINE_GUARDED_BY(mutex_);
  std::optional<contingency::LinkStatus> link_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::agent
