// The hub's answers to the sync protocol, message by message (welcome, cuts, results, snapshots, repairs, the roster of
// people with their wrapped keys): bytes in, bytes out, without transport or threads, so
// that the simulator calls the same code as the server. Pushes are not here: they are read by read_push() and taken in
// groups by Intake.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "hub/feed/snapshots.hpp"
#include "hub/ledger/ledger.hpp"
#include "platform/os/entropy.hpp"
#include "sync/base/limits.hpp"
#include "sync/wire/compress.hpp"
#include "sync/wire/message.hpp"

namespace holdline::hub {

struct ServiceLimits {
  // Actions in flight by lane, told in the welcome: each lane has its own, so that bulk never holds back an urgent one.
  std::array<std::uint32_t, sync::lane_count> credits{2'000, 2'000, 4'000, 4'000};
  std::size_t records_per_cut = sync::limits::records_per_cut;
  std::size_t results_per_pull = sync::limits::results_per_pull;
};

class SyncService {
 public:
  SyncService(Ledger& ledger, Snapshots& snapshots, platform::Entropy& entropy, ServiceLimits limits = {});

  // Answers with what the hub has of this outbox. Evidence that the ledger is an older copy than the one the agent knew
  // changes the epoch, once.
  Result<sync::Bytes> hello(const Device& device, std::string_view body, std::int64_t now_ms);
  Result<sync::Bytes> compare(const Device& device, std::string_view body);

  // Nothing when there is nothing to tell yet: ask again after the next commit, at the latest when `wait_ms` is over
  // (then with `last_call`, which always answers).
  struct Pulled {
    std::optional<sync::Bytes> reply;
    std::int64_t wait_ms = 0;
  };
  Result<Pulled> pull(const Device& device, const sync::PullRequest& request, std::int64_t now_ms, bool last_call);

  Result<sync::Bytes> manifest(const Device& device, std::int64_t now_ms);
  // Already compressed, as addressed by its hash.
  Result<sync::Bytes> chunk(std::string_view hash_hex);
  Result<sync::Bytes> schema(std::string_view hash_hex);
  Result<sync::Bytes> dictionary(std::string_view hash_hex);
  Result<sync::Bytes> leaves(const Device& device, std::string_view body);
  Result<sync::Bytes> repair(const Device& device, std::string_view body);
  // Who may sign in on this device: their names and wrapped keys.
  Result<sync::Bytes> people(const Device& device);

  // For push bodies and replies.
  Result<sync::Bytes> inflate(std::string_view body, std::size_t max_raw);
  sync::Bytes deflate(std::string_view raw);

 private:
  Result<void> named(std::string_view hash_hex, const sync::Hash& have) const;

  Ledger& ledger_;
  Snapshots& snapshots_;
  platform::Entropy& entropy_;
  const ServiceLimits limits_;
  sync::Dictionary dictionary_;
  sync::Compressor compressor_;
};

}  // namespace holdline::hub
