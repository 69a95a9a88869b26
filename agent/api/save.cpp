#include "agent/api/save.hpp"

#include <optional>
#include <utility>

#include "agent/api/responses.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

platform::HttpResponse saved_response(int http_status, const Saved& saved) {
  Json created = Json::array();
  for (const sync::Id& id : saved.created) created.push_back(id.text());
  return json_response(http_status,
                       {{"schema", "holdline.saved/1"},
                        {"action", {{"lane", saved.ref.lane}, {"number", std::to_string(saved.ref.number)}}},
                        {"created", created},
                        {"state", "saved"},
                        {"repeated", saved.repeated}});
}

// The beginning of an action by who is signed in, under the request's key; nothing when it was refused and answered.
std::optional<Draft> draft_of(const Workstation& station, const Call& call) {
  const auto session = station.accounts().session(call.request.peer.uid);
  if (!session) {
    call.respond(platform::error_response(401, "not-signed-in", "Sign in first: holdline login NAME"));
    return std::nullopt;
  }
  const std::string key(call.request.header("idempotency-key"));
  if (key.empty() || key.size() > idempotency_key_bytes) {
    call.respond(platform::error_response(
        400, "no-idempotency-key",
        "Send an Idempotency-Key header of 1 to " + std::to_string(idempotency_key_bytes) + " characters."));
    return std::nullopt;
  }
  Draft draft;
  draft.idempotency_key = key;
  draft.fingerprint = sync::sha256({call.request.method, "\n", call.request.path, "\n", call.request.body});
  draft.person = session->person.id;
  draft.assertion = session->assertion;
  return draft;
}

}  // namespace

void save(Workstation& station, const Call& call, std::vector<sync::Op> ops, std::int64_t event_ms, int http_status) {
  auto draft = draft_of(station, call);
  if (!draft) return;
  draft->event_ms = event_ms != 0 ? event_ms : station.clock().now().wall_ms;
  draft->ops = std::move(ops);
  station.outbox().submit(std::move(*draft), [http_status, respond = call.respond](Result<Saved> saved) {
    respond(saved ? saved_response(http_status, *saved) : platform::error_response(saved.error()));
  });
}

void refuse_unless_saved(Workstation& station, const Call& call, const platform::HttpResponse& refusal) {
  const auto draft = draft_of(station, call);
  if (!draft) return;
  const auto saved = station.outbox().run(
      [&](Outbox& outbox) { return outbox.find_saved(draft->idempotency_key, draft->fingerprint); });
  if (!saved) return call.respond(platform::error_response(saved.error()));
  call.respond(*saved ? saved_response(200, **saved) : refusal);
}

}  // namespace holdline::agent
