// The engine's uploads: batches out of the outbox, sent within a time limit, results into it.

#include <algorithm>
#include <set>

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
  for (std::size_t count = request.count;; count /= 2) {
    sync::Push push;
    push.clock = parts_.clock.now();
    Result<void> read;
    parts_.outbox.run([&](Outbox& outbox) {
      auto batch = outbox.read_batch(request.lane, request.after, count, batch_stored_bytes);
      if (!batch) return void(read = fail(std::move(batch)));
      push.batch = std::move(*batch);
      std::set<std::uint32_t> numbers;
      for (const sync::StoredAction& stored : push.batch.actions)
        if (auto header = sync::read_header(stored.header)) numbers.insert(header->assertion);
      auto assertions = outbox.assertions(std::vector<std::uint32_t>(numbers.begin(), numbers.end()));
      if (!assertions) return void(read = fail(std::move(assertions)));
      push.assertions = std::move(*assertions);
    });
    if (!read) return failed(std::move(read).error());
    if (push.batch.actions.empty()) return;
    from = push.batch.actions.front().number;
    to = push.batch.actions.back().number;
    body = compressor_.compress(sync::encode_push(push), dictionary_ ? &*dictionary_ : nullptr);
    if (body.size() <= sync::limits::push_bytes || count <= 1) break;
  }
  post(sync::path::push, std::move(body), push_timeout_ms, [this, request, from, to](sync::Bytes answer) {
    auto raw = inflate(answer);
    if (!raw) return failed(std::move(raw).error());
    auto reply = sync::decode_push_reply(*raw);
    if (!reply) return failed(std::move(reply).error());
    pushed(request, from, to, *reply);
  });
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
    done = outbox.store_results(results, to);
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
