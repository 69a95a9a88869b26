// Who may work at a workstation, asked of the hub beside the engine's conversation as the daemon asks it.
#include <nlohmann/json.hpp>

#include "tests/sim/world/agent_process.hpp"

namespace holdline::sim {

void AgentNode::look_at_roster() {
  const agent::SyncStatus& status = process_->status;
  if (process_->asks_people || !status.connected || status.roster == roster_.mark) return;
  process_->asks_people = true;
  later(0, [this] { ask_people(); });
}

void AgentNode::ask_people() {
  constexpr std::int64_t again_ms = 2'000;
  const std::uint64_t question = ++questions_;
  const auto answered = [this, life = life_, question](Result<agent::TransportAnswer> answer) {
    if (life != life_ || !process_ || question != questions_) return;
    ++questions_;  // what comes late, or a second time, answers nothing
    later(0, [this, answer = std::move(answer)] {
      if (answer && answer->status == 200) people_told(*answer);
    });
    later(again_ms, [this] {
      process_->asks_people = false;
      look_at_roster();
    });
  };
  later(agent::request_timeout_ms,
        [answered] { answered(fail(ErrorKind::retry_later, "timeout", "The hub did not answer in time.")); });
  const nlohmann::json asked{{"known", {stage_.setting.people[seat_].id.text()}}};
  network_.request(line_, side_wires_.fork("", question), device(), std::string(sync::path::people), asked.dump(),
                   answered);
}

void AgentNode::people_told(const agent::TransportAnswer& answer) {
  const auto told = nlohmann::json::parse(answer.body);
  if (!told.at("unknown").empty()) throw Violation("the hub keeps its people", name_ + " knows one it does not");
  const bool was_in = roster_.lets_in;
  roster_ = {std::stoull(told.at("roster").get<std::string>()), false};
  for (const auto& person : told.at("people"))
    if (person.at("id") == stage_.setting.people[seat_].id.text()) roster_.lets_in = person.at("state") == "active";
  if (was_in == roster_.lets_in) return;
  trace(roster_.lets_in ? "lets its person in again" : "signs its person out");
  if (was_in) stage_.count("workstation signed its person out");
}

}  // namespace holdline::sim
