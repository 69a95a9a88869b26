// The hub's answers to the sync protocol, message by message (welcome, cuts, results, snapshots, repairs, the roster of
// people with their wrapped keys): bytes in, bytes out, without transport or threads, so
// that the simulator calls the same code as the server. Pushes are not here: they are read by read_push() and taken in
// groups by Intake.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "hub/feed/restore_evidence.hpp"
#include "hub/feed/roster.hpp"
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
  // How long people may work at a workstation before they have to sign in again; 0: as long as they like.
  std::int64_t sign_in_hours = 12;
  std::string region = {};  // ISO 3166 country of the site, told to workstations; empty: none
};

class SyncService {
 public:
  // A workstation knows a history that the ledger does not have, told once in RestoreEvidence::within_ms; `ends_epoch`:
  // it was the last witness needed.
  using HistoryDiffers = std::function<void(const Device&, bool ends_epoch)>;

  SyncService(Ledger& ledger, Snapshots& snapshots, platform::Entropy& entropy, ServiceLimits limits = {},
              HistoryDiffers differs = {});

  // Answers with what the hub has of this outbox. A workstation that tells a position the ledger never had is answered
  // as after a restore, so that it offers again what is missing here; only several of them change the epoch of all.
  Result<sync::Bytes> hello(const Device& device, std::string_view body, std::int64_t now_ms);
  Result<sync::Bytes> compare(const Device& device, std::string_view body);

  // Nothing when there is nothing to tell yet: ask again after the next commit, at the latest when `wait_ms` is over
  // (then with `last_call`, which always answers).
  struct Pulled {
    std::optional<sync::Bytes> reply;
    std::int64_t wait_ms = 0;
  };
  // `told`: replies of one moment, for those that stand at the same place and are to be told the same; what is found
  // there is neither read nor compressed again. Only for who has no results to be told.
  class Told;
  Result<Pulled> pull(const Device& device, const sync::PullRequest& request, std::int64_t now_ms, bool last_call,
                      Told* told = nullptr);

  Result<sync::Bytes> manifest(const Device& device, std::int64_t now_ms);
  // Already compressed, as addressed by its hash, of a snapshot of this device's own scopes and profile: the part that
  // `body` asks for (sync::ChunkRequest).
  Result<sync::Bytes> chunk(const Device& device, std::string_view hash_hex, std::string_view body);
  // Of any version that the ledger keeps.
  Result<sync::Bytes> schema(std::string_view hash_hex);
  Result<sync::Bytes> dictionary(std::string_view hash_hex);
  Result<sync::Bytes> leaves(const Device& device, std::string_view body);
  Result<sync::Bytes> repair(const Device& device, std::string_view body);
  // Who may sign in on this device: their names and wrapped keys. What is claimed of people the ledger lost is kept.
  Result<sync::Bytes> people(const Device& device, std::string_view body, std::int64_t now_ms);
  // The same when take_asked() was done elsewhere.
  Result<sync::Bytes> people_told(const Device& device, std::string_view body, std::string_view taken);
  Result<sync::Bytes> history(const Device& device, std::string_view body);
  // That it reads. What asks for a write as well is answered elsewhere (hub/intake/write_proofs.hpp).
  Result<sync::Bytes> probe(std::string_view body, std::int64_t now_ms);
  // As the ledger has it now; refused when it was revoked meanwhile.
  Result<Device> current(const Device& device);
  std::uint64_t directory_version() const { return ledger_.directory_version(); }
  // As long as this is the same, a pull that waits has nothing to be told but its end.
  News news(const Device& device) const { return ledger_.news(device.id, device.scopes); }
  Id epoch() const { return ledger_.epoch(); }

  // For push bodies and replies.
  Result<sync::Bytes> inflate(std::string_view body, std::size_t max_raw);
  sync::Bytes deflate(std::string_view raw);

 private:
  Ledger& ledger_;
  Snapshots& snapshots_;
  platform::Entropy& entropy_;
  const ServiceLimits limits_;
  HistoryDiffers differs_;
  RestoreEvidence evidence_;
  Roster roster_;
  sync::Dictionary dictionary_;
  sync::Compressor compressor_;
};

class SyncService::Told {
 public:
  const sync::Bytes* find(const Device& device, const sync::PullRequest& request) const;
  void keep(const Device& device, const sync::PullRequest& request, sync::Bytes reply);

 private:
  struct Entry {
    std::vector<std::string> scopes;
    sync::VisibilitySet profile = 0;
    Cursor cursor;
    std::uint64_t roster = 0;
    sync::Bytes reply;
  };
  std::vector<Entry> entries_;  // few: one for each kind of workstation and place in the feed
};

}  // namespace holdline::hub
