#include "agent/outbox/outbox.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "agent/outbox/impl.hpp"

namespace holdline::agent {
platform::DatabaseOptions Outbox::database_options() {
  platform::DatabaseOptions options;
  options.pragmas = platform::pragmas_for(platform::Durability::full, 2 * 1024);
  for (platform::Pragma& pragma : options.pragmas)
    if (pragma.name == "wal_autocheckpoint") pragma.value = "400";
  return options;
}

Outbox::Outbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Outbox::~Outbox() = default;

const sync::Maker& Outbox::maker() const { return impl_->maker; }
bool Outbox::is_elsewhere() const { return impl_->is_elsewhere; }

Result<std::unique_ptr<Outbox>> Outbox::create(const Options& options, const platform::SecretKey& key,
                                               const sync::Id& device, platform::Clock& clock,
                                               platform::Entropy& entropy) {
  auto impl = std::make_unique<Impl>(options, key, clock, entropy);
  HOLDLINE_ASSIGN(impl->store,
                  OutboxStore::create(options.path, key, options.database, sync::Maker{device, entropy.id()}));
  HOLDLINE_TRY(impl->trust());
  impl->settle_in();
  impl->refill_reserve();
  return std::unique_ptr<Outbox>(new Outbox(std::move(impl)));
}

Result<std::unique_ptr<Outbox>> Outbox::open(const Options& options, const platform::SecretKey& key,
                                             platform::Clock& clock, platform::Entropy& entropy) {
  auto impl = std::make_unique<Impl>(options, key, clock, entropy);
  auto store = OutboxStore::open(options.path, key, options.database);
  if (!store && store.error().code == "database-missing") {
    return fail(ErrorKind::stop, "database-missing",
                "The outbox " + options.path + " is missing or empty although this workstation was set up before.");
  }
  if (!store) return fail(std::move(store));
  impl->store = *std::move(store);
  HOLDLINE_TRY(impl->trust());
  impl->settle_in();
  impl->refill_reserve();
  return std::unique_ptr<Outbox>(new Outbox(std::move(impl)));
}

Result<std::unique_ptr<Outbox>> Outbox::start(platform::OpenMode mode, const Options& options,
                                              const platform::SecretKey& key, const sync::Id& device,
                                              platform::Clock& clock, platform::Entropy& entropy) {
  if (mode == platform::OpenMode::create_new) {
    auto made = create(options, key, device, clock, entropy);
    // A first run that was cut short had come so far.
    if (made || made.error().code != "database-exists") return made;
  }
  auto outbox = open(options, key, clock, entropy);
  if (!outbox && outbox.error().code == "database-missing") return absent(options, key, device, clock, entropy);
  if (!outbox || (*outbox)->maker().device == device) return outbox;
  return fail(ErrorKind::stop, "outbox-of-another",
              "The outbox belongs to another workstation than workstation.json names. Put back the pair that belongs "
              "together.");
}

OutboxStatus Outbox::status() const {
  const OutboxState& state = impl_->state;
  OutboxStatus status;
  status.incarnation = maker().incarnation;
  if (const auto& why = impl_->suspended ? impl_->suspended : impl_->full) {
    status.health = OutboxHealth::read_only;
    status.code = why->code;
    status.advice = why->message;
  }
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const LaneChain& chain = state.current()[lane];
    // A hub that went back may have less than is still kept here.
    const std::uint64_t acknowledged = std::clamp(state.acknowledged[lane], chain.pruned_through(), chain.last());
    sync::LaneTip& tip = status.lanes[lane];
    tip.number = chain.last();
    tip.hash = chain.tip();
    tip.waiting = chain.last() - acknowledged;
    tip.bytes = chain.bytes() - chain.bytes_to(acknowledged);
    if (const Entry* oldest = chain.find(acknowledged + 1)) tip.oldest_ms = oldest->wall_ms;
    status.retained += chain.size() - tip.waiting;
  }
  status.pruned = state.pruned;
  status.lost = state.lost;
  status.quarantined = state.quarantined;
  for (const auto& [ref, by] : state.decided)
    if (const Entry* entry = state.find(ref); entry && entry->settlement == Settlement::quarantined)
      status.quarantined -= state.needs_attention(ref) ? 0 : 1;
  for (const IncarnationChains& chains : state.chains)
    for (const LaneChain& chain : chains) status.bytes += chain.bytes();
  return status;
}

std::uint64_t Outbox::results_cursor() const { return impl_->state.results_to; }
const sync::LatestResult& Outbox::latest_result() const { return impl_->state.latest; }
const sync::Id& Outbox::epoch() const { return impl_->state.epoch; }

std::array<std::uint64_t, sync::lane_count> Outbox::acknowledged() const { return impl_->state.acknowledged; }

std::array<std::uint64_t, sync::lane_count> Outbox::pruned_through() const {
  std::array<std::uint64_t, sync::lane_count> numbers{};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane)
    numbers[lane] = impl_->state.current()[lane].pruned_through();
  return numbers;
}

}  // namespace holdline::agent
