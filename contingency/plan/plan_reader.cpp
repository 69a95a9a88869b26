// The syntax of a plan. toml++ is used on a text only.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "contingency/plan/keys.hpp"
#include "contingency/plan/plan.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::contingency {

namespace {

constexpr std::size_t plan_bytes = 256 * 1024;
constexpr std::size_t line_bytes = 4'096;  // the parser's stack grows with the depth of a line

constexpr std::array<Names<ActionKind>, 4> kind_names{{{"checklist", ActionKind::checklist},
                                                       {"webhook", ActionKind::webhook},
                                                       {"command", ActionKind::command},
                                                       {"json-rpc", ActionKind::json_rpc}}};
constexpr std::array<Names<ActionPhase>, 3> phase_words{
    {{"enter", ActionPhase::enter}, {"during", ActionPhase::during}, {"exit", ActionPhase::exit}}};
constexpr std::array<Names<std::string_view>, 3> approvers{{{"", ""}, {"supervisor", "supervisor"}, {"it", "it"}}};

bool is_kebab(std::string_view id) {
  return !id.empty() && id.size() <= id_bytes &&
         std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_web_address(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

void check_performance(Keys& at, const Performance& does) {
  switch (does.kind) {
    case ActionKind::checklist:
      if (does.text.empty()) at.refuse("text", "say what the person does");
      break;
    case ActionKind::webhook:
      if (!is_web_address(does.url)) at.refuse("url", "must begin with https:// or http://");
      if (!does.secret.empty() && !does.secret.starts_with("credential:") && !does.secret.starts_with("file:"))
        at.refuse("secret", "name it, as credential:NAME or file:PATH; a secret itself does not stand in a plan");
      break;
    case ActionKind::command:
      if (does.argv.empty() || does.argv.front().empty() || does.argv.front().find('/') != std::string::npos)
        at.refuse("argv",
                  "must begin with the name of a program, without a path: the site says where such programs lie");
      break;
    case ActionKind::json_rpc:
      if (!is_web_address(does.url)) at.refuse("url", "must begin with https:// or http://");
      if (does.method.empty()) at.refuse("method", "name the method to call");
      break;
  }
}

ReadBack read_check(Keys& at) {
  ReadBack check;
  at.text("method", check.method);
  if (check.method.empty()) at.refuse("method", "name the method that tells the value");
  at.texts("params", check.params);
  at.text("at", check.at);
  if (!check.at.empty() && check.at.front() != '/') at.refuse("at", "must be a JSON pointer like /item/value");
  at.text("expects", check.expects);
  at.number("every-s", check.every_ms, 1, 3'600, 1'000);
  at.finish();
  return check;
}

Performance read_performance(Keys& at, const std::string& path, PlanRead& read) {
  Performance does;
  at.choice("kind", kind_names, does.kind);
  if (!at.has("kind")) at.refuse("kind", "is missing: checklist, webhook, command or json-rpc");
  at.text("text", does.text);
  if (does.kind == ActionKind::webhook || does.kind == ActionKind::json_rpc) at.text("url", does.url);
  if (does.kind == ActionKind::webhook) {
    at.text("body", does.body);
    at.text("secret", does.secret);
  }
  if (does.kind == ActionKind::command) at.texts("argv", does.argv);
  if (does.kind == ActionKind::json_rpc) {
    at.text("method", does.method);
    at.texts("params", does.params);
    if (const toml::table* check = at.table("check")) {
      Keys inner(*check, path + ".check", read);
      does.check.push_back(read_check(inner));
    }
  }
  check_performance(at, does);
  return does;
}

std::string read_id(std::string_view what, Keys& at, std::set<std::string>& taken) {
  std::string id;
  at.text("id", id);
  if (!is_kebab(id))
    at.refuse("id", "must have lower-case letters, digits and dashes only, at most 60");
  else if (!taken.insert(id).second)
    at.refuse("id", "'" + id + "' is the id of another " + std::string(what));
  return id;
}

std::string path_of(const toml::table& table, std::string_view what) {
  const auto id = table["id"].value<std::string_view>();
  return std::string(what) + "." + std::string(id && is_kebab(*id) ? *id : "?");
}

PlanAction read_action(const toml::table& table, std::set<std::string>& taken, const std::set<std::string>& scenarios,
                       const std::set<std::string>& roles, PlanRead& read) {
  const std::string path = path_of(table, "action");
  Keys at(table, path, read);
  PlanAction action;
  const std::set<std::string> earlier = taken;
  action.id = read_id("action", at, taken);
  at.text("title", action.title, 200);
  if (action.title.empty()) at.refuse("title", "say in a few words what it does");
  at.choice("phase", phase_words, action.phase);
  action.does = read_performance(at, path, read);
  at.texts("after", action.after);
  for (const std::string& id : action.after)
    if (!earlier.contains(id)) at.refuse("after", "'" + id + "' is no action above this one");
  at.texts("scenarios", action.scenarios);
  for (const std::string& id : action.scenarios)
    if (!scenarios.contains(id)) at.refuse("scenarios", "there is no scenario '" + id + "'");
  at.text("scope", action.scope);
  if (!action.scope.empty() && !sync::is_scope(action.scope)) at.refuse("scope", "must be a scope like acme/london");
  at.choice("approver", approvers, action.approver);
  at.text("role", action.role, id_bytes);
  if (!action.role.empty() && !roles.contains(action.role)) at.refuse("role", "there is no role '" + action.role + "'");
  if (action.role == agent_role && action.does.kind != ActionKind::checklist)
    at.refuse("role", "agents do what is a checklist; a station performs the rest");
  at.boolean("telephony", action.telephony);
  at.boolean("dry-run", action.dry_run);
  at.boolean("real-in-drill", action.real_in_drill);
  if (action.dry_run && action.real_in_drill)
    at.refuse("real-in-drill", "and dry-run exclude each other: in a drill it is performed, or only tried");
  at.number("timeout-s", action.timeout_ms, 1, 600, 1'000);
  at.number("retries", action.retries, 0, 10);
  at.number("retry-wait-s", action.retry_wait_ms, 1, 600, 1'000);
  at.number("expires-minutes", action.expires_ms, 1, 7 * 24 * 60, 60'000);
  if (const toml::table* undo = at.table("undo")) {
    Keys inner(*undo, path + ".undo", read);
    action.undo.push_back(read_performance(inner, path + ".undo", read));
    inner.finish();
  } else if (action.expires_ms != 0) {
    at.refuse("expires-minutes", "needs an undo: what would be done when it expires?");
  }
  at.finish();
  return action;
}

Scenario read_scenario(const toml::table& table, std::set<std::string>& taken, PlanRead& read) {
  Keys at(table, path_of(table, "scenario"), read);
  Scenario scenario;
  scenario.id = read_id("scenario", at, taken);
  at.text("title", scenario.title, 200);
  at.text("text", scenario.text);
  at.number("rto-minutes", scenario.rto_minutes, 1, 30 * 24 * 60);
  at.finish();
  return scenario;
}

PlanRole read_role(const toml::table& table, std::set<std::string>& taken, PlanRead& read) {
  Keys at(table, path_of(table, "role"), read);
  PlanRole role;
  role.id = read_id("role", at, taken);
  at.text("title", role.title, 200);
  at.texts("duties", role.duties);
  at.finish();
  return role;
}

QuickCard read_card(const toml::table& table, const std::set<std::string>& roles, PlanRead& read) {
  Keys at(table, "card", read);
  QuickCard card;
  at.text("role", card.role, id_bytes);
  if (!roles.contains(card.role)) at.refuse("role", "there is no role '" + card.role + "'");
  at.text("title", card.title, 200);
  at.texts("lines", card.lines);
  at.finish();
  return card;
}

void read_head(Keys& at, Plan& plan) {
  at.number("version", plan.version, 1, 1'000'000);
  if (!at.has("version")) at.refuse("version", "is missing: a whole number that rises with every change");
  at.text("title", plan.title, 200);
  at.text("approved-by", plan.approved_by, 200);
  at.number("rto-minutes", plan.rto_minutes, 1, 30 * 24 * 60);
  at.number("rpo-minutes", plan.rpo_minutes, 1, 30 * 24 * 60);
  at.number("drill-every-days", plan.drill_every_days, 1, 3'660);
}

// Why the parser may not see it; nothing: it may.
std::optional<PlanProblem> refuse_text(std::string_view toml) {
  if (toml.size() > plan_bytes) return PlanProblem{1, "plan", "a plan has at most 256 KiB"};
  if (!sync::is_utf8(toml)) return PlanProblem{1, "plan", "the text is not UTF-8"};
  std::uint32_t line = 1;
  for (std::size_t at = 0; at < toml.size(); ++line) {
    const std::size_t end = std::min(toml.find('\n', at), toml.size());
    if (end - at > line_bytes) return PlanProblem{line, "plan", "a line has at most 4096 bytes"};
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

PlanRead read_plan(std::string_view toml) {
  PlanRead read;
  if (auto problem = refuse_text(toml)) {
    read.problems.push_back(*std::move(problem));
    return read;
  }
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    read.problems.push_back(
        {parsed.error().source().begin.line, "plan", "not valid TOML: " + std::string(parsed.error().description())});
    return read;
  }
  Keys at(parsed.table(), "", read);
  Plan& plan = read.plan;
  plan.hash = sync::sha256(toml);
  read_head(at, plan);
  std::set<std::string> scenarios, roles, actions;
  for (const toml::table* table : at.tables("scenario"))
    plan.scenarios.push_back(read_scenario(*table, scenarios, read));
  for (const toml::table* table : at.tables("role")) plan.roles.push_back(read_role(*table, roles, read));
  for (const toml::table* table : at.tables("card")) plan.cards.push_back(read_card(*table, roles, read));
  for (const toml::table* table : at.tables("action"))
    plan.actions.push_back(read_action(*table, actions, scenarios, roles, read));
  plan.probes = at.tables("probes").size();
  if (const toml::table* policy = at.table("policy")) plan.policy = read_policy(*policy, read);
  plan.policy.readiness.plan_version = plan.version;
  at.finish();
  return read;
}

}  // namespace holdline::contingency
