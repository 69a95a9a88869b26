// An engine with a real outbox, replica and overlay, whose hub answers from the test: every request waits in `posted`
// until the test answers it.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/engine/engine.hpp"
#include "sync/base/limits.hpp"
#include "tests/unit/agent/outbox/fixture.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {

struct Posted {
  std::uint64_t token = 0;
  std::string path;
  sync::Bytes body;
  std::int64_t timeout_ms = 0;
};

class RecordingTransport final : public Transport {
 public:
  void post(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) override {
    posted.push_back({token, std::move(path), std::move(body), timeout_ms});
  }
  void abandon() override {
    posted.clear();
    ++abandoned;
  }

  std::deque<Posted> posted;  // neither answered nor abandoned
  int abandoned = 0;
};

class DirectAccess final : public OutboxAccess {
 public:
  explicit DirectAccess(const std::unique_ptr<Outbox>& outbox) : outbox_(outbox) {}
  void run(const std::function<void(Outbox&)>& call) override { call(*outbox_); }

 private:
  const std::unique_ptr<Outbox>& outbox_;
};

class MemoryLibrary final : public Library {
 public:
  std::optional<sync::Bytes> load(const sync::Hash& hash) override {
    const auto found = kept.find(sync::to_hex(hash.view()));
    return found == kept.end() ? std::nullopt : std::optional(found->second);
  }
  Result<void> store(const sync::Hash& hash, std::string_view bytes) override {
    kept[sync::to_hex(hash.view())] = bytes;
    return {};
  }
  std::map<std::string, sync::Bytes> kept;
};

class EngineTest : public testing::Test {
 protected:
  // A workstation that follows the hub at cursor 10, with one person signed in.
  void SetUp() override {
    must(pc.create());
    must(pc.outbox->add_assertion({1, sync::Id{{4}}, 1, std::string(64, 's')}));
    must(library.store(dictionary.hash(), dictionary.bytes()));
    copy.bootstrap();
    make_engine();
  }
  void make_engine(LineLimits line = {}) {
    Engine::Events events;
    events.published = [this](const SyncStatus&) { ++published; };
    events.wake_at = [this](std::int64_t boot_ms) { wake_at = boot_ms; };
    events.replica_swapped = [this] { ++swapped; };
    events.schema_changed = [this](std::shared_ptr<const sync::Schema> schema) -> Result<void> {
      if (schema_refused) return tl::unexpected<Error>(*schema_refused);
      new_schema = std::move(schema);
      return copy.replica->change_schema(*new_schema);
    };
    engine = std::make_unique<Engine>(
        Engine::Parts{access, *copy.replica, overlay, transport, library, pc.clock, pc.entropy}, std::move(events),
        sync::Session::Options{}, line);
  }

  // The oldest request to this path that waits for an answer; the test fails when there is none.
  Posted take(std::string_view path) {
    auto& posted = transport.posted;
    const auto found = std::ranges::find_if(posted, [&](const Posted& p) { return p.path.starts_with(path); });
    EXPECT_NE(found, posted.end()) << "nothing was posted to " << path;
    if (found == posted.end()) return {};
    Posted one = std::move(*found);
    posted.erase(found);
    return one;
  }
  std::size_t waiting(std::string_view path) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(transport.posted, [&](const Posted& p) { return p.path.starts_with(path); }));
  }
  void answer(const Posted& request, sync::Bytes body) {
    engine->answered(request.token, TransportAnswer{200, std::move(body), 0});
  }
  void refuse(const Posted& request, int status, std::int64_t retry_after_ms = 0) {
    engine->answered(request.token, TransportAnswer{status, {}, retry_after_ms});
  }
  void lose(const Posted& request) {
    engine->answered(request.token, fail(ErrorKind::retry_later, "unreachable", "The hub does not answer."));
  }

  sync::Bytes packed(std::string_view raw) { return compressor.compress(raw, &dictionary); }
  sync::Bytes unpacked(std::string_view frame) {
    return must(compressor.decompress(frame, &dictionary, sync::limits::message_bytes));
  }

  sync::Welcome welcome() const {
    sync::Welcome welcome;
    welcome.hub = id_of(1);
    welcome.epoch = test_epoch;
    welcome.resume = sync::Resume::follow;
    for (auto& lane : welcome.lanes) lane.credit = 4'000;
    welcome.scopes = {test_scope};
    welcome.profile = 0xff;
    welcome.grants = 1;
    welcome.schema_version = test_schema().version();
    welcome.schema = test_schema().hash();
    welcome.dictionary = dictionary.hash();
    welcome.hub_wall_ms = pc.clock.wall_ms + 1'500;
    return welcome;
  }
  void greet(const sync::Welcome& welcome) { answer(take(sync::path::hello), sync::encode_json(welcome)); }
  // The first conversation, as far as the hub's welcome.
  void follow() {
    must(engine->start());
    greet(welcome());
  }

  sync::Push read_push(const Posted& request) { return must(sync::decode_push(unpacked(request.body))); }
  sync::PushReply settled(std::uint64_t entry, std::vector<sync::ActionRef> refs, sync::ChangeNumber cn) {
    sync::PushReply reply;
    for (const sync::ActionRef& ref : refs)
      reply.results.push_back(pc.result(entry++, ref, sync::Verdict::applied, cn));
    return reply;
  }
  void answer_push(const Posted& request, const sync::PushReply& reply) {
    answer(request, packed(sync::encode_push_reply(reply)));
  }
  sync::PullReply cut(sync::ChangeNumber from, sync::ChangeNumber to, std::vector<sync::Change> changes = {}) {
    sync::PullReply reply;
    reply.cut = cut_of(from, to, std::move(changes));
    reply.hub_wall_ms = pc.clock.wall_ms;
    return reply;
  }
  void answer_pull(const sync::PullReply& reply) {
    answer(take(sync::path::pull), packed(sync::encode_pull_reply(test_schema(), reply)));
  }
  std::string error_code() const { return engine->status().last_error ? engine->status().last_error->code : "none"; }

  OutboxStation pc;
  ReplicaStation copy;
  Overlay overlay{test_schema()};
  RecordingTransport transport;
  MemoryLibrary library;
  DirectAccess access{pc.outbox};
  sync::Compressor compressor;
  sync::Dictionary dictionary{"dictionary"};
  std::unique_ptr<Engine> engine;

  int published = 0, swapped = 0;
  std::int64_t wake_at = 0;
  std::shared_ptr<const sync::Schema> new_schema;
  std::optional<Error> schema_refused;
};

}  // namespace holdline::agent
