// The engine's uploads: batches out of the outbox, sent within a time limit, results into it.

#include <algorithm>

#include "agent/engine/engine.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

constexpr std::int64_t push_timeout_ms = 60'000;
// Stored bytes of one batch: packed and compressed they stay below limits::push_bytes unless the texts are random.
constexpr std::size_t batch_stored_bytes = 1'500'000;

}  // namespace

void Engine::perform(const sync::command::StartPush& a) {
  const sync::Upload::PushRequest& request = a.request;
  sync::Bytes body;
  std::uint64_t from = 0, to = 0;
  const std::size_t most = std::min(up_.bytes(), sync::limits::push_bytes);
  for (std::size_t count = request.count;; count /= 2) {
    Result<sync::Push> push;
    parts_.outbox.run(
        [&](Outbox& outbox) { push = outbox.push_of(request.lane, request.after, count, batch_stored_bytes); });
    if (!push) return failed(push.error());
    if (push->batch.actions.empty()) return;
    from = push->batch.actions.front().number;
    to = push->batch.actions.back().number;
    body = compressor_.compress(sync::encode_push(*push), dictionary_ ? &*dictionary_ : nullptr);
    if (body.size() <= most || count <= 1) break;
  }
  const std::size_t size = body.size();
  const std::int64_t sent_ms = parts_.clock.now().boot_ms;
  post(
      sync::path::push, std::move(body), push_timeout_ms,
      [this, request, from, to, size, sent_ms](sync::Bytes answer) {
        up_.carried(size, parts_.clock.now().boot_ms - sent_ms);
        auto raw = inflate(answer);
        if (!raw) return failed(std::move(raw).error());
        auto reply = sync::decode_push_reply(*raw);
        if (!reply) return failed(std::move(reply).error());
        pushed(request, from, to, *reply);
      },
      &up_);
  step(sync::event::PushStarted{request.lane, from, to});
}

void Engine::pushed(const sync::Upload::PushRequest& request, std::uint64_t from, std::uint64_t to,
                    const sync::PushReply& reply) {
  if (auto kept = keep_results(reply.results); !kept) return failed(std::move(kept).error());
  step(sync::event::PushAnswered{request.lane, from, to, reply.answer, reply.expected});
}

// Entries that continue the stream move its cursor; early copies of later ones are kept all the same and come again.
Result<void> Engine::keep_results(const std::vector<sync::ActionResult>& results) {
  // Their change numbers are of a history that the replica is not in yet: compared with its cursor they would take
  // entries from the screen that no row has. The stream tells them again after the snapshot.
  if (results.empty() || replica_is_of_other_history()) return {};
  Result<void> done;
  parts_.outbox.run([&](Outbox& outbox) {
    std::uint64_t to = outbox.results_cursor();
    std::vector<std::uint64_t> entries;
    for (const sync::ActionResult& result : results) entries.push_back(result.entry);
    std::ranges::sort(entries);
    for (const std::uint64_t entry : entries)
      if (entry == to + 1) to = entry;
    done = outbox.take_results(results, to);
    results_held_ = outbox.holds_results();
  });
  HOLDLINE_TRY(done);
  parts_.overlay.settle(results);
  return {};
}

bool Engine::replica_is_of_other_history() const {
  if (welcome_.resume != sync::Resume::bootstrap) return false;
  const sync::Id epoch = parts_.replica.position().epoch;
  return parts_.replica.is_corrupt() || (!epoch.is_nil() && epoch != welcome_.epoch);
}

}  // namespace holdline::agent
