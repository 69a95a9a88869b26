// The contingency plan as data: what may go wrong, how soon it has to be well again, who does what, and the actions of
// the runbook. A TOML text with a version (plan/default.toml is what ships); the hub hands it to every desk, so that it
// can be read and printed with everything else dead. Immutable after reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/plan/policy.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

// The role of a plan whose actions agents tick themselves.
inline constexpr std::string_view agent_role = "agent";

enum class ActionKind : std::uint8_t {
  checklist,  // a person does it and ticks it
  webhook,    // an HTTP request, signed
  command,    // a program from the directory that the site allows, with arguments; never a shell
  json_rpc,   // a method of a telephone system
};
enum class ActionPhase : std::uint8_t {
  enter,   // when the incident is declared, in the order of the plan
  during,  // when a person asks for it
  exit,    // when systems are back
};

// What a telephone system is asked afterwards: it counts as switched when it says so itself.
struct ReadBack {
  std::string method;               // at the address of the action
  std::vector<std::string> params;  // as the action's
  std::string at;                   // where in the result the value stands, a JSON pointer (RFC 6901)
  std::string expects;              // empty: that there is none
  std::int64_t every_ms =
      0;  // looked again while it is switched, and switched once more when it was forgotten; 0: never
};

// What is performed: of the action, or of its undoing.
struct Performance {
  ActionKind kind = ActionKind::checklist;
  std::string text;                 // checklist: what to do
  std::string url;                  // webhook, json_rpc
  std::string body;                 // webhook; {incident}, {scope}, {reason}, {action} are replaced
  std::string secret;               // webhook: "credential:NAME" or "file:PATH", signs the request
  std::vector<std::string> argv;    // command
  std::string method;               // json_rpc
  std::vector<std::string> params;  // json_rpc
  std::vector<ReadBack> check;      // json_rpc: none or one
};

struct PlanAction {
  std::string id;     // kebab-case, unique
  std::string title;  // for people
  ActionPhase phase = ActionPhase::enter;
  Performance does;
  std::vector<Performance> undo;       // none or one: without one, nothing has to be undone
  std::vector<std::string> after;      // ids of earlier actions that are settled before this one is due
  std::vector<std::string> scenarios;  // empty: every one
  std::string scope;                   // empty: that of the incident
  std::string approver;                // "", "supervisor" or "it": who says that it may run
  std::string role;                    // of [[role]]: who does it and ticks it; empty: supervisors and IT
  bool telephony = false;              // waits until a person confirmed the incident
  bool dry_run = false;                // can be performed for practice: the performer is told that it is one
  bool real_in_drill = false;          // is performed in a drill as in an outage, and undone afterwards
  std::int64_t timeout_ms = 30'000;
  std::uint32_t retries = 2;
  std::int64_t retry_wait_ms = 5'000;
  std::int64_t expires_ms = 0;  // undone by itself after this long; 0: never
};

struct Scenario {
  std::string id, title, text;
  std::uint32_t rto_minutes = 0;  // how soon work has to go on (0: the plan's)
};
struct PlanRole {
  std::string id, title;
  std::vector<std::string> duties;
};
struct QuickCard {
  std::string role, title;
  std::vector<std::string> lines;
};

struct Plan {
  std::uint32_t version = 0;
  std::string title;
  std::string approved_by;        // empty: nobody did; readiness says so
  std::uint32_t rto_minutes = 0;  // recovery time objective: how soon work goes on
  std::uint32_t rpo_minutes = 0;  // recovery point objective: how much of the newest data may be missing
  std::uint32_t drill_every_days = 0;
  std::vector<Scenario> scenarios;
  std::vector<PlanRole> roles;
  std::vector<QuickCard> cards;
  std::vector<PlanAction> actions;
  std::size_t probes = 0;  // [[probes]], which the hub reads (hub/plan/plan_probes.hpp)
  Policy policy;
  sync::Hash hash;  // of the text: what a drill was practised with

  const PlanAction* action(std::string_view id) const;
  // When the next drill has to have been held; in the past: it is overdue. Nothing: the plan asks for none.
  // `last_ms`: the last one with any version of the plan, Unix milliseconds; nothing: never, it is due since ever.
  std::optional<std::int64_t> drill_due_ms(std::optional<std::int64_t> last_ms) const;
};

struct PlanProblem {
  std::uint32_t line = 0;
  std::string key;   // "action.stop-letters.timeout-s"
  std::string text;  // what to write instead
};
struct PlanRead {
  Plan plan;  // good only when there is no problem
  std::vector<PlanProblem> problems;
};

// At most 256 KiB, lines of at most 4,096 bytes. Every problem is told, not the first: an unknown key is one.
PlanRead read_plan(std::string_view toml);
// The text of the plan that ships; a test holds it free of problems.
std::string_view shipped_plan_text();

}  // namespace holdline::contingency
