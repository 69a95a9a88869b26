// The one table of what may follow what: the link of a workstation to the hub, which changes by itself, and the service
// of a scope, which people decide about and machines propose. Machines and incidents look everything up here; whatever
// has no row is refused with a reason. Pure and thread-safe: all of it is constant.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace holdline::contingency {

// Of one workstation, from its own probes.
enum class LinkState : std::uint8_t {
  online,      // the hub reads and writes in good time
  slow,        // the hub answers, but late, or takes no writes: entries stay here for now
  offline,     // the hub does not answer
  locked_out,  // the lease ended or the device was revoked: customer data is closed, what was taken is kept
};

// Of a scope (all, a site, a queue, a client).
enum class ServiceState : std::uint8_t {
  normal,
  degraded,     // something is wrong; nobody declared anything
  contingency,  // declared: the plan runs, work is by hand
  recovery,     // systems are back; what was taken by hand is brought together
};

enum class LinkTrigger : std::uint8_t {
  hub_lost,        // several probes in a row without an answer
  writes_fail,     // reads work, the write canary does not: grey failure
  hub_slow,        // the 95th percentile has been too long for a while
  partly_answers,  // answers again, but slowly or without writes
  answers_well,    // reads and writes, in good time, many in a row
  shut_out,        // the lease ended, or the device was revoked
  let_in,          // a new lease, or admitted again
};

enum class ServiceTrigger : std::uint8_t {
  probes_fail,
  answers_slow,
  writes_fail,
  desks_offline,
  healthy_again,
  degraded_long,  // long enough to declare without a person, where that is switched on
  unconfirmed,    // nobody confirmed such a declaration in time
  gate_fails,     // the systems that were back are not
  declare,
  window_starts,  // of planned maintenance
  confirm,
  cancel,
  systems_back,
  close,
};

// Who may pull a trigger: a set of these.
enum Who : std::uint8_t {
  by_machine = 1,
  by_supervisor = 2,
  by_it = 4,
  by_schedule = 8,
  by_agent = 32,  // does what the plan means for them, and decides nothing
  by_code = 16,   // whoever types a short code speaks for the supervisor who gave it out
};
using WhoSet = std::uint8_t;

// What must hold besides. Numbers are options of the machines.
enum class Guard : std::uint8_t {
  none,
  settled,        // in this state for a moment already
  steady,         // in this state for a while, and not flapping
  switched_on,    // off unless a site wants it
  reason,         // a reason, and a typed word while everything looks well
  fresh,          // every desk's copy is fresh, or its absence is accepted by name
  undone,         // no action of the plan is left as it is
  healthy_gate,   // well for long enough, or overridden with a reason
  checklist_done  // every point is done or excepted by name; nothing else is open here
};

enum Effect : std::uint32_t {
  show_banner = 1 << 0,
  clear_banner = 1 << 1,
  background_sync = 1 << 2,  // sync goes on, nobody waits for it
  propose = 1 << 3,          // a supervisor is asked to decide
  run_enter = 1 << 4,        // the plan's actions for the beginning
  run_exit = 1 << 5,         // the plan's actions for the end, and a list of what is not undone
  forms_first = 1 << 6,      // manual forms are the first screen
  suspend_targets = 1 << 7,  // handling-time targets do not count
  restore_targets = 1 << 8,
  apply_limits = 1 << 9,     // of work by hand
  hold_telephony = 1 << 10,  // nothing is done to telephones before a person confirms
  free_telephony = 1 << 11,
  alert = 1 << 12,
  link_incidents = 1 << 13,  // one outage declared twice
  paced_upload = 1 << 14,
  build_callbacks = 1 << 15,  // and the list of conflicts
  no_new_forms = 1 << 16,
  pause_releases = 1 << 17,  // at once; leases are kept
  write_report = 1 << 18,
  close_data = 1 << 19,  // customer data is not shown; the outbox stays
};
using Effects = std::uint32_t;

template <class StateT, class TriggerT>
struct Transition {
  using State = StateT;
  using Trigger = TriggerT;
  State from;
  Trigger trigger;
  WhoSet who;
  Guard guard;
  State to;
  Effects effects;
};
using LinkTransition = Transition<LinkState, LinkTrigger>;
using ServiceTransition = Transition<ServiceState, ServiceTrigger>;

std::span<const LinkTransition> link_transitions();
std::span<const ServiceTransition> service_transitions();

// The row, or nullptr: then why_not says why.
const LinkTransition* find(LinkState from, LinkTrigger trigger);
const ServiceTransition* find(ServiceState from, ServiceTrigger trigger);
// For a person: why nothing follows from this trigger in this state. Empty when something does.
std::string_view why_not(LinkState from, LinkTrigger trigger);
std::string_view why_not(ServiceState from, ServiceTrigger trigger);

// Kebab-case, stable; for programs, logs and the table.
std::string_view name_of(LinkState state);
std::string_view name_of(ServiceState state);
std::string_view name_of(LinkTrigger trigger);
std::string_view name_of(ServiceTrigger trigger);
std::string name_of_who(WhoSet who);
std::string_view name_of(Guard guard);
std::string names_of(Effects effects);

// How often each row was taken.
struct Coverage {
  std::map<const LinkTransition*, std::size_t> link;
  std::map<const ServiceTransition*, std::size_t> service;
};
// Both tables in Markdown, with a column of how often each row was taken when `taken` is given.
std::string transitions_as_text(const Coverage* taken = nullptr);

}  // namespace holdline::contingency
