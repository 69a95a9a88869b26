// All incidents that one side knows, and which of them are one outage. Two that meet in scope and time are linked by
// themselves, wherever they were declared; a person says whether they are one. What comes out depends on what was told,
// never on the order in which it arrived. Not thread-safe. Times are Unix milliseconds.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "contingency/incident/incident.hpp"

namespace holdline::contingency {

struct LinkOptions {
  // Two meet when at most this lies between the end of one and the beginning of the other: desks' clocks differ.
  std::int64_t gap_ms = 15 * 60'000;
};

// A person's word on a pair. The latest holds.
struct MergeDecision {
  sync::Id a, b;
  bool same = true;  // false: two outages that happen to meet
  Signature by;
};

// What is one outage, as far as is known: one report, one place in lists.
struct Outage {
  std::vector<sync::Id> incidents;  // by beginning; the first leads
  std::vector<std::string> scopes;
  std::int64_t begins_ms = 0;
  std::optional<std::int64_t> ended_ms;  // nothing while one of them is in force
  ServiceState state = ServiceState::normal;
  // A person confirmed that they belong together; until then each moves by itself. True of one alone.
  bool merged = true;
  bool operator==(const Outage&) const = default;
};

// One scope is the other or holds it: "acme" and "acme/london" meet, "acme/london" and "acme/leeds" do not.
bool scopes_meet(std::string_view a, std::string_view b);
// `wide` is `scope` or holds it.
bool scope_holds(std::string_view wide, std::string_view scope);

class Incidents {
 public:
  explicit Incidents(LinkOptions options = {}) : options_(options) {}

  // Keeps it, or joins it with the copy that is known. Answers the ids of those it meets, which no person has decided
  // on yet: ask a supervisor.
  std::vector<sync::Id> take(const Incident& incident);
  void take(const MergeDecision& decision);

  const Incident* find(const sync::Id& id) const;
  // By beginning; links are followed, so that three that meet pairwise in a row are one outage.
  std::vector<Outage> outages() const;
  // The worst of what is in force for a scope or for one that holds it; `health` (normal or degraded) when nothing is.
  ServiceState state_of(std::string_view scope, ServiceState health) const;
  // Facts::other_incidents for closing this one: those it meets and of which nobody has said whether they are the same.
  // Of two that somebody told apart each is closed by itself, and the scope's machine (contingency/service) is told of
  // the closing when state_of no longer says otherwise.
  std::size_t others_in_force(const sync::Id& id) const;

 private:
  bool meet(const Incident& a, const Incident& b) const;
  std::optional<bool> decided(const sync::Id& a, const sync::Id& b) const;
  // The incidents that can be reached from `id` over pairs for which `edge` holds, itself included.
  template <class Edge>
  std::vector<const Incident*> reach(const Incident& from, Edge edge) const;
  Outage outage_of(const std::vector<const Incident*>& incidents) const;

  LinkOptions options_;
  std::map<sync::Id, Incident> incidents_;
  std::map<std::pair<sync::Id, sync::Id>, MergeDecision> decisions_;  // the lower id first
};

}  // namespace holdline::contingency
