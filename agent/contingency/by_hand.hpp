// What is saved while work is by hand, against the limits of the plan (contingency/manual/limits.hpp): whoever goes
// beyond one is told so and saves all the same, and the entry says that somebody has to look at it. Pure. Internal to
// agent.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/outbox/recent.hpp"
#include "contingency/manual/limits.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

struct ByHand {
  contingency::ManualLimits limits;
  sync::Id person;                       // who saves
  bool holds = false;                    // work is by hand here; else only what comes of paper is looked at
  std::int64_t now_ms = 0;               // wall time
  std::int64_t without_contact_ms = 0;   // since the hub answered last
  std::size_t waiting = 0;               // actions that have not reached it
  const sync::Record* edited = nullptr;  // the entry as it will stand, when one is edited
};

// What the ops of one action come to; they are as they will be saved, marks of incidents and practice among them.
// `before`: what this workstation saved, newest first. Entries beyond a limit get their need and the remark that names
// the limits; everything worth a word is added to the findings, told. Practice counts by itself. An amount that is
// corrected in an entry of an outage, or from paper, is judged as a new one.
void apply_limits(const sync::Schema& schema, const ByHand& now, std::span<const RecentActions::Item> before,
                  std::vector<sync::Op>& ops, std::vector<sync::Finding>& findings);

// Whether there is anything for apply_limits() to judge, so that what was saved before need not be read for the rest.
bool is_judged(const sync::Schema& schema, bool holds, const std::vector<sync::Op>& ops);

// An element more of a set or list of a new record.
void add_element(sync::Op& op, sync::FieldIndex field, std::string text);

}  // namespace holdline::agent
