// The state of the services of each scope, as this hub's probes of the CRM, the identity provider and the telephone
// system tell it: one machine a scope (contingency/service), and what of it workstations are to be told. No probe,
// timer or ledger of its own; times are arguments. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "contingency/probes/joined.hpp"
#include "contingency/service/service.hpp"

namespace holdline::hub {

// As a workstation shows it.
struct ServiceShown {
  contingency::ServiceState state = contingency::ServiceState::normal;
  contingency::Cause cause = contingency::Cause::none;
  std::int64_t since_ms = 0;  // wall time; 0: since before anybody knows
  std::string failing;        // names of the systems that do not answer as they should: "crm, telephony"
  bool operator==(const ServiceShown&) const = default;
};

struct ServiceChange {
  std::string scope;
  ServiceShown shown;
};

class Services {
 public:
  struct Moment {
    std::int64_t boot_ms = 0, wall_ms = 0;
  };

  explicit Services(contingency::ProbeOptions probes = {}, contingency::StateOptions states = {})
      : probes_(probes), states_(by_hand(states)), declare_after_ms_(states.auto_declare_after_ms) {}

  // From now on this scope as well; `stood` is what workstations were told of it last.
  void serve(const std::string& scope, const ServiceShown& stood);
  std::vector<std::string> scopes() const;
  // Not any more.
  void forget(const std::string& scope) { scopes_.erase(scope); }
  // By other thresholds from now on: every scope stays where it stands, and what was probed so far counts no more.
  void use(const contingency::ProbeOptions& probes, const contingency::StateOptions& states);
  bool serves(const std::string& scope) const { return scopes_.contains(scope); }

  // A result of the probe `name`, which concerns these scopes; none: all that are served.
  void probed(const std::string& name, std::span<const std::string> scopes, const contingency::Probe& probe,
              const Moment& now);
  void time_passed(const Moment& now);

  // What workstations are to be told: another state at once, other systems within it not more often than every half
  // minute. It is told again until it was told().
  std::vector<ServiceChange> due(const Moment& now) const;
  void told(const ServiceChange& change, const Moment& now);

  // Scopes in which something has failed for as long as the plan has a machine wait before it declares an outage; none
  // where it has none declare.
  std::vector<ServiceChange> failing_long(const Moment& now) const;

 private:
  // The machines only watch: an outage is a record, which somebody confirms.
  static contingency::StateOptions by_hand(contingency::StateOptions states) {
    states.auto_declare_after_ms = 0;
    return states;
  }

  struct Scope {
    contingency::Service service;
    contingency::JoinedProbes joined;
    ServiceShown told;
    std::int64_t since_ms = 0, told_ms = 0;
  };
  void step(Scope& scope, const contingency::ServiceEvent& event, const Moment& now);
  static ServiceShown shown(const Scope& scope, const Moment& now);

  contingency::ProbeOptions probes_;
  contingency::StateOptions states_;
  std::int64_t declare_after_ms_ = 0;
  std::map<std::string, Scope> scopes_;
};

}  // namespace holdline::hub
