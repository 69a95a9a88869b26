#include "agent/api/runbook/run_json.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "contingency/runbook/words.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::ActionKind;
using contingency::ActionPhase;
using contingency::ActionRun;
using contingency::Journal;
using contingency::Signature;

Json when(std::int64_t ms) { return ms == 0 ? Json() : Json(sync::format_time(ms)); }

Json signed_json(const std::optional<Signature>& by) {
  if (!by) return nullptr;
  return {{"person", by->person},
          {"role", std::string(contingency::role_of(by->role))},
          {"reason", by->reason},
          {"at", when(by->at_ms)}};
}

std::string kind_word(ActionKind kind) {
  switch (kind) {
    case ActionKind::checklist:
      return "checklist";
    case ActionKind::webhook:
      return "webhook";
    case ActionKind::command:
      return "command";
    case ActionKind::json_rpc:
      break;
  }
  return "json-rpc";
}

std::string phase_word(ActionPhase phase) {
  return phase == ActionPhase::enter ? "enter" : phase == ActionPhase::during ? "during" : "exit";
}

Json result_json(const std::optional<contingency::ActionResult>& result) {
  if (!result) return nullptr;
  return {{"code", result->code}, {"output", result->output}, {"took_ms", result->took_ms}};
}

Json action_json(const Journal& journal, const contingency::Plan& plan, const contingency::PlanAction& action) {
  const auto told = journal.actions.find(action.id);
  const ActionRun run = told == journal.actions.end() ? ActionRun{.action = action.id} : told->second;
  Json may = Json::array();
  for (const contingency::WishKind wish : contingency::wishes_for(journal, action))
    may.push_back(std::string(contingency::name_of(wish)));
  return {{"id", action.id},
          {"title", action.title},
          {"phase", phase_word(action.phase)},
          {"kind", kind_word(action.does.kind)},
          {"what", contingency::what_is_done(action.does)},
          {"undo", action.undo.empty() ? Json() : Json(contingency::what_is_done(action.undo.front()))},
          {"approver", action.approver},
          {"role", action.role},
          {"telephony", action.telephony},
          {"after", action.after},
          {"state", std::string(contingency::name_of(run.state))},
          {"says", contingency::say(journal, plan, action)},
          {"may", may},
          {"effect", run.effect},
          {"tries", run.tries},
          {"round", run.round},
          {"result", result_json(run.result)},
          {"approved", signed_json(run.approved)},
          {"ended", signed_json(run.ended)},
          {"excepted", signed_json(run.excepted)}};
}

Json wish_json(const contingency::Wish& wish) {
  return {
      {"wish", std::string(contingency::name_of(wish.kind))}, {"action", wish.action}, {"by", signed_json(wish.by)}};
}

}  // namespace

Json plan_json(const contingency::Plan& plan) {
  return {{"version", plan.version},
          {"title", plan.title},
          {"hash", sync::to_hex(plan.hash.view()).substr(0, contingency::plan_hash_digits)},
          {"approved_by", plan.approved_by}};
}

Json run_json(const Journal& journal, const contingency::Plan& plan, std::int64_t now_ms) {
  const bool begun = journal.begun_ms != 0;
  Json json{{"schema", "holdline.runbook/1"},
            {"plan", plan_json(plan)},
            {"held", nullptr},
            {"phase", !journal.head.entered  ? "none"
                      : journal.head.exiting ? "exit"
                                             : "enter"},
            {"drill", journal.head.drill},
            {"confirmed", journal.head.confirmed},
            {"scenario", journal.head.scenario},
            {"over", begun && contingency::is_over(journal, plan)},
            {"advice", begun ? contingency::advice(journal, plan, now_ms) : std::vector<std::string>()},
            {"left", contingency::left_of(journal, plan)}};
  if (journal.holder)
    json["held"] = {
        {"station", journal.holder->station}, {"fence", journal.holder->fence}, {"told", when(journal.told_ms)}};
  json["actions"] = Json::array();
  for (const contingency::PlanAction& action : plan.actions)
    json["actions"].push_back(action_json(journal, plan, action));
  json["asked"] = Json::array();
  for (const contingency::AskedOf& asked : journal.unheard) json["asked"].push_back(wish_json(asked.wish));
  json["refused"] = Json::array();
  for (const contingency::RefusedWish& refused : journal.refused) {
    json["refused"].push_back(wish_json(refused.wish));
    json["refused"].back()["code"] = refused.code;
    json["refused"].back()["text"] = refused.text;
  }
  return json;
}

Json run_for_agents(const Journal& journal, const contingency::Plan& plan, std::int64_t now_ms) {
  contingency::Plan theirs = plan;
  std::erase_if(theirs.actions,
                [](const contingency::PlanAction& action) { return action.role != contingency::agent_role; });
  Json json = run_json(journal, plan, now_ms);
  json["actions"] = Json::array();
  for (const contingency::PlanAction& action : theirs.actions) {
    Json one = action_json(journal, plan, action);
    std::erase_if(one["may"].get_ref<Json::array_t&>(), [](const Json& wish) { return wish != "tick"; });
    json["actions"].push_back(std::move(one));
  }
  for (const char* of_others : {"advice", "left", "refused"}) json[of_others] = Json::array();
  std::erase_if(json["asked"].get_ref<Json::array_t&>(), [](const Json& asked) { return asked["wish"] != "tick"; });
  return json;
}

}  // namespace holdline::agent
