// From a request to a saved action: who is signed in, under which idempotency key.
// Internal to agent/api.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "agent/api/input.hpp"
#include "agent/api/route.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

// Where, when and by whom something is typed here.
Desk desk_of(const Workstation& station, const Call& call);

// 403 "scope-refused", which names the scopes that there are, or "role-refused"; nothing: the person may do it here.
std::optional<platform::HttpResponse> refuse_by_right(const Workstation& station, const Call& call,
                                                      const std::vector<sync::Op>& ops);

// What would keep the ops from being saved, by the rules that the hub has too: who may do it where, what this
// workstation may write, and everything that is to be said about the values, `findings` so far among it.
struct Judged {
  std::optional<platform::HttpResponse> refusal;  // 403 "scope-refused" or "role-refused"
  std::vector<sync::Finding> findings;            // of every weight
};
Judged judge_here(const Workstation& station, const Call& call, const std::vector<sync::Op>& ops,
                  std::vector<sync::Finding> findings, std::int64_t event_ms);

// What is saved beside the ops.
struct Saving {
  std::int64_t event_ms = 0;  // when it happened; 0 is now
  std::optional<sync::Decision> decision = {};
  std::vector<sync::Finding> findings = {};                         // of every weight, about what was typed
  std::optional<sync::Acceptance> acceptance = {};                  // what of them the person says is meant so
  std::function<platform::HttpResponse(const Saved&)> answer = {};  // instead of holdline.saved/1
  std::optional<sync::Record> edited = {};                          // as it will stand
  bool real = false;                                                // no practice, though a drill is on
};

// All of it but the ops.
inline Saving saving_of(Addition& addition) {
  Saving saving{addition.event_ms, {}, std::move(addition.findings), std::move(addition.accept)};
  saving.real = addition.real;
  return saving;
}

// Saves the ops as one action of who is signed in and answers holdline.saved/1 once it is durable. Answers 422 with the
// findings that keep it from being saved ("invalid", or "asked" when the person has only to say that it is meant so),
// 403 "scope-refused" or "role-refused" by the rules the hub has too, 400 "no-idempotency-key", or the error with which
// the outbox refused it.
void save(Workstation& station, const Call& call, std::vector<sync::Op> ops, Saving saving);

// Keeps what this workstation notes by itself of who is signed in, as their action; `done` is called on the outbox's
// thread once it is durable, or could not be.
void note(Workstation& station, const Call& call, sync::Op op, std::function<void(const Result<Saved>&)> done);

// When the present state forbids it: `refusal`, unless this request was saved before and is repeated because its
// answer was lost. Then it is answered as save() would, for its own effect may be what forbids it now. Does not block.
void refuse_unless_saved(Workstation& station, const Call& call, const platform::HttpResponse& refusal);

}  // namespace holdline::agent
