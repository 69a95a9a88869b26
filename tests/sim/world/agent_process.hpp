// What of a workstation ends with its process. Private to agent_node.cpp and agent_people.cpp.
#pragma once

#include <set>

#include "tests/sim/world/agent_node.hpp"

namespace holdline::sim {

class AgentNode::Access final : public agent::OutboxAccess {
 public:
  Access(AgentNode& node, agent::Outbox& outbox) : node_(node), outbox_(outbox) {}
  void run(const std::function<void(agent::Outbox&)>& call) override {
    call(outbox_);
    node_.outbox_was_used();
  }

 private:
  AgentNode& node_;
  agent::Outbox& outbox_;
};

// The engine's requests on the network of the world; each is answered once, by the hub or by the timeout.
class AgentNode::Wire final : public agent::Transport {
 public:
  explicit Wire(AgentNode& node) : node_(node) {}
  void post(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) override;
  void abandon() override { waiting_.clear(); }
  bool waits_for(std::uint64_t token) const { return waiting_.contains(token); }
  void arrived(std::uint64_t token, Result<agent::TransportAnswer> answer);

 private:
  // Nothing is given up while bytes move.
  static void limit(AgentNode& node, std::int64_t ms, std::function<void()> give_up);

  AgentNode& node_;
  std::set<std::uint64_t> waiting_;
};

class ShelfLibrary final : public agent::Library {
 public:
  explicit ShelfLibrary(std::map<sync::Hash, sync::Bytes>& shelf) : shelf_(shelf) {}
  std::optional<sync::Bytes> load(const sync::Hash& hash) override {
    const auto found = shelf_.find(hash);
    if (found == shelf_.end()) return std::nullopt;
    return found->second;
  }
  Result<void> store(const sync::Hash& hash, std::string_view bytes) override {
    shelf_[hash] = sync::Bytes(bytes);
    return {};
  }

 private:
  std::map<sync::Hash, sync::Bytes>& shelf_;
};

struct AgentNode::Process {
  Process(AgentNode& node, std::unique_ptr<agent::Outbox> opened, std::unique_ptr<agent::Replica> copy)
      : outbox(std::move(opened)),
        access(node, *outbox),
        replica(std::move(copy)),
        schema(node.kept_schema_),
        overlay(*schema),
        library(node.library_),
        wire(node) {}

  std::unique_ptr<agent::Outbox> outbox;
  Access access;
  std::unique_ptr<agent::Replica> replica;
  const sync::Schema* schema;
  agent::Overlay overlay;
  std::unique_ptr<agent::View> view;
  ShelfLibrary library;
  Wire wire;
  std::unique_ptr<agent::Engine> engine;
  agent::SyncStatus status;  // as last published
  std::uint64_t wakes = 0;
  std::int64_t recover_wait_ms = 0;  // 0: no recovery is planned
  std::int64_t upkeep_at_ms = 0, prune_at_ms = 0;
  bool upkeep_is_planned = false;
  sync::Id incarnation;
  bool replica_was_given_up = false;
  bool asks_people = false;
};

}  // namespace holdline::sim
