// The workstation as a station that performs the plan: where its runner (agent/runbook) gets what it needs.
#include <algorithm>
#include <cstdlib>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "agent/workstation.hpp"

namespace holdline::agent {

std::shared_ptr<Runner> Workstation::make_runner() {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return std::make_shared<Runner>(
      Runner::Parts{deps_.io, deps_.clock, deps_.entropy, deps_.log}, config_.runbook,
      credentials != nullptr ? credentials : "",
      [this] {
        const WorkstationIdentity own = identity();
        return Runner::Own{own.name, own.device};
      },
      [this](const contingency::Incident& incident, const std::vector<contingency::JournalEntry>& entries,
             std::function<void(Result<void>)> then) { keep_events(incident, entries, std::move(then)); });
}

// No person stands behind what a station tells: it is its own device, which its connection proves to the hub.
void Workstation::keep_events(const contingency::Incident& incident,
                              const std::vector<contingency::JournalEntry>& entries,
                              std::function<void(Result<void>)> then) {
  std::vector<std::string> scopes = incident.declared.scopes;
  const Grant grant = this->grant();
  std::erase_if(scopes, [&](const std::string& scope) { return !sync::is_within(scope, grant.scopes); });
  auto actions = in_actions(ops_of(schema(), incident.declared.id, scopes, entries));
  if (actions.empty())
    return then(
        fail(ErrorKind::ask_person, "scope-refused", "This workstation holds no scope of the incident any more."));
  // The last that is durable stands for all: one that failed is asked for again with all of them, which counts once.
  auto failed = std::make_shared<std::optional<Error>>();
  for (std::size_t i = 0; i < actions.size(); ++i) {
    Draft draft;
    draft.person = identity().device;
    draft.idempotency_key = "run/" + sync::to_hex(deps_.entropy.id().view());
    draft.fingerprint = sync::sha256(draft.idempotency_key);
    draft.event_ms = deps_.clock.now().wall_ms;
    draft.ops = std::move(actions[i]);
    outbox_->submit(std::move(draft), [this, failed, last = i + 1 == actions.size(), then](const Result<Saved>& saved) {
      if (!saved && !*failed) *failed = saved.error();
      if (!last) return;
      boost::asio::post(
          deps_.io, [failed, then] { then(*failed ? Result<void>(tl::unexpected<Error>(**failed)) : Result<void>()); });
    });
  }
}

void Workstation::rehearse_plan(Words words, std::function<void(std::vector<Runner::Rehearsed>)> then) {
  boost::asio::post(deps_.io, [this, plan = runs()->plan, words = std::move(words), then = std::move(then)]() mutable {
    runner_->rehearse(std::move(plan), std::move(words), std::move(then));
  });
}

}  // namespace holdline::agent
