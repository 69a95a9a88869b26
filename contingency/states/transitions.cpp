#include "contingency/states/transitions.hpp"

#include <algorithm>
#include <array>

namespace holdline::contingency {

namespace {

using L = LinkState;
using LT = LinkTrigger;
using S = ServiceState;
using ST = ServiceTrigger;

constexpr WhoSet leads = by_supervisor | by_it;
constexpr WhoSet declarers = leads | by_code;
constexpr Effects worse = show_banner | background_sync;
constexpr Effects begin_by_hand = show_banner | run_enter | forms_first | suspend_targets | apply_limits;

// The fourth column is what has to hold, the last what adapters do.
constexpr std::array link_table{
    LinkTransition{L::online, LT::hub_lost, by_machine, Guard::none, L::offline, worse | forms_first | apply_limits},
    LinkTransition{L::online, LT::writes_fail, by_machine, Guard::none, L::slow, worse},
    LinkTransition{L::online, LT::hub_slow, by_machine, Guard::none, L::slow, worse},
    LinkTransition{L::slow, LT::hub_lost, by_machine, Guard::none, L::offline, worse | forms_first | apply_limits},
    LinkTransition{L::slow, LT::answers_well, by_machine, Guard::steady, L::online, clear_banner},
    LinkTransition{L::offline, LT::answers_well, by_machine, Guard::steady, L::online, clear_banner},
    LinkTransition{L::offline, LT::partly_answers, by_machine, Guard::steady, L::slow, worse},
    LinkTransition{L::online, LT::shut_out, by_machine, Guard::none, L::locked_out, show_banner | close_data},
    LinkTransition{L::slow, LT::shut_out, by_machine, Guard::none, L::locked_out, show_banner | close_data},
    LinkTransition{L::offline, LT::shut_out, by_machine, Guard::none, L::locked_out, show_banner | close_data},
    // What the probes say decides from there.
    LinkTransition{L::locked_out, LT::let_in, by_machine, Guard::none, L::offline, show_banner},
};

constexpr std::array service_table{
    ServiceTransition{S::normal, ST::probes_fail, by_machine, Guard::settled, S::degraded, worse | propose},
    ServiceTransition{S::normal, ST::writes_fail, by_machine, Guard::settled, S::degraded, worse | propose},
    ServiceTransition{S::normal, ST::answers_slow, by_machine, Guard::settled, S::degraded, worse | propose},
    ServiceTransition{S::normal, ST::desks_offline, by_machine, Guard::settled, S::degraded, worse | propose},
    ServiceTransition{S::degraded, ST::healthy_again, by_machine, Guard::steady, S::normal, clear_banner},
    ServiceTransition{S::normal, ST::declare, declarers, Guard::reason, S::contingency, begin_by_hand},
    ServiceTransition{S::degraded, ST::declare, declarers, Guard::reason, S::contingency, begin_by_hand},
    ServiceTransition{S::contingency, ST::declare, declarers, Guard::reason, S::contingency, link_incidents},
    ServiceTransition{S::recovery, ST::declare, declarers, Guard::reason, S::contingency,
                      begin_by_hand | pause_releases},
    ServiceTransition{S::degraded, ST::degraded_long, by_machine, Guard::switched_on, S::contingency,
                      begin_by_hand | hold_telephony | alert},
    ServiceTransition{S::normal, ST::window_starts, by_it | by_schedule, Guard::fresh, S::contingency, begin_by_hand},
    ServiceTransition{S::degraded, ST::window_starts, by_it | by_schedule, Guard::fresh, S::contingency, begin_by_hand},
    ServiceTransition{S::contingency, ST::confirm, leads, Guard::none, S::contingency, free_telephony},
    ServiceTransition{S::contingency, ST::unconfirmed, by_machine, Guard::none, S::contingency, alert},
    // Back to degraded: whether all is well is for the probes to say.
    ServiceTransition{S::contingency, ST::cancel, leads, Guard::undone, S::degraded, restore_targets | run_exit},
    ServiceTransition{S::contingency, ST::systems_back, by_supervisor, Guard::healthy_gate, S::recovery,
                      show_banner | paced_upload | build_callbacks | no_new_forms | run_exit},
    ServiceTransition{S::recovery, ST::gate_fails, by_machine, Guard::none, S::recovery, pause_releases | propose},
    ServiceTransition{S::recovery, ST::close, by_supervisor, Guard::checklist_done, S::normal,
                      clear_banner | restore_targets | write_report},
};

template <class Row>
const Row* row_of(std::span<const Row> table, typename Row::State from, typename Row::Trigger trigger) {
  const auto row = std::ranges::find_if(table, [&](const Row& r) { return r.from == from && r.trigger == trigger; });
  return row == table.end() ? nullptr : &*row;
}

constexpr std::array link_states{"online", "slow", "offline", "locked-out"};
constexpr std::array service_states{"normal", "degraded", "contingency", "recovery"};
constexpr std::array link_triggers{"hub-lost",     "writes-fail", "hub-slow", "partly-answers",
                                   "answers-well", "shut-out",    "let-in"};
constexpr std::array service_triggers{"probes-fail",   "answers-slow", "writes-fail",  "desks-offline", "healthy-again",
                                      "degraded-long", "unconfirmed",  "gate-fails",   "declare",       "window-starts",
                                      "confirm",       "cancel",       "systems-back", "close"};
constexpr std::array guard_names{"",
                                 "a moment in this state",
                                 "a while in this state, not flapping",
                                 "switched on by the site",
                                 "a reason; a typed word while all looks well",
                                 "every copy fresh, or listed",
                                 "every action undone or signed for",
                                 "well for long enough, or overridden with a reason",
                                 "checklist done or signed for"};
constexpr std::array who_names{"automatic", "supervisor", "IT", "schedule", "short code", "agent"};
constexpr std::array effect_names{"banner",
                                  "banner clears",
                                  "sync in background",
                                  "proposal",
                                  "plan: enter",
                                  "plan: exit",
                                  "forms first",
                                  "targets off",
                                  "targets on",
                                  "limits apply",
                                  "telephony held",
                                  "telephony free",
                                  "alert",
                                  "incidents linked",
                                  "paced upload",
                                  "callbacks, conflicts",
                                  "no new forms",
                                  "releases pause",
                                  "report",
                                  "data closed"};

template <std::size_t N>
std::string names_in(std::uint32_t set, const std::array<const char*, N>& names) {
  std::string text;
  for (std::size_t bit = 0; bit < N; ++bit)
    if (set >> bit & 1) text += (text.empty() ? "" : ", ") + std::string(names[bit]);
  return text;
}

template <class Row>
void append_rows(std::span<const Row> table, const std::map<const Row*, std::size_t>* taken, std::string& text) {
  text += "| from | trigger | who | guard | to | effects |" + std::string(taken ? " taken |" : "") + "\n";
  text += "|---|---|---|---|---|---|" + std::string(taken ? "---|" : "") + "\n";
  for (const Row& row : table) {
    text += "| " + std::string(name_of(row.from)) + " | " + std::string(name_of(row.trigger)) + " | " +
            name_of_who(row.who) + " | " + std::string(name_of(row.guard)) + " | " + std::string(name_of(row.to)) +
            " | " + names_of(row.effects) + " |";
    if (taken) text += " " + std::to_string(taken->contains(&row) ? taken->at(&row) : 0) + " |";
    text += "\n";
  }
}

std::string_view why_not_asked(ServiceState from, ServiceTrigger trigger) {
  const bool declared = from == S::contingency || from == S::recovery;
  switch (trigger) {
    case ST::confirm:
    case ST::cancel:
      return from == S::recovery ? "Systems are back already: close the incident instead."
                                 : "Nothing is declared here.";
    case ST::systems_back:
      return from == S::recovery ? "That systems are back has been said already." : "Nothing is declared here.";
    case ST::close:
      return from == S::contingency
                 ? "Say that systems are back first; what was taken by hand is brought together then."
                 : "Nothing is declared here.";
    case ST::window_starts:
      return declared ? "An incident is in force here: the maintenance belongs to it." : "";
    default:
      return "";
  }
}

}  // namespace

std::span<const LinkTransition> link_transitions() { return link_table; }
std::span<const ServiceTransition> service_transitions() { return service_table; }

const LinkTransition* find(LinkState from, LinkTrigger trigger) { return row_of(link_transitions(), from, trigger); }
const ServiceTransition* find(ServiceState from, ServiceTrigger trigger) {
  return row_of(service_transitions(), from, trigger);
}

std::string_view why_not(LinkState from, LinkTrigger trigger) {
  if (find(from, trigger)) return "";
  if (trigger == LT::let_in) return "This workstation is not locked out.";
  if (from == L::locked_out) return "This workstation is locked out: only a new lease opens it.";
  return "That is known already.";
}

std::string_view why_not(ServiceState from, ServiceTrigger trigger) {
  if (find(from, trigger)) return "";
  if (const auto asked = why_not_asked(from, trigger); !asked.empty()) return asked;
  if (trigger == ST::unconfirmed) return "Nothing waits for a confirmation.";
  if (trigger == ST::gate_fails) return "Nobody said that systems are back.";
  if (from == S::contingency || from == S::recovery) return "An incident is in force: people decide how it goes on.";
  return "That is known already.";
}

std::string_view name_of(LinkState state) { return link_states[static_cast<std::size_t>(state)]; }
std::string_view name_of(ServiceState state) { return service_states[static_cast<std::size_t>(state)]; }
std::string_view name_of(LinkTrigger trigger) { return link_triggers[static_cast<std::size_t>(trigger)]; }
std::string_view name_of(ServiceTrigger trigger) { return service_triggers[static_cast<std::size_t>(trigger)]; }
std::string_view name_of(Guard guard) { return guard_names[static_cast<std::size_t>(guard)]; }
std::string name_of_who(WhoSet who) { return names_in(who, who_names); }
std::string names_of(Effects effects) { return names_in(effects, effect_names); }

std::string transitions_as_text(const Coverage* taken) {
  std::string text = "Link of a workstation\n\n";
  append_rows(link_transitions(), taken ? &taken->link : nullptr, text);
  text += "\nService of a scope\n\n";
  append_rows(service_transitions(), taken ? &taken->service : nullptr, text);
  return text;
}

}  // namespace holdline::contingency
